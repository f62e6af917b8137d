"""Pages: a place's own page, on which visitors check in with their phones."""
