"""From the broker into the database, and the receipt back."""
