"""A box made one of a centre's by a set-up code: the network joined, the centre proved, its answer kept."""
