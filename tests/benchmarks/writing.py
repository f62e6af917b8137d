"""
Writes visits of a journal once more, as plain SQLite does: `… writing JOURNAL FILE VISITS PAUSE_S`.

The same rows in the same table without its indexes, a transaction each, with the same durability. Nothing is
changed afterwards. Prints how many they were, and how many bytes this process had written (`/proc/self/io`).
"""

import os
import sqlite3
import sys
import time

from tests.benchmarks.disk import written_bytes


def main() -> None:
    """Copy them, one after the other."""
    journal, file, visits, pause_s = sys.argv[1:]
    book = sqlite3.connect(f"file:{journal}?mode=ro", uri=True)
    (schema,) = book.execute("SELECT sql FROM sqlite_schema WHERE name = 'entries'").fetchone()
    rows = book.execute("SELECT * FROM entries LIMIT ?", [visits]).fetchall()
    plain = sqlite3.connect(file, isolation_level=None)
    plain.executescript(f"PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; {schema}")
    before_bytes = written_bytes(os.getpid())
    for row in rows:
        plain.execute(f"INSERT INTO entries VALUES ({', '.join('?' * len(row))})", row)
        time.sleep(float(pause_s))
    print(len(rows), written_bytes(os.getpid()) - before_bytes)


if __name__ == "__main__":
    main()
