"""Pages: the visits of a place: its day, who is inside, one visit, search."""
