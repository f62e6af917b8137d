"""All things, one after the other."""

import datetime as dt
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from django.db import DatabaseError, connection

from collector import database
from collector.doctor import (
    boxes,
    certificates,
    clock,
    copies,
    enrolling,
    files,
    keys,
    network,
    people,
    storage,
)
from collector.doctor.finding import Finding, State
from collector.errors import CollectorError

Check = Callable[[], Finding]


def examine(
    data: Path, now: dt.datetime, *, broker: tuple[str, int], tls: bool, page: tuple[str, int]
) -> Iterator[Finding]:
    """
    Look at all things, each when its finding is asked for. Nothing is changed, and nothing made.

    Args:
        data: The data folder.
        now: The present (aware).
        broker: Host and port; of a cluster, hosts with spaces between.
        tls: Whether TLS is spoken with it.
        page: Host and port.
    """
    yield (folder := _tried("data folder", partial(files.check, data)))
    stored = _tried("database", partial(storage.check, data))
    yield stored
    answers = folder.state is not State.WRONG and stored.state is not State.WRONG
    told: dict[str, Check] = {
        "keys": partial(keys.check, data, now),
        "certificates": partial(certificates.check, data, now),
        "broker": partial(network.broker, *broker, data, tls=tls),
        "page": partial(network.page, *page),
        "enrolment": partial(enrolling.check, data),
        "clock": partial(clock.check, now),
        "doors": partial(boxes.check, now),
        "journals": boxes.journals,
        "retention": partial(people.forgetting, data, now),
        "accounts": people.accounts,
        "backups": partial(copies.check, data, now),
    }
    for thing, check in told.items():
        if thing in _ASKING and not answers:
            yield Finding(thing, State.WARNING, "not looked at, since that needs the database; mend it first")
        else:
            yield _tried(thing, check)


_ASKING = {"keys", "doors", "journals", "retention", "accounts"}
"""Things that are asked of the database."""


def _tried(thing: str, check: Check) -> Finding:
    try:
        return check()
    except CollectorError as error:
        return Finding(thing, State.WRONG, _one_line(error))
    except DatabaseError as error:
        why = str(error).strip().partition("\n")[0]
        return Finding(thing, State.WRONG, f"{why}; {database.remedy()}")
    except OSError as error:
        return Finding(thing, State.WRONG, f"{_one_line(error)}; run this as the centre's user")
    finally:
        connection.close()


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())
