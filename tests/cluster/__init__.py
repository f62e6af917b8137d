"""A cluster of real processes, on machines of its own, under faults and under load."""
