"""The findings on the door's own screen, in the language of whoever stands there."""

from collections.abc import Iterable, Sequence
from contextlib import closing
from functools import partial
from queue import Empty, Queue
from time import monotonic
from typing import Any

from kiosk.devices import find, options
from kiosk.errors import DeviceMissing
from kiosk.findings import Finding
from kiosk.findings import pages as paged
from kiosk.ports import Keypad, Screen
from kiosk.reports import Closing, KeyPress
from kiosk.settings import Settings
from kiosk.signals import Choice, Mood, Picture, View
from kiosk.store.holding import DOOR, is_held
from kiosk.views import checking
from kiosk.words import Words, load
from kiosk.workers import Crash, Workers

PAGE_S = 30.0
"""How long a page stands when no key is pressed."""
_TURN_S = 0.05


def pages(findings: Iterable[Finding], words: Words) -> list[View]:
    """What the screen shows: all parts, so many a page, and then a page for each that is not well."""
    told = list(findings)
    frame = View(
        state="checking",
        mood=Mood.NEUTRAL,
        picture=Picture.TOOLS,
        headline="",
        keys=(Choice("#", words.say("check.next")), Choice("*", words.say("check.end"))),
        language=words.language,
    )
    return [checking.page(frame, told, turn, words) for turn in range(len(paged(told)))]


def show(settings: Settings, findings: Iterable[Finding], language: str, page_s: float = PAGE_S) -> None:
    """
    Show the findings page by page: `#` turns to the next, `*` ends, as does the last page. Main thread only.

    Raises:
        DeviceMissing: If the screen cannot be had, or the running door has it.
    """
    if settings.devices.screen != "simulated" and is_held(settings.data.folder, DOOR):
        raise DeviceMissing("screen: the running door has it; stop the door: sudo systemctl stop kiosk")
    heard: Queue[Any] = Queue()
    workers = Workers(heard.put)
    screen: Screen = _made("screen", settings.devices.screen, settings)
    with closing(screen):
        keypads: list[Keypad] = [_made("keypad", one, settings) for one in settings.devices.keypad]
        for number, keypad in enumerate(keypads):
            workers.begin(f"keypad {number}", partial(keypad.run, heard.put, workers.stop))
        try:
            _turn(screen, pages(findings, load(language)), heard, page_s)
        finally:
            workers.end()


def _turn(screen: Screen, shown: Sequence[View], heard: "Queue[Any]", page_s: float) -> None:
    for page in shown:
        screen.show(page)
        until_s = monotonic() + page_s
        while monotonic() < until_s:
            screen.attend(heard.put)
            try:
                said = heard.get(timeout=_TURN_S)
            except Empty:
                continue
            match said:
                case KeyPress("#"):
                    break
                case KeyPress("*") | Closing():
                    return
                case Crash(worker, error):
                    raise RuntimeError(f"the {worker} ended unasked") from error


def _made(kind: str, name: str, settings: Settings) -> Any:
    return find(kind, name)(**options(kind, name, settings))
