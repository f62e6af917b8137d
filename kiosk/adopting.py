"""The centre's configuration taken up, and its commands."""

import logging
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from kiosk.customs import believing, manner
from kiosk.errors import JournalFailed, SettingsError
from kiosk.laying import laid_over
from kiosk.manner import Manner
from kiosk.model import Moment
from kiosk.orders import Identify, Order, Restart, Shut
from kiosk.proof import Trust
from kiosk.settings import Settings
from kiosk.store.journal import SqliteJournal
from kiosk.store.orders import ConfigRow, OpenCommand, OrderBook
from kiosk.verbosity import Verbosity

log = logging.getLogger(__name__)


class Adopting:
    """
    Takes up what came down. Implements `kiosk.orders.Orders`; belongs to the main thread.

    Args:
        settings: The box's own.
        trust: Whose signatures on codes are believed.
        book: What came down.
        journal: Its sealer gets the configuration's keys.
        code_key: Of the tokens of the office's own code (32 bytes); None for a box that is no centre's.
        is_replaced: Whether what makes the box its centre's is other than when the door opened.
    """

    def __init__(
        self,
        settings: Settings,
        trust: Trust,
        book: OrderBook,
        journal: SqliteJournal,
        code_key: bytes | None = None,
        *,
        is_replaced: Callable[[], bool] = lambda: False,
    ) -> None:
        self._settings = settings
        self._trust = trust
        self._code_key = code_key
        self._book = book
        self._journal = journal
        self._is_replaced = is_replaced
        self._verbosity = Verbosity()
        self._notice: str | None = None
        self._in_force = 0
        self._seen: int | None = None

    def begin(self) -> Manner:
        """
        How the door opens: as the centre last said, as far as that can be done; else as its own settings say.

        What was refused once is tried again: perhaps this is another version of the door.

        Raises:
            JournalDamaged: If the journal is damaged.
        """
        try:
            newest = self._newest(again=True)
        except JournalFailed:
            # The disk refuses, so no visit can be saved either: once it does not, this is looked at again.
            newest = None
        return newest or manner(self._settings, self._trust, self._code_key)

    @property
    def is_configured(self) -> bool:
        """Whether a configuration of the centre is in force."""
        return self._in_force > 0

    def look(self, now: Moment) -> Iterator[Order]:
        """
        What is new, in the order to be done. None of it comes twice.

        Raises:
            JournalFailed: If what came down cannot be read, or what becomes of it not be written.
        """
        if self._is_replaced():
            log.info("the box was enrolled anew: the door ends, to begin as the centre's")
            yield Restart()
            return
        self._verbosity.turn(now.monotonic_s)
        version = self._book.version()
        if version == self._seen:
            return
        newest = self._newest()
        if newest is not None:
            yield newest
        for command in self._book.commands():
            yield from self._take_up(command, now)
        notice = self._book.out_of_order()
        if notice != self._notice:
            self._notice = notice
            yield Shut(notice)
        self._seen = version

    def _newest(self, *, again: bool = False) -> Manner | None:
        """The latest manner that this door can take up; None when it is that in force."""
        for row in self._book.configs(self._in_force):
            adopted = self._adopt(row) if again or row.refused is None else None
            if adopted is not None:
                return adopted
        return None

    def _adopt(self, row: ConfigRow) -> Manner | None:
        """The manner of a configuration, which is in force then; None when it cannot be done."""
        try:
            laid = laid_over(self._settings, row.document)
        except SettingsError as error:
            log.warning("configuration %d refused: %s; the one before it stays in force", row.counter, error)
            self._book.refuse(row.counter, str(error))
            return None
        if not row.applied:
            self._book.adopt(row.counter)
        self._journal.sealer = replace(self._journal.sealer, keys=laid.keys)
        self._in_force = row.counter
        log.info("configuration %d is in force", row.counter)
        return manner(laid.settings, believing(self._trust, laid.signing), self._code_key)

    def _take_up(self, command: OpenCommand, now: Moment) -> Iterator[Order]:
        if command.name == "support_bundle":
            return  # The bridge does it, which has the line.
        if now.trusted and now.utc > command.deadline:
            self._book.settle(command.id, "expired", "the door did not take it up in time")
            return
        orders: dict[str, Order] = {"identify": Identify(), "restart": Restart()}
        order = orders.get(command.name)
        if order is None and command.name not in {"out_of_order", "log_level"}:
            self._book.settle(command.id, "refused", "no such command at this door")
        elif self._book.settle(command.id, "done"):
            log.info("command %s taken up", command.name)
            if command.name == "log_level":
                self._verbosity.change(**_loudly(command.arguments), now_s=now.monotonic_s)
            if order is not None:
                yield order


def _loudly(arguments: dict[str, Any]) -> dict[str, Any]:
    return {"level": str(arguments["level"]), "for_s": float(arguments["minutes"]) * 60}
