"""
A lone office: door, road, broker and centre on one machine, set up by one command (`collector office`).

Each step looks whether it is done before it does it, so the command may be run again and again; asked for
that only, it tells what it would do.
"""
