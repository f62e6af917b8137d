"""Pages: who may check people in at a place."""
