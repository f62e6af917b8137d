"""A short morning at a simulated door, with real programs for the road and the centre."""
