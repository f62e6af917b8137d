"""What `kiosk check` says: of each part of the box whether it works, and what to do if not."""

import os
import shutil
import socket
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import partial
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

from kiosk import config, words
from kiosk.clock import boot_id
from kiosk.devices import find, options, section
from kiosk.errors import JournalDamaged, JournalFailed, KioskError, SettingsError
from kiosk.settings import Settings
from kiosk.store.holding import DOOR, is_held
from kiosk.store.journal import SqliteJournal
from kiosk.store.opening import FILE_NAME
from kiosk.store.salvage import put_aside

_SCANT_MB = 100
_CONNECT_S = 3.0
_BLOCK_BYTES = 4096
_RECORDINGS = (".ogg", ".wav")


class State(StrEnum):
    """How a part is."""

    OK = "ok"
    WARNING = "warning"
    """The door serves without it."""
    MISSING = "missing"
    """A device that is not there, or does not work."""
    WRONG = "wrong"
    """Anything else that must be mended first."""


@dataclass(frozen=True, slots=True)
class Finding:
    """
    What was found of one part.

    Attributes:
        part: Name of the part.
        state: How it is.
        says: What works, or what does not and the remedy; one line.
    """

    part: str
    state: State
    says: str

    def __str__(self) -> str:
        mark = "!" if self.state is State.WARNING else self.state
        return f"{mark:<8} {self.part:<10} {self.says}"


def serves(findings: Iterable[Finding]) -> bool:
    """Whether a door with these parts can serve; warnings do not keep it from that."""
    return all(finding.state in {State.OK, State.WARNING} for finding in findings)


def summary(findings: Iterable[Finding]) -> dict[str, Any]:
    """All of it as one object that JSON can hold."""
    told = list(findings)
    parts = [{"part": one.part, "state": one.state, "says": one.says} for one in told]
    return {"serves": serves(told), "parts": parts}


def check(settings: Settings, file: Path | None) -> Iterator[Finding]:
    """
    Try all parts, each when its finding is asked for. Main thread only, for the screen's sake.

    Devices of a running door are left alone. No journal is made, and no visit of one is touched.

    Args:
        settings: The box as it is meant to be.
        file: Where the settings were read from; None for the usual place.
    """
    yield Finding("settings", State.OK, _origin(file))
    chosen = _chosen(settings)
    reader = None
    if any(part == "camera" for part, _, _ in chosen):
        yield (reader := _reader())
    running = is_held(settings.data.folder, DOOR)
    told: dict[str, str] = {}
    for part, kind, name in chosen:
        if running:
            says = "in use by the running door; to try it, stop the door: sudo systemctl stop kiosk"
            yield Finding(part, State.WARNING, says)
        elif part == "camera" and reader is not None and reader.state is State.MISSING:
            yield Finding(
                part, State.WARNING, "not tried, since nothing reads its pictures; mend the reader first"
            )
        else:
            finding = _device(part, kind, name, settings)
            # The same words for each device of a box whose pins cannot be reached would hide the others.
            before = told.setdefault(finding.says, part)
            yield finding if before == part else replace(finding, says=f"as the {before}")
    if settings.devices.voice == "files":
        yield _voice(settings.voice.folder, settings.place.languages)
    yield _journal(settings.data.folder, running=running)
    yield _broker(settings.mqtt.host, settings.mqtt.port)


def check_without_settings(error: SettingsError) -> Iterator[Finding]:
    """Every fault of the settings, and the one part that needs none of them."""
    for fault in str(error).splitlines():
        yield Finding("settings", State.WRONG, fault)
    yield _reader()


def _origin(file: Path | None) -> str:
    path = file or config.SETTINGS_FILE
    return str(path) if path.exists() else f"defaults; there is no {path}"


def _reader() -> Finding:
    found, problems = [], []
    for engine in ("first_engine", "second_engine"):
        try:
            found.append(find("check", engine)())
        except KioskError as problem:
            problems.append(_one_line(problem))
    if not problems:
        return Finding("reader", State.OK, " and ".join(found))
    if found:
        return Finding("reader", State.WARNING, f"{found[0]} alone; {problems[0]}")
    return Finding("reader", State.MISSING, "; ".join(problems))


