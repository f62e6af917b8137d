"""Pages: what persons ask about their own data."""
