"""Pages: who looked at what."""
