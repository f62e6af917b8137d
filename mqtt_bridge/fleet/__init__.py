"""Many light doors in one process, to try a centre with: on the wire each is a box like any other."""
