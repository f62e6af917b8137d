"""A door put together from its settings, its credentials and its journal."""

import logging
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial

from kiosk import credentials, enrolment, trust
from kiosk.adopting import Adopting
from kiosk.clock import SteadyClock, boot_id, stamp_named
from kiosk.commissioning import Commissioning
from kiosk.customs import believing
from kiosk.devices import Devices
from kiosk.errors import JournalFailed
from kiosk.findings import Finding
from kiosk.health import Health
from kiosk.loop import Loop
from kiosk.model import Status
from kiosk.sealing import Sealer
from kiosk.settings import Settings
from kiosk.store.handover import Handover
from kiosk.store.journal import SqliteJournal
from kiosk.store.orders import OrderBook
from kiosk.tokens import office_code_key
from kiosk.witness import Witness

log = logging.getLogger(__name__)


def open_journal(settings: Settings) -> SqliteJournal:
    """
    The journal of this box, with what seals its visits. No other door has it; a damaged one is mended.

    Raises:
        SettingsError: If the credentials cannot be used.
        JournalFailed: If the journal cannot be opened; a disk that refuses it is waited for.
    """
    known = credentials.load(settings.data.folder, settings.kiosk.name)
    if known is None:
        log.warning("not enrolled at a centre: names are not kept")
    sealer = Sealer(known.kiosk, known.place_key, known.sealing_keys) if known else None
    return SqliteJournal(settings.data.folder, boot=boot_id(), sealer=sealer, door=True)


def build(
    settings: Settings,
    devices: Devices,
    journal: SqliteJournal,
    witness: Witness | None,
    wall: Callable[[], float] = time.time,
) -> Loop:
    """
    The door, ready to run: as its settings say, and over them the centre's last configuration.

    Args:
        settings: Of this box.
        devices: Opened devices.
        journal: The opened journal.
        witness: Who writes down what is shown; None for nobody.
        wall: Seconds since 1970 by the wall clock, right or wrong.

    Raises:
        SettingsError: If the trust folder or the credentials cannot be used.
        JournalDamaged: If the journal is damaged.
    """
    known = credentials.load(settings.data.folder, settings.kiosk.name)
    believed = believing(trust.load(settings.trust.folder), known.signing_keys if known else {})
    enrolment.settle(settings.data.folder)
    code_key = office_code_key(known.place_key) if known else None
    handover = Handover(settings.data.folder)
    commissioning = Commissioning(settings.data.folder, lambda: orders.is_configured, handover)
    orders = Adopting(
        settings,
        believed,
        OrderBook(journal.file, settings.data.folder),
        journal,
        code_key,
        is_replaced=commissioning.is_replaced,
    )
    manner = orders.begin()
    return Loop(
        devices=devices,
        journal=journal,
        clock=_clock(settings, journal, wall),
        manner=manner,
        health=Health.from_environment(),
        keep=timedelta(days=settings.data.keep_days),
        orders=orders,
        stages=commissioning.stages,
        enrol=handover.hand_over,
        examine=partial(_examined, settings),
        witness=witness,
    )


def _examined(settings: Settings, status: Status) -> Iterator[Finding]:
    from kiosk.checking.examining import check_running  # noqa: PLC0415 - a door that starts need not load it

    yield from check_running(settings, status)


def _clock(settings: Settings, journal: SqliteJournal, wall: Callable[[], float]) -> SteadyClock:
    try:
        anchor, floor = journal.anchor(), journal.latest()
    except JournalFailed:
        # The disk refuses; once it does not, the journal puts right what this clock told wrongly.
        anchor, floor = None, None
    return SteadyClock(stamp=stamp_named(settings.clock.flag), anchor=anchor, floor=floor, wall=wall)