def _chosen(settings: Settings) -> list[tuple[str, str, str]]:
    """The devices of the box: the part, named as its section of the settings, the kind and the name."""
    devices = settings.devices
    chosen = [
        *(("scanner", name) for name in devices.scanner),
        ("screen", devices.screen),
        *(("keypad", name) for name in devices.keypad),
        ("buzzer", devices.buzzer),
        ("lamp", devices.lamp),
    ]
    return [(section(kind, name), kind, name) for kind, name in chosen]


def _device(part: str, kind: str, name: str, settings: Settings) -> Finding:
    try:
        says: str = find("check", part)(partial(find(kind, name), **options(kind, name, settings)))
    except KioskError as problem:
        return Finding(part, State.MISSING, _one_line(problem).removeprefix(f"{part}: "))
    return Finding(part, State.OK, says)


def _voice(folder: Path, languages: Iterable[str]) -> Finding:
    """Whether everything is recorded that the voice may be asked to say."""
    wanted = [folder / language / name for language in languages for name in words.phrases(language)]
    lacking = sum(
        not any(path.with_name(f"{path.name}{ending}").is_file() for ending in _RECORDINGS) for path in wanted
    )
    if lacking:
        says = f"{lacking} of {len(wanted)} phrases are not recorded; run `kiosk phrases`"
        return Finding("voice", State.WARNING, says)
    return Finding("voice", State.OK, f"{len(wanted)} phrases are recorded")


def _journal(folder: Path, *, running: bool) -> Finding:
    try:
        there = _nearest(folder)
        _write(there)
        free_mb = shutil.disk_usage(there).free // 1_000_000
        waiting = _waiting(folder)
    except JournalDamaged as problem:
        return Finding("journal", State.WARNING, _one_line(problem))
    except JournalFailed as problem:
        return Finding("journal", State.WRONG, _one_line(problem))
    except OSError as error:
        remedy = "run this as the door's user, `sudo -u entrance-kiosk`, or choose another data.folder"
        return Finding("journal", State.WRONG, f"{folder}: {error.strerror or error}; {remedy}")
    facts = [
        f"visits waiting: {waiting}" if there == folder else "the door will make it",
        f"{free_mb:,} MB free",
    ]
    if running:
        facts.append("in use by the running door")
    says = f"{folder}: {', '.join(facts)}"
    if damaged := len(put_aside(folder)):
        return Finding(
            "journal", State.WARNING, f"{says}, damaged and mended: {damaged}; give it another disk"
        )
    if free_mb < _SCANT_MB:
        return Finding("journal", State.WARNING, f"{says}; make room on its disk")
    return Finding("journal", State.OK, says)


def _nearest(folder: Path) -> Path:
    """The folder, or what of its path is there already."""
    return next(path for path in (folder, *folder.absolute().parents) if path.exists())


def _write(folder: Path) -> None:
    """Write a little to a file without a name, so that nothing stays behind for the door to trip over."""
    with TemporaryFile(dir=folder) as file:
        file.write(bytes(_BLOCK_BYTES))
        file.flush()
        os.fsync(file.fileno())


def _waiting(folder: Path) -> int:
    if not (folder / FILE_NAME).exists():
        return 0
    book = SqliteJournal(folder, boot=boot_id(), make=False)
    try:
        return book.waiting()
    finally:
        book.close()


def _broker(host: str, port: int) -> Finding:
    try:
        socket.create_connection((host, port), timeout=_CONNECT_S).close()
    except OSError as error:
        remedy = "the door works without, visits wait; start the broker: sudo systemctl start mosquitto"
        return Finding(
            "broker", State.WARNING, f"{host}:{port} does not answer ({error.strerror or error}); {remedy}"
        )
    return Finding("broker", State.OK, f"{host}:{port} answers")


def _one_line(problem: KioskError) -> str:
    return " ".join(str(problem).split())
