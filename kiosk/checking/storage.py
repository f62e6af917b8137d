"""The journal, what waits in it, and the disk under it."""

import os
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryFile

from kiosk import machine
from kiosk.errors import JournalDamaged, JournalFailed
from kiosk.findings import Finding, State, one_line
from kiosk.store.facts import Facts
from kiosk.store.opening import FILE_NAME
from kiosk.store.salvage import put_aside

SCANT_MB = 200
_BLOCK_BYTES = 4096
_OLD = timedelta(days=1)
"""A visit that has waited so long is told of: a line that was down overnight is back by then."""
_BLOCKS = Path("/sys/dev/block")
_EXT4 = Path("/sys/fs/ext4")
_WORN = 9
"""From here on nine tenths of what an eMMC can bear is written (JESD84-B51, DEVICE_LIFE_TIME_EST)."""


def storage(folder: Path, *, running: bool) -> Iterator[Finding]:
    """
    The journal, its queue, and its disk. No journal is made, and no visit of one is touched.

    Args:
        folder: Where the journal lies, or will.
        running: Whether a door runs.
    """
    yield _journal(folder, running=running)
    if (folder / FILE_NAME).exists():
        yield from _queue(folder)
    yield _disk(folder)


def _journal(folder: Path, *, running: bool) -> Finding:
    try:
        there = _nearest(folder)
        _write(there)
        if (folder / FILE_NAME).exists():
            with closing(Facts(folder)) as facts:
                facts.under_way()
    except JournalDamaged as problem:
        return Finding("journal", State.WARNING, one_line(problem))
    except JournalFailed as problem:
        return Finding("journal", State.WRONG, one_line(problem))
    except OSError as error:
        remedy = "run this as the door's user, `sudo -u entrance-kiosk`, or choose another data.folder"
        return Finding("journal", State.WRONG, f"{folder}: {error.strerror or error}; {remedy}")
    says = f"{folder}: " + (
        "in use by the running door" if running else "whole" if there == folder else "the door will make it"
    )
    if damaged := len(put_aside(folder)):
        return Finding(
            "journal", State.WARNING, f"{says}, damaged and mended: {damaged}; give it another disk"
        )
    return Finding("journal", State.OK, says)


def _queue(folder: Path) -> Iterator[Finding]:
    """What the centre does not have yet; nothing of a journal that cannot be read, which is told already."""
    try:
        with closing(Facts(folder)) as facts:
            under_way, oldest = facts.under_way(), facts.oldest()
    except (JournalFailed, JournalDamaged):
        return
    count = under_way.waiting + under_way.sent
    says = f"visits waiting: {count}"
    if under_way.aside:
        remedy = "`kiosk journal` tells why, `kiosk journal retry` sends them again"
        yield Finding("queue", State.WARNING, f"{says}, set aside: {under_way.aside}; {remedy}")
        return
    if oldest is None:
        yield Finding("queue", State.OK, says)
        return
    waits = max(timedelta(), datetime.now(UTC) - oldest)
    says += f", the oldest for {_length(waits)}"
    if waits > _OLD:
        yield Finding("queue", State.WARNING, f"{says}; none is lost: mend the line to the centre")
    else:
        yield Finding("queue", State.OK, says)


def _disk(folder: Path) -> Finding:
    there = _nearest(folder)
    free_mb = machine.disk_free_mb(there)
    says = "does not say how full it is" if free_mb is None else f"{free_mb:,} MB free"
    if machine.disk_read_only(there):
        remedy = "start the box anew; if it stays so, the card is worn: give it another"
        return Finding("disk", State.WRONG, f"takes nothing any more (read-only); {remedy}")
    if errors := file_system_errors(there):
        remedy = "the card is going bad: give it another soon"
        return Finding("disk", State.WARNING, f"{says}, errors of the file system: {errors}; {remedy}")
    worn = wear_tenths(there)
    if worn is not None and worn >= _WORN:
        return Finding("disk", State.WARNING, f"{says}, worn to {worn} tenths; give it another soon")
    if free_mb is not None and free_mb < SCANT_MB:
        return Finding("disk", State.WARNING, f"{says}; make room on it")
    return Finding("disk", State.OK, says if worn is None else f"{says}, worn to {worn} tenths")


def file_system_errors(folder: Path, blocks: Path = _BLOCKS, known: Path = _EXT4) -> int:
    """How many errors ext4 has met on the folder's disk since it was made; 0 where nobody counts."""
    try:
        device = folder.stat().st_dev
        name = (blocks / f"{os.major(device)}:{os.minor(device)}").resolve().name
        return int((known / name / "errors_count").read_text(encoding="ascii"))
    except (OSError, ValueError):
        return 0


def wear_tenths(folder: Path, blocks: Path = _BLOCKS) -> int | None:
    """
    How worn the folder's disk says it is, in tenths of what it can bear, 1 to 11; None where it does not say.

    An eMMC does; SD cards do not.
    """
    try:
        device = folder.stat().st_dev
        disk = (blocks / f"{os.major(device)}:{os.minor(device)}").resolve()
        told = next(
            path for path in (disk / "device/life_time", disk.parent / "device/life_time") if path.is_file()
        )
        worn = max(int(part, 16) for part in told.read_text(encoding="ascii").split())
    except (OSError, ValueError, StopIteration):
        return None
    return worn or None


def _nearest(folder: Path) -> Path:
    """The folder, or what of its path is there already."""
    return next(path for path in (folder, *folder.absolute().parents) if path.exists())


def _write(folder: Path) -> None:
    """Write a little to a file without a name, so that nothing stays behind for the door to trip over."""
    with TemporaryFile(dir=folder) as file:
        file.write(bytes(_BLOCK_BYTES))
        file.flush()
        os.fsync(file.fileno())


def _length(span: timedelta) -> str:
    minutes = int(span.total_seconds()) // 60
    if minutes < 60:  # noqa: PLR2004 - an hour
        return f"{minutes} min"
    return f"{minutes // 60} h" if span < 2 * _OLD else f"{span.days} days"
