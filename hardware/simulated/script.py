"""The words of `kiosk run --simulated`: what somebody does at the door, a line each."""

import difflib
import math
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from threading import Event
from typing import Any, Protocol

from hardware.simulated.reader import SimulatedReader
from hardware.simulated.scanner import SimulatedScanner
from kiosk.errors import BadPicture
from kiosk.ports import Report
from kiosk.reports import KEYS, Closing

_LONGEST_WAIT_S = 3600.0
_CAMERA, _READER = "simulated", "simulated_reader"
_FOURTH_COLUMN = "start the door with --set 'keypad.column_pins=[12, 16, 20, 21]'"


class Keypad(Protocol):
    """The keypad's levers."""

    def press(self, key: str) -> None:
        """Press one key: `0` to `9`, `*`, `#`, and `A` to `D` where there are four columns."""
        ...

    def lose(self) -> None:
        """Pull its cable."""
        ...

    def find(self) -> None:
        """Plug its cable in again."""
        ...

    def settle(self) -> None:
        """Wait until the door was told of all this."""
        ...


class Scanners(Protocol):
    """Several scanners, joined."""

    @property
    def parts(self) -> Mapping[str, SimulatedScanner | SimulatedReader]:
        """Each by its name in the device table."""
        ...


class Button(Protocol):
    """The lever of the button inside the box."""

    def hold_until_it_counts(self, stop: Event) -> None:
        """Hold it as long as it must be held, unless `stop` is set before, and let go."""
        ...


class _BadLine(Exception):
    """A line that cannot be done. The message holds the remedy, and never what a code or a key said."""


def play(  # noqa: D417, PLR0917
    lines: Iterable[str],
    scanner: SimulatedScanner | SimulatedReader | Scanners,
    keypad: Keypad,
    report: Report,
    stop: Event,
    complain: Callable[[str], None],
    button: Button | None = None,
) -> bool:
    """
    Do what the lines say, one after the other, and then ask the door to close.

    The words:
        show PICTURE: Hold a picture file before the camera until it was read on five frames. A path may hold
            spaces, and starts from the working folder.
        scan FILE: Have the code reader type what a text file holds, and Enter; the path as for `show`.
        key KEYS: Press keys, `0` to `9`, `*`, `#` and `A` to `D`, one after the other.
        button: Hold the button inside the box until it counts.
        camera lost, camera found, and the same of keypad and reader: Pull a cable, plug it in.
        wait SECONDS: Do nothing for 0 to 3600 seconds.
        quit: Ask the door to close, and read no further line.

    Empty lines and lines that begin with `#` are passed over. A bad line is complained of, then passed over.

    Args:
        report: Takes the `Closing` at `quit` or after the last line; none is sent when `stop` was set.
        stop: Ends it before the next line, and in the middle of a wait.
        complain: Takes a message of one line, with the line's number and the remedy.
        button: The button inside the box; None for a door without.

    Returns:
        Whether every line was good.
    """
    all_good = True
    door = _Door(scanner, keypad, button, stop)
    for number, line in enumerate(lines, start=1):
        if stop.is_set():
            return all_good
        verb, _, rest = line.strip().partition(" ")
        if not verb or line.lstrip().startswith("#"):
            continue
        if verb == "quit" and not rest.strip():
            break
        try:
            door.do(verb, rest.strip())
        except (_BadLine, BadPicture) as problem:
            all_good = False
            complain(f"line {number}: {problem}")
    if not stop.is_set():
        report(Closing())
    return all_good


class _Door:
    """Everything that a line can move."""

    def __init__(
        self,
        scanner: SimulatedScanner | SimulatedReader | Scanners,
        keypad: Keypad,
        button: Button | None,
        stop: Event,
    ) -> None:
        alone = {_READER if isinstance(scanner, SimulatedReader) else _CAMERA: scanner}
        self._scanners: Mapping[str, Any] = getattr(scanner, "parts", alone)
        self._keypad = keypad
        self._button = button
        self._stop = stop
        self._verbs: dict[str, Callable[[str], None]] = {
            "show": self._show,
            "scan": self._scan,
            "key": self._key,
            "button": self._hold_button,
            "camera": self._camera,
            "keypad": self._keypad_cable,
            "reader": self._reader,
            "wait": self._wait,
            "quit": self._quit,
        }

    def do(self, verb: str, rest: str) -> None:
        if verb not in self._verbs:
            # The word itself stays out of the message, since somebody may have pasted a code.
            near = difflib.get_close_matches(verb.lower(), self._verbs, 1)
            raise _BadLine(
                f"unknown word; did you mean `{near[0]}`?"
                if near
                else f"unknown word; the words are {', '.join(self._verbs)}"
            )
        self._verbs[verb](rest)

    def _show(self, rest: str) -> None:
        if not rest:
            raise _BadLine("show: which picture? Say `show card.png`")
        try:
            self._part("show", _CAMERA).hold_up(Path(rest))
        except BadPicture as problem:
            raise _BadLine(f"show: {problem}") from problem

    def _scan(self, rest: str) -> None:
        if not rest:
            raise _BadLine("scan: which text? Say `scan card.txt`")
        try:
            self._part("scan", _READER).scan(Path(rest))
        except BadPicture as problem:
            raise _BadLine(f"scan: {problem}") from problem

    def _key(self, rest: str) -> None:
        keys = rest.replace(" ", "")
        if not keys or not frozenset(KEYS).issuperset(keys):
            raise _BadLine("key: the keys are 0 to 9, * and #; say `key 0912345678#`")
        try:
            for key in keys:
                self._keypad.press(key)
        except ValueError as problem:
            raise _BadLine(f"key: this keypad has no fourth column; {_FOURTH_COLUMN}") from problem
        finally:
            self._keypad.settle()

    def _hold_button(self, rest: str) -> None:
        if rest or self._button is None:
            raise _BadLine("button: stands alone on its line, at a door whose button is simulated")
        self._button.hold_until_it_counts(self._stop)

    def _camera(self, rest: str) -> None:
        camera = self._part("camera", _CAMERA)
        _pull_or_plug("camera", rest, lose=camera.lose, find=camera.find)

    def _reader(self, rest: str) -> None:
        reader = self._part("reader", _READER)
        _pull_or_plug("reader", rest, lose=reader.lose, find=reader.find)

    def _part(self, verb: str, name: str) -> Any:
        if name not in self._scanners:
            raise _BadLine(
                f"{verb}: this door has none; start it with "
                f"""--set 'devices.scanner=["{_CAMERA}", "{_READER}"]'"""
            )
        return self._scanners[name]

    def _keypad_cable(self, rest: str) -> None:
        _pull_or_plug("keypad", rest, lose=self._keypad.lose, find=self._keypad.find)

    def _wait(self, rest: str) -> None:
        try:
            wait_s = float(rest)
        except ValueError:
            wait_s = math.nan
        if not 0 <= wait_s <= _LONGEST_WAIT_S:
            raise _BadLine("wait: how many seconds? Say `wait 2.5`, up to 3600")
        self._stop.wait(wait_s)

    def _quit(self, _rest: str) -> None:
        raise _BadLine("quit: stands alone on its line")


def _pull_or_plug(device: str, rest: str, *, lose: Callable[[], None], find: Callable[[], None]) -> None:
    match rest:
        case "lost":
            lose()
        case "found":
            find()
        case _:
            raise _BadLine(f"{device}: say `{device} lost` or `{device} found`")
