"""A door put together from its settings, its credentials and its journal."""

import logging
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from kiosk import credentials, trust, words
from kiosk.clock import Stamp, SteadyClock, boot_id, flag_stamp
from kiosk.devices import Devices
from kiosk.health import Health
from kiosk.loop import Loop
from kiosk.rules import Policy
from kiosk.sealing import Sealer
from kiosk.settings import Settings
from kiosk.store.journal import SqliteJournal
from kiosk.views import Plate
from kiosk.witness import Witness

log = logging.getLogger(__name__)


def open_journal(settings: Settings) -> SqliteJournal:
    """
    The journal of this box, with what seals its visits.

    Raises:
        SettingsError: If the credentials cannot be used.
        JournalFailed: If the journal cannot be opened.
    """
    known = credentials.load(settings.data.folder, settings.kiosk.name)
    if known is None:
        log.warning("not enrolled at a centre: names are not kept; see `collector enrol`")
    sealer = Sealer(known.kiosk, known.place_key, known.sealing_keys) if known else None
    return SqliteJournal(settings.data.folder, boot=boot_id(), sealer=sealer)


def build(settings: Settings, devices: Devices, journal: SqliteJournal, witness: Witness | None) -> Loop:
    """
    The door, ready to run.

    Raises:
        SettingsError: If the trust folder cannot be used.
        JournalFailed: If the journal cannot be read.
    """
    return Loop(
        devices=devices,
        journal=journal,
        clock=SteadyClock(stamp=_stamp(settings.clock.flag), anchor=journal.anchor(), floor=journal.latest()),
        policy=Policy(
            zone=settings.zone,
            way=settings.door.direction,
            same_code_s=settings.door.same_code_s,
            result_s=settings.door.result_s,
            typing_s=settings.door.typing_s,
            trust=trust.load(settings.trust.folder),
        ),
        plate=Plate(
            place=settings.place.name,
            door=settings.door.name,
            way=settings.door.direction,
            zone=settings.zone,
            help_desk=settings.place.help_desk,
        ),
        words=words.load(settings.place.language),
        health=Health.from_environment(),
        keep=timedelta(days=settings.data.keep_days),
        witness=witness,
    )


def _stamp(flag: str) -> Stamp:
    always: Callable[[], int | None] = lambda: 0  # noqa: E731 - one line says it
    return flag_stamp(Path(flag)) if flag else always
