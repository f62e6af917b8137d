"""What `kiosk read` says of codes: on pictures, or before the camera."""

import json
import os
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from queue import Empty, Queue
from threading import Event, Thread
from typing import Any, TypeAlias

import click

from kiosk.devices import camera, find
from kiosk.errors import BadPicture, DeviceMissing, SettingsError
from kiosk.formats import recognise
from kiosk.glimpse import Glimpse
from kiosk.model import Visitor
from kiosk.pictures import WHY_ENDING, PictureReader
from kiosk.ports import Scanner, Told
from kiosk.reports import Closing, DeviceChange, Reading
from kiosk.settings import Settings
from kiosk.store.holding import DOOR, is_held

QUIET_S = 1.0
"""How long nothing must be read before that is news: single frames of a code may well be unreadable."""
_END_S = 5.0
"""How long a scanner may take to end: a camera may wait three seconds for its last frame."""
_LONGEST_STEM = 60

_Seen: TypeAlias = tuple[str, ...] | Glimpse
_Said: TypeAlias = Told | Exception


class Teller:
    """
    Prints what was read, a line each.

    Args:
        with_text: Whether to print what the codes hold too, which is personal data.
        as_json: JSON objects rather than words.
    """

    def __init__(self, *, with_text: bool = False, as_json: bool = False) -> None:
        self._with_text = with_text
        self._as_json = as_json

    def tell_picture(self, path: Path, texts: Sequence[str], took_s: float, why: Path | None) -> None:
        """Say what was read off a picture, how long it took, and where that is drawn."""
        name, took_ms = click.format_filename(path), round(took_s * 1000)
        drawn = click.format_filename(why) if why else ""
        if self._as_json:
            facts = {"path": name, "codes": self._codes(texts), "ms": took_ms}
            self._print(facts | ({"why": drawn} if drawn else {}))
        else:
            click.echo(f"{name}: {self._words(texts)}, {took_ms} ms{f', see {drawn}' if drawn else ''}")

    def tell_camera(self, seen: _Seen, after_s: float) -> None:
        """Say what the camera reads now, and how long after the last such line."""
        after_ms = round(after_s * 1000)
        texts = () if isinstance(seen, Glimpse) else seen
        glimpse = seen if isinstance(seen, Glimpse) else None
        if self._as_json:
            self._print({"codes": self._codes(texts), "glimpse": glimpse, "after_ms": after_ms})
        else:
            words = f"not read {glimpse}" if glimpse else self._words(texts)
            click.echo(f"camera: {words}, after {after_ms} ms")

    def _codes(self, texts: Iterable[str]) -> list[dict[str, str]]:
        said = []
        for text in texts:
            who = recognise(text)
            code = {"format": str(who.format)} if isinstance(who, Visitor) else {"reason": str(who.reason)}
            said.append(code | ({"text": text} if self._with_text else {}))
        return said

    def _words(self, texts: Iterable[str]) -> str:
        said = []
        for code in self._codes(texts):
            word = f"visitor {code['format']}" if "format" in code else f"not for here {code['reason']}"
            text = json.dumps(code["text"], ensure_ascii=False) if self._with_text else ""
            said.append(f"{word} {text}".rstrip())
        return ", ".join(said) or "nothing"

    @staticmethod
    def _print(facts: dict[str, Any]) -> None:
        click.echo(json.dumps(facts, ensure_ascii=False))


def read_pictures(paths: Iterable[Path], teller: Teller, why: Path | None = None) -> bool:
    """
    Read pictures and tell of each; complaints and, of more than one, the sum go to standard error.

    Args:
        paths: Pictures, and folders of them.
        teller: Says what was read.
        why: The folder to draw into what was tried, made if it is not there; None for no drawings.

    Returns:
        Whether all paths could be looked at.

    Raises:
        SettingsError: If a drawing cannot be written.
        DeviceMissing: If no QR reader is installed.
    """
    reader: PictureReader = find("pictures", "files")()
    drawings = Drawings(why) if why else None
    looked_at, read, faults = 0, 0, 0
    for path in _each(paths, reader):
        drawing = drawings.place_for(path) if drawings and isinstance(path, Path) else None
        try:
            if isinstance(path, BadPicture):
                raise path
            found = reader.read(path, drawing)
        except BadPicture as error:
            faults += 1
            click.echo(f"kiosk: {error}", err=True)
            continue
        except OSError as error:
            if drawing is None:
                raise
            raise _undrawable(drawing, error) from error
        looked_at += 1
        read += bool(found.texts)
        teller.tell_picture(path, found.texts, found.took_s, drawing)
    if looked_at + faults > 1:
        click.echo(f"kiosk: {read} of {looked_at + faults} read", err=True)
    return not faults


