"""Invented people who come to a door, keep a number or a card ready, and know what the screen told them."""

import contextlib
import random
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from json import JSONDecodeError, loads
from pathlib import Path
from queue import Empty

from hardware.simulated.codes import write_code
from kiosk.formats import recognise
from kiosk.model import Visitor
from tests.faults.keeping import Kept, Life

NAMES = ("Văn Thử", "Phường Tô Hiệu")
"""What stands on every card, and nowhere else in these runs."""
SHARE_OF_CARDS, SHARE_OF_OLD = 0.06, 0.25
SAME_CODE_S = 60.0
"""Longer than any freeze between two frames: a card that is held up is one showing, and none comes twice."""
LONGEST_GAP_S = 0.3
"""Between two people, at most."""
SETTLED_S = 1.0
"""How long after its opening nobody comes to a door: then it knows whether it can write."""
ANSWER_S = 60.0
"""No door may take longer, frozen or not."""


@dataclass(frozen=True)
class Person:
    """
    Somebody invented.

    Attributes:
        line: How they are played at the door.
        visitor: As the door knows them.
    """

    line: str = field(repr=False)
    visitor: Visitor


@dataclass(frozen=True)
class Confirmed:
    """What the screen said to somebody."""

    visitor: Visitor
    direction: str


class Ended(Exception):
    """The door died before it answered."""


class Crowd(threading.Thread):
    """
    People at one door, one after the other, as fast as it serves.

    Args:
        door: The door.
        folder: Where pictures of cards are kept.
        seed: Who comes.

    Attributes:
        confirmed: Who was welcomed, or said goodbye to, in order.
        people: Whoever keyed in a number.
        cards: Whoever showed a card.
        cut_short: How many stood at the door when it died.
        answers: How often which reason was on the screen.
        strange: Answers that nobody should get.
        stopped: Set it when nobody more is to come.
    """

    def __init__(self, door: Kept, folder: Path, seed: str) -> None:
        super().__init__(name=f"crowd at {door.name}", daemon=True)
        self.confirmed: list[Confirmed] = []
        self.people: list[Person] = []
        self.cards: list[Person] = []
        self.cut_short = 0
        self.answers: Counter[str] = Counter()
        self.strange: list[str] = []
        self.stopped = threading.Event()
        self._door = door
        self._random = random.Random(seed)
        self._cards = folder

    def run(self) -> None:
        """Come, until it is said that nobody more is to come."""
        try:
            life = None
            while not self.stopped.is_set() and (life := self._door.life(after=life)):
                # The next ones are served by another process.
                with contextlib.suppress(Ended):
                    self._wait(life, "waiting")
                    if self._is_shut(life):
                        self._wait(life, "waiting")
                    while not self.stopped.wait(self._random.uniform(0, LONGEST_GAP_S)):
                        self._visit(life, self._next())
        except Exception as problem:
            self.strange.append(f"{type(problem).__name__}: {problem}")
            raise

    def _visit(self, life: Life, person: Person) -> None:
        try:
            self._say(life, person.line)
            while not self._answered(life, person):
                # The screen stays until a key is pressed; a number is still there, to be confirmed again.
                self._say(life, "key *")
                self.stopped.wait(0.1)
                self._say(life, "key #" if person.line.startswith("key") else person.line)
        except Ended:
            self.cut_short += 1
            raise

    def _answered(self, life: Life, person: Person) -> bool:
        shown = self._wait(
            life, "welcome", "goodbye", "not_saved", "already_in", "already_out", "wrong_number"
        )
        self.answers[shown["reason"]] += 1
        if shown["reason"] == "not_saved":
            return False
        if shown["reason"] in {"welcome", "goodbye"}:
            self.confirmed.append(Confirmed(person.visitor, shown["direction"]))
        else:
            self.strange.append(str(shown))
        return True

    def _is_shut(self, life: Life) -> bool:
        """Whether a door that has just opened says that it is out of order: its disk refuses the journal."""
        end_s = time.monotonic() + SETTLED_S
        while (left_s := end_s - time.monotonic()) > 0:
            try:
                line = life.lines.get(timeout=left_s)
            except Empty:
                return False
            if line is None:
                raise Ended
            if '"out_of_order"' in line:
                return True
        return False

    def _wait(self, life: Life, *wanted: str) -> dict[str, str]:
        """The next line that answers somebody: one with a sound, or the very first."""
        while True:
            line = life.lines.get(timeout=ANSWER_S)
            if line is None:
                raise Ended
            try:
                shown = loads(line)
            except JSONDecodeError:
                # Killed in the middle of it: nobody has seen this.
                continue
            if (shown["reason"] in wanted and shown["cue"]) or shown["state"] in wanted:
                return shown

    def _say(self, life: Life, line: str) -> None:
        try:
            life.say(line)
        except BrokenPipeError:
            # What it said before it died is still to be read.
            self._wait_for_end(life)

    def _wait_for_end(self, life: Life) -> None:
        while life.lines.get(timeout=ANSWER_S) is not None:
            pass
        raise Ended

    def _next(self) -> Person:
        chance = self._random.random()
        if self.people and chance < SHARE_OF_OLD:
            return self._random.choice(self.people)
        if chance > 1 - SHARE_OF_CARDS:
            # A card comes once only: one that stays in view is one showing.
            return self._card()
        number = "0" + self._random.choice("35789") + self._digits(8)
        if self._random.random() < SHARE_OF_OLD:
            number = "014" + self._digits(9)
        self.people.append(Person(f"key {number}#", recognise(number)))
        return self.people[-1]

    def _card(self) -> Person:
        text = f"014{self._digits(9)}||Nguyễn {NAMES[0]}|01021999|Nam|{NAMES[1]}, Sơn La|15042021"
        self._cards.mkdir(parents=True, exist_ok=True)
        path = self._cards / f"{sum(1 for _ in self._cards.iterdir())}.png"
        write_code(text, path, module_px=4)
        self.cards.append(Person(f"show {path}", recognise(text)))
        return self.cards[-1]

    def _digits(self, count: int) -> str:
        return "".join(self._random.choices("0123456789", k=count))
