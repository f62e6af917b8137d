"""
Where the centre's database is: an SQLite file in the data folder, or a PostgreSQL server.

A server may have standbys, one of which takes over: the address then names all their hosts, and whoever of
them takes what is written is the one.
"""

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from collector.errors import CollectorError
from collector.folder import DATABASE

VARIABLE = "COLLECTOR_DATABASE"
SCHEMES = ("postgresql", "postgres")
CONNECT_S = 5
"""How long a server may take to answer, each host by itself."""
GONE_S = 20
"""After how long a silent line counts as cut: a host without power is silent, and Linux waits for hours."""
KEEP_S = 60
"""How long the page keeps a connection to a server."""
IDLE_S = 60
"""How long a server waits for the next word in a transaction: who stops in one holds up all others."""
_PATIENCE = {
    "connect_timeout": str(CONNECT_S),
    "keepalives_idle": str(GONE_S // 2),
    "keepalives_interval": str(GONE_S // 4),
    "keepalives_count": "2",
    "tcp_user_timeout": str(GONE_S * 1000),
    # One host may be a proxy before several, and send us to one that only reads.
    "target_session_attrs": "read-write",
}
_OF_SERVER = {
    "tcp_keepalives_idle": f"{GONE_S // 2}s",
    "tcp_keepalives_interval": f"{GONE_S // 4}s",
    "tcp_keepalives_count": "2",
    "tcp_user_timeout": f"{GONE_S}s",
    "idle_in_transaction_session_timeout": f"{IDLE_S}s",
}
"""The same of the server's end: it keeps what a silent line has locked for as long as it believes in it."""
_PASSING = ("25006", "25P03")
"""PostgreSQL's words for a server that only reads, and for a transaction that it has ended for being idle."""
_NONE = (
    "not an address; write postgresql://USER@HOST:PORT/NAME, or HOST:PORT,HOST:PORT for standbys, with % for "
    "special letters (RFC 3986)"
)
_LAST_PORT = 65535
_OPTION = re.compile(r'invalid URI query parameter: ("\w{1,40}")')


class DatabaseUnusable(CollectorError, OSError):
    """The database cannot be reached, read or written."""


def parse(url: str, data: Path) -> dict[str, Any]:
    """
    Django's settings of the database at this address.

    Args:
        url: `postgresql://…`, or empty for the SQLite file. Of several hosts, the one that can be written to
            is meant, unless it says otherwise.
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
    found = {"options": " ".join(f"-c {name}={value}" for name, value in _OF_SERVER.items())}
    found |= patient(read(url))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": found.pop("dbname"),
        "USER": found.pop("user", ""),
        "PASSWORD": found.pop("password", ""),
        "HOST": found.pop("host", ""),
        "PORT": found.pop("port", ""),
        "CONN_MAX_AGE": KEEP_S,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": found,
    }


def patient(address: Mapping[str, str]) -> dict[str, str]:
    """
    An address by libpq's names, with how long to wait, and for a host that can be written to, where it says
    nothing.

    Args:
        address: As `read()` gives it.
    """
    return {**_PATIENCE, **address}


def passes(error: Exception) -> bool:
    """
    Whether a trouble with the database passes by itself, so that what was begun may be begun anew.

    Args:
        error: As Django raises it.
    """
    from django.db import InterfaceError, InternalError, OperationalError  # noqa: PLC0415 - not all have it

    if isinstance(error, InternalError):
        return getattr(error.__cause__, "sqlstate", None) in _PASSING
    return isinstance(error, OperationalError | InterfaceError)


def read(url: str) -> dict[str, str]:
    """
    What an address of PostgreSQL's says, by libpq's names; always with `dbname`.

    Args:
        url: `postgresql://USER@HOST:PORT,HOST:PORT/NAME?…`; libpq itself reads it.

    Raises:
        DatabaseUnusable: If it cannot be used; nothing of it is repeated but the names of options.
    """
    from psycopg import ProgrammingError  # noqa: PLC0415 - only a centre with a server has it
    from psycopg.conninfo import conninfo_to_dict  # noqa: PLC0415 - as above

    try:
        found = {name: str(value) for name, value in conninfo_to_dict(url).items()}
    except (ProgrammingError, UnicodeError) as error:
        option = _OPTION.search(str(error))
        if option:
            raise DatabaseUnusable(f"option {option[1]}: not one of PostgreSQL's; leave it out") from None
        raise DatabaseUnusable(_NONE) from None
    ports = [port for port in found.get("port", "").split(",") if port]
    if not all(port.isdecimal() and 0 < int(port) <= _LAST_PORT for port in ports):
        # A password with a "/" that is not written as %2F reads like a port, too.
        raise DatabaseUnusable(_NONE)
    if not found.get("dbname"):
        raise DatabaseUnusable("no database is named; write postgresql://USER@HOST/NAME")
    return found


def chosen() -> str:
    """The address that the options, or the environment, name; empty for the SQLite file."""
    return os.environ.get(VARIABLE, "")


def name(data: Path) -> str:
    """The chosen database for people to read: never with a password."""
    return shown(chosen()) if chosen() else str(data / DATABASE)


def shown(url: str) -> str:
    """An address for people to read, likewise."""
    scheme, _, rest = url.partition("://")
    return f"{scheme}://{rest.partition('?')[0].rpartition('@')[2]}"


def remedy() -> str:
    """What may help when the chosen database cannot be used."""
    if not chosen():
        return "choose another folder with --data"
    return "is the server running, and does it let us in? choose another with --database"
