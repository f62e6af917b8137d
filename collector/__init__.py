"""The centre: stores what the doors saw, and shows it to those who may look."""
