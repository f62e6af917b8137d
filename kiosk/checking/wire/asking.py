"""Who answers a technician's questions: the keyboard, line by line, and the keypad of the box."""

import re
from collections.abc import Callable, Sequence
from queue import Empty, Queue
from threading import Event, Semaphore
from time import monotonic
from typing import Any

from kiosk.glimpse import Glimpse
from kiosk.reports import ButtonHeld, Closing, DeviceChange, KeyPress, Reading
from kiosk.words import Words
from kiosk.workers import Crash

LOOK_S = 0.05
AHEAD = 64
"""So many answers may be typed before their questions; no more are read until they are asked."""
_ANSWER = re.compile(r"[0-9ynq]?")
_YES_NO = {"y": "1", "n": "2", "": "0"}

Heard = str | Reading | Glimpse | KeyPress | ButtonHeld | DeviceChange | Closing | Crash
"""A line of the keyboard, or what a device tells."""


class Ended(Exception):
    """Nobody answers any more."""


class Asking:
    """
    Asks, and waits for what devices and people say. Belongs to the main thread.

    Args:
        words: Of the questions.
        say: Prints a line.
        attend: Serves the screen's window, meanwhile.
    """

    def __init__(self, words: Words, say: Callable[[str], object], attend: Callable[[], object]) -> None:
        self.heard: Queue[Heard] = Queue()
        """Where devices and the keyboard report."""
        self._room = Semaphore(AHEAD)
        self._words = words
        self._say = say
        self._attend = attend

    def read(self, lines: Any, script: Callable[[str], object], stop: Event) -> None:
        """
        Take lines of the keyboard until they end: answers for us, all others for a simulated box's script.

        For a thread of its own.
        """
        for line in lines:
            if stop.is_set():
                return
            if _ANSWER.fullmatch(line.strip().lower()):
                # Whoever types without end, such as `yes ''`, is not read without end.
                while not self._room.acquire(timeout=LOOK_S):
                    if stop.is_set():
                        return
                self.heard.put(line.strip().lower())
            else:
                script(line)
        self.heard.put(Closing())

    def tell(self, sentence: str, **facts: object) -> None:
        """Say what is to be done."""
        self._say(self._words.say(f"check.wire.{sentence}", **facts))

    def choose(self, question: str, answers: Sequence[str], **facts: object) -> str:
        """
        Ask for one of some answers, by number.

        Args:
            question: Its key in the words, below `check.wire`.
            answers: Likewise.
            facts: What fills the question's braces.

        Returns:
            The answer chosen; empty for none of them.

        Raises:
            Ended: If nobody answers any more.
        """
        numbered = "  ".join(
            f"{number} {self._words.say(f'check.wire.{answer}')}" for number, answer in enumerate(answers, 1)
        )
        self._say(f"{self._words.say(f'check.wire.{question}', **facts)}   {numbered}")
        while True:
            match self.next():
                case KeyPress(said):
                    pass
                case str() as line:
                    said = _YES_NO.get(line, line)
                case _:
                    continue
            if said == "0":
                return ""
            if said.isdecimal() and int(said) <= len(answers):
                return answers[int(said) - 1]

    def next(self, within_s: float | None = None) -> Heard | None:
        """
        The next that anybody says; None when nobody does within so many seconds.

        Raises:
            Ended: If nobody answers any more.
            RuntimeError: If a device ended unasked; its own error is the cause.
        """
        until_s = None if within_s is None else monotonic() + within_s
        while until_s is None or monotonic() < until_s:
            self._attend()
            try:
                said = self.heard.get(timeout=LOOK_S)
            except Empty:
                continue
            if isinstance(said, str):
                self._room.release()
            match said:
                case Crash(worker, error):
                    raise RuntimeError(f"the {worker} ended unasked") from error
                case Closing() | "q":
                    raise Ended
            return said
        return None

    def clear(self) -> None:
        """Forget what was said before it was asked for, but not that somebody wants to end."""
        kept = []
        for _ in range(self.heard.qsize()):
            said = self.heard.get()
            if isinstance(said, Closing | Crash | str):
                kept.append(said)
        for one in kept:
            self.heard.put(one)
