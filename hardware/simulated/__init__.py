"""The twins of the devices, for a machine without them; each has levers and remembers what it was asked."""
