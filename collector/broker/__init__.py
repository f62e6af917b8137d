"""
The centre's authority over the broker: who may connect, who may say what, and who no longer.

Files only, all in `broker/` of the data folder; no database and no Django.
"""
