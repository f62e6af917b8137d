"""The walk along the wires of a box: each part does something, and somebody says whether it did."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from functools import partial
from queue import SimpleQueue
from threading import Event
from time import monotonic
from typing import Any

from kiosk import cues
from kiosk.checking.wire import keys, lamps
from kiosk.checking.wire.asking import Asking, Ended
from kiosk.devices import find, options, section
from kiosk.errors import DeviceMissing, KioskError
from kiosk.findings import Finding, State, one_line
from kiosk.ports import Screen
from kiosk.reports import ButtonHeld, KeyPress, Reading
from kiosk.settings import Settings
from kiosk.signals import Colour, Glow, Mood, Picture, View
from kiosk.store.holding import DOOR, is_held
from kiosk.words import load
from kiosk.workers import Workers

PATIENCE_S = 20.0
"""How long a key, a code or the button is waited for."""
_MOODS = {"green": Mood.GREEN, "blue": Mood.BLUE, "red": Mood.RED}
_LAMPS = {"red": Colour.RED, "green": Colour.GREEN, "blue": Colour.BLUE}
_MATRIX = "keypad"
_LOOK_S = 0.1
NOT_TRIED, PASSED = "not tried", "passed over"
"""What is said of a part behind the end of the walk, and of one that somebody did not want tried."""


class Walk:
    """
    Asks about each part in turn. Belongs to the main thread.

    Args:
        settings: The box as it is meant to be.
        language: Of the questions.
        say: Prints a line.
        patience_s: How long a key, a code or the button is waited for.
    """

    def __init__(
        self,
        settings: Settings,
        language: str,
        say: Callable[[str], object],
        patience_s: float = PATIENCE_S,
    ) -> None:
        self._settings = settings
        self._words = load(language)
        self._patience_s = patience_s
        self._screen: Screen | None = None
        self._asking = Asking(self._words, say, self._attend)
        self._workers = Workers(self._asking.heard.put)
        self._opened = ExitStack()
        self._scripted: dict[str, Any] = {}
        self.broken_off = False
        """Whether nobody answered any more before the walk was over."""

    def run(self, lines: Callable[[Event], Iterable[str]]) -> Iterator[Finding]:
        """
        Walk, and give what was found of each part as soon as it is known; ends early when nobody answers.

        Args:
            lines: The keyboard, until an event is set.

        Raises:
            DeviceMissing: If the running door has the devices.
        """
        if is_held(self._settings.data.folder, DOOR):
            raise DeviceMissing("the running door has the devices; stop the door: sudo systemctl stop kiosk")
        script: SimpleQueue[str] = SimpleQueue()
        stop = self._workers.stop
        move = partial(self._move, script)
        steps = list(self._steps())
        with self._opened:
            self._opened.callback(self._workers.end)
            opened = [(part, _opened(part, made), step) for part, made, step in steps]
            self._play(script)
            self._workers.begin("keyboard", lambda: self._asking.read(lines(stop), move, stop), may_end=True)
            self._asking.tell("hint")
            for part, device, step in opened:
                if isinstance(device, Finding):
                    yield device
                    continue
                try:
                    self._asking.clear()
                    yield Finding(part, State.WARNING, NOT_TRIED) if self.broken_off else step(part, device)
                except Ended:
                    self.broken_off = True
                    yield Finding(part, State.WARNING, NOT_TRIED)

    def _steps(self) -> Iterator[tuple[str, Callable[[], Any], Callable[[str, Any], Finding]]]:
        """The parts in the order of the walk: how each is opened, and how it is tried."""
        chosen = self._settings.devices
        yield "lamp", partial(self._made, "lamp", chosen.lamp, closes=True), self._lamp
        yield "buzzer", partial(self._made, "buzzer", chosen.buzzer, closes=True, works=True), self._buzzer
        if chosen.light != "none":
            yield "light", partial(self._made, "light", chosen.light, closes=True), self._light
        yield "screen", partial(self._made, "screen", chosen.screen, closes=True), self._colours
        for name in chosen.keypad:
            yield section("keypad", name), partial(self._made, "keypad", name, works=True), self._keys
        for name in chosen.scanner:
            part = section("scanner", name)
            step = self._camera if part == "camera" else self._reader
            yield part, partial(self._made, "scanner", name, works=True), step
        if chosen.button != "none":
            yield "button", partial(self._made, "button", chosen.button, works=True), self._button

    def _made(self, kind: str, name: str, *, closes: bool = False, works: bool = False) -> Any:
        device = find(kind, name)(**options(kind, name, self._settings))
        if closes:
            self._opened.callback(device.close)
        if works:
            run = partial(device.run, self._asking.heard.put, self._workers.stop)
            self._workers.begin(f"{kind} {name}", run)
        if kind == "screen":
            self._screen = device
        self._scripted.setdefault(kind, device)
        return device

    def _play(self, script: "SimpleQueue[str]") -> None:
        """Let lines that are no answers move a simulated box, as they do `kiosk run --simulated`."""
        scanner, keypad = self._scripted.get("scanner"), self._scripted.get("keypad")
        if self._settings.devices.keypad[0] != "simulated" or scanner is None or keypad is None:
            return
        stop = self._workers.stop
        play = find("script", "simulated")
        words = partial(play, _until(script, stop), scanner, keypad, lambda _: None, stop, lambda _: None)
        self._workers.begin("script", words, may_end=True)

    def _move(self, script: "SimpleQueue[str]", line: str) -> None:
        """A line that is no answer: `button` holds a simulated button, the rest is the script's."""
        hold = getattr(self._scripted.get("button"), "hold", None)
        if line.strip() == "button" and hold is not None:
            hold()
        else:
            script.put(line)

    def _attend(self) -> None:
        if self._screen is not None:
            self._screen.attend(self._asking.heard.put)

    def _lamp(self, part: str, lamp: Any) -> Finding:
        seen = {}
        for colour, shone in _LAMPS.items():
            lamp.light(Glow(shone))
            seen[colour] = self._asking.choose("lamp", lamps.ANSWERS)
        lamp.light(Glow(Colour.OFF))
        told = lamps.explained(seen)
        return _found(part, told, "red, green and blue where they belong", passed=not any(seen.values()))

    def _buzzer(self, part: str, buzzer: Any) -> Finding:
        buzzer.play(cues.CUES["welcome"])
        answer = self._asking.choose("sound", ("yes", "no"))
        wrong = ["no sound: see buzzer.pin, and buzzer.active_high of one that hums all the time"]
        return _found(part, [] if answer == "yes" else wrong, "sounds", passed=not answer)

    def _light(self, part: str, light: Any) -> Finding:
        light.shine(on=True)
        answer = self._asking.choose("light", ("yes", "no"))
        light.shine(on=False)
        return _found(part, [] if answer == "yes" else ["dark: see light.pin"], "shines", passed=not answer)

    def _colours(self, part: str, screen: Any) -> Finding:
        answers = {}
        for colour, mood in _MOODS.items():
            word = self._words.say(f"check.wire.{colour}")
            screen.show(View("checking", mood, Picture.TOOLS, word, language=self._words.language))
            answers[colour] = self._asking.choose("screen", ("yes", "no"), colour=word)
        if wrong := [colour for colour, answer in answers.items() if answer == "no"]:
            says = f"not {' nor '.join(wrong)} as it should be: see its cable and screen.driver"
            return Finding(part, State.WRONG, says)
        well = "green, blue and red, up to its edges"
        return _found(part, [], well, passed=not any(answers.values()))

    def _keys(self, part: str, _keypad: Any) -> Finding:
        columns = len(self._settings.keypad.column_pins) if part == _MATRIX else 3
        rows = keys.layout(columns)
        heard: dict[str, str] = {}
        for key in (key for row in rows for key in row):
            self._asking.tell("key", press=key)
            came = self._wait(lambda said: said.key if isinstance(said, KeyPress) else None)
            if came == "":
                return Finding(part, State.WARNING, PASSED)
            if came is not None:
                heard[key] = came
        told = keys.explained(rows, heard)
        if part != _MATRIX and told:
            told = ["other keys came than were pressed; see Num Lock, and usb.device"]
        return _found(part, told, "every key came as itself")

    def _camera(self, part: str, _scanner: Any) -> Finding:
        self._asking.tell("camera")
        look = find("check", "held_up")
        seen = self._wait(lambda _: look(), looks=True)
        if not seen:
            told = ["no code was read; hold it still, a hand's breadth away, and see the camera's cable"]
            return _found(part, told, "reads", passed=seen == "")
        good, says = seen
        return Finding(part, State.OK if good else State.WARNING, f"reads; the code {says}")

    def _reader(self, part: str, _scanner: Any) -> Finding:
        self._asking.tell("reader")
        read = self._wait(lambda said: True if isinstance(said, Reading) else None)
        told = [] if read else ["nothing came; see that it is plugged in, and set to type or to its line"]
        return _found(part, told, "reads", passed=read == "")

    def _button(self, part: str, _button: Any) -> Finding:
        self._asking.tell("button")
        held = self._wait(lambda said: True if isinstance(said, ButtonHeld) else None)
        told = [] if held else ["it was not felt; see button.pin, and that its other wire goes to ground"]
        return _found(part, told, "is felt", passed=held == "")

    def _wait(self, wanted: Callable[[Any], Any], *, looks: bool = False) -> Any:
        """
        What is wanted of what is said, or of a look each moment.

        None when it takes too long; empty when somebody passes it over.
        """
        until_s = monotonic() + self._patience_s
        while (left_s := until_s - monotonic()) > 0:
            said = self._asking.next(min(left_s, _LOOK_S))
            if isinstance(said, str) and said in {"0", ""}:
                return ""
            if (said is not None or looks) and (found := wanted(said)) is not None:
                return found
        return None


def _opened(part: str, made: Callable[[], Any]) -> Any:
    """A device; or what is wrong with it."""
    try:
        return made()
    except KioskError as problem:
        return Finding(part, State.MISSING, one_line(problem).removeprefix(f"{part}: "))


def _found(part: str, wrong: list[str], well: str, *, passed: bool = False) -> Finding:
    if passed:
        return Finding(part, State.WARNING, PASSED)
    return Finding(part, State.WRONG, "; ".join(wrong)) if wrong else Finding(part, State.OK, well)


def _until(script: "SimpleQueue[str]", stop: Event) -> Iterator[str]:
    """The lines of a script as they come, until `stop` is set."""
    while not stop.is_set():
        if script.empty():
            stop.wait(0.02)
        else:
            yield script.get()
