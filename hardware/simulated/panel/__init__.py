"""The panel of a simulated door: what its devices show goes out, and what is done to them comes in."""
