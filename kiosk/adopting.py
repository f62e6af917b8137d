"""The centre's configuration laid over the box's own settings, and the centre's commands taken up."""

import json
import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from pydantic import ValidationError

from kiosk import config, words
from kiosk.credentials import sealing_keys
from kiosk.errors import JournalFailed, SettingsError
from kiosk.model import Moment
from kiosk.orders import Identify, Manner, Order, Restart, Shut
from kiosk.proof import Trust
from kiosk.rules import Policy
from kiosk.sealing import SealingKey
from kiosk.settings import Settings
from kiosk.store.journal import SqliteJournal
from kiosk.store.orders import ConfigRow, OpenCommand, OrderBook
from kiosk.views import Plate

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Laid:
    """
    A configuration laid over the box's settings.

    Attributes:
        settings: The settings in force.
        notice: A line for the visitors; empty for none.
        keys: What persons are sealed to; none where no names are kept.
    """

    settings: Settings
    notice: str
    keys: tuple[SealingKey, ...]


def laid_over(settings: Settings, document: str) -> Laid:
    """
    The centre's configuration over the box's own settings.

    Args:
        settings: The box's own.
        document: The configuration as JSON, as the bridge believed it.

    Raises:
        SettingsError: If this box cannot do as it says; the message has all that is wrong.
    """
    try:
        told: Mapping[str, Any] = json.loads(document)
        languages = list(told["languages"])
        for language in languages:
            if language not in words.languages():
                known = ", ".join(words.languages())
                raise SettingsError(f"languages: {str(language)[:8]!r}: no such language; there are {known}")
        tree = settings.model_dump()
        tree["place"] |= {"name": told["place"], "zone": told["zone"], "language": languages[0]}
        tree["door"]["direction"] = told["direction"]
        # What the centre leaves empty, the box's own settings say.
        if told["help_desk"]:
            tree["place"]["help_desk"] = told["help_desk"]
        if told["door"]:
            tree["door"]["name"] = told["door"]
        keys = () if told["kind"] == "public" else sealing_keys(told["sealing_keys"])
        return Laid(Settings.model_validate(tree), str(told["notice"]), keys)
    except ValidationError as error:
        raise SettingsError("; ".join(config.faults(error))) from None
    except (ValueError, TypeError, LookupError, AttributeError) as error:
        if isinstance(error, SettingsError):
            raise
        raise SettingsError("not what a centre tells a door") from None


class Adopting:
    """
    Takes up what came down. Implements `kiosk.orders.Orders`; belongs to the main thread.

    Args:
        settings: The box's own.
        trust: Whose signatures on codes are believed.
        book: What came down.
        journal: Its sealer gets the configuration's keys.
    """

    def __init__(self, settings: Settings, trust: Trust, book: OrderBook, journal: SqliteJournal) -> None:
        self._settings = settings
        self._trust = trust
        self._book = book
        self._journal = journal
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
            manner = self._newest(again=True)
        except JournalFailed:
            # The disk refuses, so no visit can be saved either: once it does not, this is looked at again.
            manner = None
        return manner or self._manner(self._settings, "")

    def look(self, now: Moment) -> Iterator[Order]:
        """
        What is new, in the order to be done. None of it comes twice.

        Raises:
            JournalFailed: If what came down cannot be read, or what becomes of it not be written.
        """
        version = self._book.version()
        if version == self._seen:
            return
        manner = self._newest()
        if manner is not None:
            yield manner
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
            manner = self._adopt(row) if again or row.refused is None else None
            if manner is not None:
                return manner
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
        return self._manner(laid.settings, laid.notice)

    def _manner(self, settings: Settings, notice: str) -> Manner:
        policy = Policy(
            zone=settings.zone,
            way=settings.door.direction,
            same_code_s=settings.door.same_code_s,
            result_s=settings.door.result_s,
            typing_s=settings.door.typing_s,
            trust=self._trust,
        )
        plate = Plate(
            place=settings.place.name,
            door=settings.door.name,
            way=settings.door.direction,
            zone=settings.zone,
            help_desk=settings.place.help_desk,
            notice=notice,
        )
        return Manner(policy, plate, words.load(settings.place.language))

    def _take_up(self, command: OpenCommand, now: Moment) -> Iterator[Order]:
        if now.trusted and now.utc > command.deadline:
            self._book.settle(command.id, "expired", "the door did not take it up in time")
            return
        orders: dict[str, Order] = {"identify": Identify(), "restart": Restart()}
        order = orders.get(command.name)
        if order is None and command.name != "out_of_order":
            self._book.settle(command.id, "refused", "no such command at this door")
        elif self._book.settle(command.id, "done"):
            log.info("command %s taken up", command.name)
            if order is not None:
                yield order
