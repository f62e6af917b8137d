"""Pages: counts for a unit and all below it."""
