"""What templates of our own pages may use."""
