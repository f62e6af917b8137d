"""Pages: the boxes, and what they are told to do."""
