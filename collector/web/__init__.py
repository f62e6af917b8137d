"""The page of who came and who left."""