class Drawings:
    """
    A folder of drawings, one for each picture, none twice.

    Raises:
        SettingsError: If the folder cannot be made.
    """

    def __init__(self, folder: Path) -> None:
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise _undrawable(folder, error) from error
        self._folder = folder
        self._taken: set[str] = set()

    def place_for(self, picture: Path) -> Path:
        """Where to draw what was tried on a picture: named after it, numbered where names are the same."""
        stem = picture.stem[:_LONGEST_STEM]
        name, number = stem, 1
        # Some disks hold `Card` and `card` for one name.
        while name.casefold() in self._taken:
            number += 1
            name = f"{stem}-{number}"
        self._taken.add(name.casefold())
        return self._folder / f"{name}{WHY_ENDING}"


def read_camera(settings: Settings, teller: Teller, seconds: float | None = None) -> None:
    """
    Open the door's camera and tell whatever changes of what it reads, until interrupted.

    Args:
        settings: The box as it is meant to be.
        teller: Says what is read.
        seconds: When to end by itself; None for never.

    Raises:
        DeviceMissing: If there is no camera, or a running door has it.
    """
    if is_held(settings.data.folder, DOOR):
        raise DeviceMissing(
            "camera: in use by the running door; to read with it, stop the door: sudo systemctl stop kiosk"
        )
    watch(camera(settings), teller.tell_camera, seconds)


def watch(scanner: Scanner, tell: Callable[[_Seen, float], None], seconds: float | None = None) -> None:
    """
    Run a scanner and tell what it reads whenever that changes, until interrupted (Ctrl-C).

    Args:
        scanner: Runs in a thread of its own, and has ended when this returns.
        tell: Is told the texts, or of a code that cannot be read the reason, and the seconds since the last
            change. No text means that nothing has been read for a second.
        seconds: When to end by itself, counted from the camera's first picture; None for never.

    Raises:
        DeviceMissing: If the camera is not there. Once it was, it may be lost and come back.
    """
    said: Queue[_Said] = Queue()
    stop = Event()
    # A daemon, since a camera may hang in its library for ever.
    thread = Thread(target=_work, args=(scanner, said, stop), name="scanner", daemon=True)
    thread.start()
    try:
        _await_camera(said)
        click.echo("kiosk: camera ready; hold a code up to it, Ctrl-C ends", err=True)
        sightings = Sightings(time.monotonic())
        for one in _heard(said, seconds):
            now_s = time.monotonic()
            if isinstance(one, DeviceChange):
                click.echo(f"kiosk: {one.problem or 'camera: found again'}", err=True)
            elif one is None or isinstance(one, Reading | Glimpse):
                after_s = sightings.take(one, now_s)
                if after_s is not None:
                    tell(sightings.seen, after_s)
    except KeyboardInterrupt:
        pass
    finally:
        stop.set()
        thread.join(_END_S)


class Sightings:
    """
    What is before the camera, made calm: told when it changes, not frame by frame.

    Args:
        now_s: Monotonic seconds.

    Attributes:
        seen: The texts read, sorted; or why a code is not read.
    """

    def __init__(self, now_s: float) -> None:
        self.seen: _Seen = ()
        self._changed_s = now_s
        self._told_s = now_s

    def take(self, said: Reading | Glimpse | None, now_s: float) -> float | None:
        """
        Take what the scanner said; None when it said nothing for a second.

        Returns:
            If this is a change, the seconds since the one before; else None.
        """
        if isinstance(said, Reading):
            seen: _Seen = tuple(sorted(said.texts))
        elif now_s - self._told_s < QUIET_S:
            return None
        else:
            seen = said or ()
        self._told_s = now_s
        if seen == self.seen:
            return None
        after_s = now_s - self._changed_s
        self.seen, self._changed_s = seen, now_s
        return after_s


def _each(paths: Iterable[Path], reader: PictureReader) -> Iterator[Path | BadPicture]:
    """The pictures, those of a folder in its place, or what is wrong with it."""
    for path in paths:
        if not os.path.isdir(path):  # noqa: PTH112 - Path.is_dir() raises for a name too long
            yield path
            continue
        try:
            yield from reader.pictures_in(path)
        except BadPicture as problem:
            yield problem


def _undrawable(path: Path, error: OSError) -> SettingsError:
    return SettingsError(f"--why {path}: {error.strerror or error}; choose another folder")


def _work(scanner: Scanner, said: "Queue[_Said]", stop: Event) -> None:
    try:
        scanner.run(said.put, stop)
        said.put(Closing())
    except Exception as bug:  # noqa: BLE001 - raised by whoever listens
        said.put(bug)


def _await_camera(said: "Queue[_Said]") -> None:
    for one in _heard(said, None):
        if isinstance(one, DeviceChange):
            if one.present:
                return
            raise DeviceMissing(one.problem)
    raise DeviceMissing("camera: ended before its first picture; start the box again")


def _heard(said: "Queue[_Said]", seconds: float | None) -> Iterator[_Said | None]:
    """What the scanner says, None for a second of silence, until it ends or the time is up."""
    until_s = time.monotonic() + (float("inf") if seconds is None else seconds)
    while (left_s := until_s - time.monotonic()) > 0:
        try:
            one = said.get(timeout=min(left_s, QUIET_S))
        except Empty:
            yield None
            continue
        if isinstance(one, Exception):
            raise one
        if isinstance(one, Closing):
            return
        yield one
