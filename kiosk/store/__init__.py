"""The journal: every visit, and what of it still waits for the road. One SQLite file, two processes."""
