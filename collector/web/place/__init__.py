"""Pages: a place's settings, its poster, and the record of what is processed there."""
