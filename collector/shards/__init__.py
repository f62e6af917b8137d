"""
Visits on several PostgreSQL servers, each of which holds those of some boxes.

A *front* is the database that collectors and pages talk to. All but visits is in it; visits are on the
*shards*: stored through PL/Proxy, one call a batch, and read and changed through postgres_fdw, as one table.
Both find the shard by the same hash of the kiosk's name.
"""
