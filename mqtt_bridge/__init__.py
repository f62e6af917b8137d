"""The road: takes visits from the journal to the broker, and the centre's receipts back."""
