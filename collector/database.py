"""Where the centre's database is: an SQLite file in the data folder, or a PostgreSQL server."""

import os
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import dj_database_url

from collector.errors import CollectorError
from collector.folder import DATABASE

VARIABLE = "COLLECTOR_DATABASE"
SCHEMES = ("postgresql", "postgres")
CONNECT_S = 5
"""How long a server may take to answer."""
KEEP_S = 60
"""How long the page keeps a connection to a server."""


class DatabaseUnusable(CollectorError, OSError):
    """The database cannot be reached, read or written."""


def parse(url: str, data: Path) -> dict[str, Any]:
    """
    Django's settings of the database at this address.

    Args:
        url: `postgresql://…`, or empty for the SQLite file.
        data: The data folder.

    Raises:
        DatabaseUnusable: If the address is none that can be used; what stands in it is not repeated, for a
            password may.
    """
    if not url:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": data / DATABASE,
            "OPTIONS": {
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
                "transaction_mode": "IMMEDIATE",
                "timeout": 5,
            },
        }
    scheme = url.partition("://")[0]
    if scheme not in SCHEMES:
        shown = f'scheme "{scheme}"' if scheme.isascii() and scheme.isalnum() and scheme != url else "scheme"
        raise DatabaseUnusable(
            f"{shown}: none of a database; write postgresql://USER@HOST/NAME, or leave it out for the SQLite "
            "file in the data folder"
        )
    try:
        import psycopg  # noqa: F401, PLC0415 - only a centre with a server needs it
    except ImportError:
        raise DatabaseUnusable(
            "package psycopg: missing, or without its libpq; install entrance-kiosk[collector,postgresql]"
        ) from None
    try:
        found = dj_database_url.parse(url, conn_max_age=KEEP_S, conn_health_checks=True)
    except ValueError:
        raise DatabaseUnusable(
            "not an address; write postgresql://USER@HOST:PORT/NAME, with % for special letters (RFC 3986)"
        ) from None
    if not found["NAME"]:
        raise DatabaseUnusable("no database is named; write postgresql://USER@HOST/NAME")
    return {**found, "OPTIONS": {"connect_timeout": CONNECT_S, **found.get("OPTIONS", {})}}


def chosen() -> str:
    """The address that the options, or the environment, name; empty for the SQLite file."""
    return os.environ.get(VARIABLE, "")


def name(data: Path) -> str:
    """The chosen database for people to read: never with a password."""
    if not chosen():
        return str(data / DATABASE)
    parts = urlsplit(chosen())
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


def remedy() -> str:
    """What may help when the chosen database cannot be used."""
    if not chosen():
        return "choose another folder with --data"
    return "is the server running, and does it let us in? choose another with --database"
