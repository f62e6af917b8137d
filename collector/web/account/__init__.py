"""Pages: logging in, the second factor, the password."""
