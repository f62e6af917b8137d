"""
Copies of a PostgreSQL database by PostgreSQL's own programs, and one put in its place in one transaction.

All that they need to get in goes to them by the environment: what stands on a command line, every user of the
machine can see.
"""

import os
import subprocess
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import IO

from django.db import connection

from collector.backup.errors import BackupUnusable

_LOCK_S = 5
_TOO_NEW = b"SET transaction_timeout = 0;\n"
"""A line that PostgreSQL 17 writes, and that older servers do not understand."""


def copy(target: Path, snapshot: str) -> None:
    """
    Copy the database that Django is set to, as one of its transactions sees it; writers need not wait.

    Args:
        target: Where the copy goes.
        snapshot: Name of what `pg_export_snapshot()` has exported.

    Raises:
        BackupUnusable: If `pg_dump` is missing, or cannot.
    """
    # Squeezed later, with all else.
    command = ("pg_dump", "--format=custom", "--compress=0", "--no-owner", "--no-privileges")
    _run((*command, f"--snapshot={snapshot}", f"--file={target}"))


def others() -> int:
    """How many others are connected to the database that Django is set to."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND pid != pg_backend_pid() AND backend_type = 'client backend'"
        )
        return int(cursor.fetchone()[0])


def put_in_place(dump: Path, tables: Iterable[str]) -> None:
    """
    Put a copy into the place of what the database holds: all of it, or nothing.

    Args:
        dump: As `copy()` made it; what is made of it lies beside it for as long as this lasts.
        tables: Those that make room for it.

    Raises:
        BackupUnusable: If `pg_restore` or `psql` is missing, or the server refuses.
    """
    script = dump.with_suffix(".sql")
    try:
        with script.open("wb") as into:
            into.write(f"SET lock_timeout = '{_LOCK_S}s'; SET client_min_messages = warning;\n".encode())
            for table in tables:
                into.write(f"DROP TABLE IF EXISTS {connection.ops.quote_name(table)} CASCADE;\n".encode())
            _unpack(dump, into)
        command = ("psql", "--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1")
        _run((*command, f"--file={script}"))
    finally:
        script.unlink(missing_ok=True)


def _unpack(dump: Path, into: IO[bytes]) -> None:
    command = ("pg_restore", "--clean", "--if-exists", "--no-owner", "--no-privileges", "--file=-", str(dump))
    with _started(command, stdout=subprocess.PIPE) as unpacking:
        assert unpacking.stdout is not None
        into.writelines(line for line in unpacking.stdout if line != _TOO_NEW)
        complaints = unpacking.stderr.read() if unpacking.stderr else b""
    _require_done(command, unpacking.returncode, complaints)


def _run(command: Sequence[str]) -> None:
    with _started(command, stdout=subprocess.DEVNULL) as running:
        _, complaints = running.communicate()
    _require_done(command, running.returncode, complaints)


def _started(command: Sequence[str], stdout: int) -> "subprocess.Popen[bytes]":
    try:
        return subprocess.Popen(
            command, env=_environment(), stdin=subprocess.DEVNULL, stdout=stdout, stderr=subprocess.PIPE
        )
    except FileNotFoundError:
        raise BackupUnusable(
            f"program {command[0]}: not found; install postgresql-client, of the server's version or later"
        ) from None


def _environment() -> dict[str, str]:
    """How libpq's programs learn what Django's connection is made with."""
    from psycopg.pq import Conninfo  # noqa: PLC0415 - only a centre with a server has it

    names = {
        one.keyword.decode(): one.envvar.decode() for one in Conninfo.get_defaults() if one.envvar is not None
    }
    told = connection.get_connection_params()
    return {
        **os.environ,
        "LC_MESSAGES": "C",
        **{names[name]: str(value) for name, value in told.items() if name in names and value is not None},
    }


def _require_done(command: Sequence[str], code: int, complaints: bytes) -> None:
    if code == 0:
        return
    # One line only: further ones may quote a row.
    lines = complaints.decode(errors="replace").splitlines() or [f"exit code {code}"]
    why = next((line for line in lines if "error" in line.lower()), lines[0])
    raise BackupUnusable(f"program {command[0]}: {why.rpartition('ERROR:')[2].strip()}")
