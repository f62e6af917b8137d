"""`collector doctor`: of each thing that a centre needs whether it is well, and what to do if not."""
