"""The centre's daily work: what is overdue is forgotten, and certificates that grow old are renewed."""

import datetime as dt
import logging
import os
from collections.abc import Callable, Iterable
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError
from django.utils import timezone

from collector import months, retention, supporting
from collector.broker import shelf
from collector.broker.authority import Authority
from collector.broker.settings import Settings
from collector.broker.shelf import Shelf
from collector.broker.telling import Told, tell
from collector.enrolling import codes
from collector.errors import CollectorError
from collector.keyring import Keyring
from collector.rounds import Rounds

log = logging.getLogger(__name__)

FIRST_S = 60.0
"""How long after the start the first work waits: until then there is more urgent work."""
LOOK_S = 600.0
"""How often it is looked whether a new day has come."""
AGAIN_S = 3600.0
"""How long after a failure it is tried again."""


class Upkeep(Rounds):
    """
    Does the daily work: soon after the start, and whenever a day has begun by the centre's clock.

    Args:
        work: What is done, given the present (aware).
        now: The centre's clock (aware).
    """

    def __init__(
        self, work: Callable[[dt.datetime], None], now: Callable[[], dt.datetime] = timezone.now
    ) -> None:
        troubles = (DatabaseError, CollectorError, OSError)
        super().__init__("daily work", first_s=FIRST_S, look_s=LOOK_S, again_s=AGAIN_S, troubles=troubles)
        self._work = work
        self._now = now
        self._done: dt.date | None = None

    def turn(self) -> None:
        """
        Do the day's work if it was not done yet.

        Raises:
            CollectorError: As the work does; also OSError and django.db.DatabaseError.
        """
        now = self._now()
        today = timezone.localdate(now)
        if today != self._done:
            self._work(now)
            self._done = today


def daily(data: Path, now: dt.datetime) -> None:
    """
    All that is to be done once a day. Months that cannot be made now keep nothing else from being done.

    Args:
        data: The data folder.
        now: The present (aware).

    Raises:
        CollectorError: If keys or certificates cannot be read or written.
        django.db.DatabaseError: If the database cannot be.
    """
    waits: DatabaseError | None = None
    try:
        # First: the longer a month is missing, the more is to be moved, and collectors wait for that.
        months.make_ahead(now)
    except DatabaseError as error:
        waits = error
    retained = retention.retain(Keyring(data), now)
    log.info("daily work: %s", retained)
    warn_of_keys(retained.left)
    renew_certificates(data)
    codes.forget(now)
    supporting.forget(now)
    dropped = months.drop_old(now, settings.KEEP_MONTHS)
    if dropped.before is not None:
        log.info("daily work: %s", dropped)
    if waits is not None:
        raise waits


def warn_of_keys(left: Iterable[str]) -> None:
    """Tell whoever runs the centre which keys only they can destroy."""
    if named := ", ".join(left):
        log.warning(
            "the time of these keys is over: %s; take them out of COLLECTOR_SEALING_KEYS, and out of wherever"
            " that is kept, then start the centre anew",
            named,
        )


def renew_certificates(data: Path) -> None:
    """
    Renew the broker's and the centre's own certificate when they grow old, and tell the broker.

    Raises:
        CollectorError: If they cannot be read or written, or the broker cannot be told.
    """
    folder = Shelf(data)
    settings = Settings.read(folder)
    if settings is None:
        return
    written = Authority(data).prepare(settings)
    if not written:
        return
    log.info("broker: wrote %s", ", ".join(path.name for path in written))
    told = tell(folder, os.environ.get("COLLECTOR_BROKER_RELOAD", ""))
    if told is Told.NOT_ALLOWED:
        log.warning(
            "broker: it is another user's process; have it read its files anew, such as by systemctl reload"
        )
    if any(path.name in shelf.CONFIGURATIONS for path in written):
        log.warning("broker: its settings have changed; start it anew")
