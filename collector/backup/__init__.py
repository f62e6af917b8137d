"""Copies of the database, and of the keys, and how they are put back."""
