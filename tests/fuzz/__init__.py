"""
Codes and messages gone wrong by the million: no text that a camera can hand over, and no bytes that come by the road,
may raise, hang or tell a lie.

`python -m tests.fuzz --count 1000000` tries so many of each format. What it tries follows from the seed, the
format's name and a number: `--seed`, `--format` and `--first` bring a fault back.
"""
