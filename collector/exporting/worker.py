"""
The thread that writes lists, one after the other, in the process of the pages; one process serves them.

What was being written when that process ended has failed, and what lay ready is gone: nothing with names in
it outlives the next start.
"""

import datetime as dt
import logging
from collections.abc import Callable
from pathlib import Path
from threading import Event
from uuid import UUID

from django.db import DatabaseError, connections, transaction
from django.utils import timezone
from xlsxwriter.exceptions import XlsxWriterException

from collector import audit, rights
from collector.audit import Action
from collector.errors import CollectorError
from collector.exporting.drawer import Drawer
from collector.exporting.selection import Selection
from collector.exporting.writing import write
from collector.keyring import Keyring
from collector.models import Export
from collector.rights import Right

log = logging.getLogger(__name__)

KEPT = dt.timedelta(minutes=15)
"""How long a list lies ready."""
LOOK_S = 1.0
AGAIN_S = 30.0
"""How long after trouble with the database we ask it again."""


class Exporter:
    """
    Writes what waits, and throws away what has lain too long.

    Args:
        data: The data folder.
        now: The centre's clock (aware).
    """

    def __init__(self, data: Path, now: Callable[[], dt.datetime] = timezone.now) -> None:
        self._drawer = Drawer(data)
        self._keyring = Keyring(data)
        self._now = now
        self._stopped = Event()
        self._begun = False

    def run(self) -> None:
        """Work until `stop()`."""
        pause_s = 0.0
        while not self._stopped.wait(pause_s):
            pause_s = self.turn()

    def turn(self) -> float:
        """Throw away, and write one list if one waits; how many seconds to wait then."""
        try:
            if not self._begun:
                self._begin()
            self._throw_away()
            return 0.0 if self._write_next() else LOOK_S
        except DatabaseError as error:
            log.warning("lists: the database cannot be asked: %s", type(error).__name__)
            connections.close_all()
            return AGAIN_S

    def stop(self) -> None:
        """Let `run()` end soon; a list that is being written fails. Any thread may call this."""
        self._stopped.set()

    def _begin(self) -> None:
        """Nothing of an earlier process is left."""
        Export.objects.filter(status=Export.READY).update(status=Export.GONE)
        self._begun = True

    def _throw_away(self) -> None:
        # Between two lists none is being written: the database was away when that one ended.
        Export.objects.filter(status=Export.RUNNING).update(status=Export.FAILED, ended_at=self._now())
        ready = Export.objects.filter(status=Export.READY)
        ready.filter(ended_at__lt=self._now() - KEPT).update(status=Export.GONE)
        # Accounts go, and their lists with them; and whom somebody had erased may stand in one.
        self._drawer.keep_only(list(ready.values_list("pk", flat=True)))

    def _write_next(self) -> bool:
        waiting = Export.objects.filter(status=Export.WAITING).order_by("made_at")
        export = waiting.select_related("place", "user").first()
        if export is None:
            return False
        Export.objects.filter(pk=export.pk).update(status=Export.RUNNING)
        try:
            self._write(export)
        except (DatabaseError, OSError, XlsxWriterException, CollectorError, ValueError, KeyError) as error:
            # Not the error's own text: it may hold a row.
            log.warning("list %s: not written: %s", export.pk, _why(error))
            self._drawer.remove(export.pk)
            if isinstance(error, DatabaseError):
                connections.close_all()
            running = Export.objects.filter(pk=export.pk, status=Export.RUNNING)
            running.update(status=Export.FAILED, ended_at=self._now())
        return True

    def _write(self, export: Export) -> None:
        if not rights.places(export.user, Right.EXPORT).filter(pk=export.place_id).exists():
            raise _GivenUp("the account has lost its right")
        selection = Selection.read(export.query)
        total = selection.visits(export.place).count()
        running = Export.objects.filter(pk=export.pk, status=Export.RUNNING)
        running.update(total=total)

        def tell(done: int) -> None:
            if self._stopped.is_set():
                raise _GivenUp("the centre ends")
            if not running.update(done=done):
                raise _GivenUp("it was called off")

        done = write(
            self._drawer.make(export.pk),
            export.kind,
            place=export.place,
            selection=selection,
            language=str(export.query.get("language", "")),
            user=export.user.get_username(),
            keyring=self._keyring,
            tell=tell,
        )
        with transaction.atomic():
            if not running.update(status=Export.READY, done=done, total=done, ended_at=self._now()):
                raise _GivenUp("it was called off")
            self._write_down(export, done)

    def _write_down(self, export: Export, done: int) -> None:
        audit.write_own(
            Action.EXPORTED,
            export.place,
            user=export.user.get_username(),
            subject=_short(export.pk),
            count=done,
            kind=export.kind,
            step="ready",
        )


class _GivenUp(CollectorError, RuntimeError):
    """Nobody wants this list any more."""


def _why(error: Exception) -> str:
    if isinstance(error, _GivenUp):
        return str(error)
    reason = getattr(error, "strerror", None) or ""
    return f"{type(error).__name__} {reason}".strip()


def _short(list_: UUID) -> str:
    return list_.hex[:8]
