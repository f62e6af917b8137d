"""What helps to find out from afar what ails a box. Nothing in it tells of a person."""
