"""The journal: every visit, and what of it still waits for the road. One SQLite file, two processes."""

import sys

# sqlite_utils loads numpy and pandas wherever they are, to know their types. A bridge, which has no use for
# them, would take two thirds longer to start and be 8 MB larger. Whoever wants them later still gets them.
_unwanted = {"numpy", "pandas"} - sys.modules.keys()
sys.modules.update(dict.fromkeys(_unwanted))  # type: ignore[arg-type]
import sqlite_utils  # noqa: E402, F401

for _name in _unwanted:
    del sys.modules[_name]
