"""What can go wrong in the house, and a plan of when it does: the same for the same seed."""

import random
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from tests.faults.house import Box, House
from tests.faults.keeping import Kept
from tests.faults.proxy import Proxy

SHORTEST, LONGEST = 0.3, 1.7
"""Gaps between two faults, compared with the average; they last longer, so mostly several go on at once."""
YEAR_S = 365 * 24 * 3600
FURTHEST_S = 4 * YEAR_S

Meanwhile = Callable[[], object]
"""Lets the fault last."""


@dataclass(frozen=True)
class Lever:
    """
    One kind of fault.

    Attributes:
        name: What it is called.
        targets: Of how many things one is chosen.
        lasts_s: How long it lasts, at least and at most.
        pull: Does it to one of them.
        weight: How often it happens, compared with the others.
    """

    name: str
    targets: int
    lasts_s: tuple[float, float]
    pull: Callable[[int, Meanwhile, random.Random], None]
    weight: int = 1


@dataclass(frozen=True)
class Fault:
    """One fault of a plan, so many seconds after the beginning."""

    at_s: float
    lever: Lever
    target: int
    lasts_s: float
    seed: int


def levers(house: House) -> list[Lever]:
    """All that can go wrong."""
    boxes, lines = house.boxes, house.lines

    def of_box(work: Callable[[Box, Meanwhile], None]) -> Callable[[int, Meanwhile, random.Random], None]:
        return lambda target, meanwhile, _random: work(boxes[target], meanwhile)

    def of_program(program: Kept, work: Callable[[Kept, Meanwhile], None]) -> Callable[..., None]:
        return lambda _target, meanwhile, _random: work(program, meanwhile)

    def of_line(work: Callable[[Proxy, Meanwhile, random.Random], None]) -> Callable[..., None]:
        return lambda target, meanwhile, chance: work(lines[target], meanwhile, chance)

    def wiped(broker: Kept, meanwhile: Meanwhile) -> None:
        broker.kill(lambda: (house.wipe_broker(), meanwhile()))

    doors = len(boxes)
    return [
        Lever("door killed", doors, (0, 1), of_box(lambda box, meanwhile: box.door.kill(meanwhile)), 3),
        Lever("bridge killed", doors, (0, 1), of_box(lambda box, meanwhile: box.bridge.kill(meanwhile)), 2),
        Lever("box unplugged", doors, (0, 1), of_box(_unplugged)),
        Lever("broker killed", 1, (0, 2), of_program(house.broker, Kept.kill), 2),
        Lever("broker wiped", 1, (0, 2), of_program(house.broker, wiped), 2),
        Lever("centre killed", 1, (0, 2), of_program(house.centre, Kept.kill), 3),
        Lever("door frozen", doors, (0.2, 3), of_box(lambda box, meanwhile: box.door.freeze(meanwhile))),
        Lever("bridge frozen", doors, (0.5, 6), of_box(lambda box, meanwhile: box.bridge.freeze(meanwhile))),
        Lever("broker frozen", 1, (0.5, 6), of_program(house.broker, Kept.freeze)),
        Lever("centre frozen", 1, (0.5, 6), of_program(house.centre, Kept.freeze)),
        Lever("line cut", len(lines), (0, 0), of_line(lambda line, _meanwhile, _random: line.cut())),
        Lever("line cut in mid-packet", len(lines), (0, 0), of_line(_cut_in_mid_packet), 2),
        Lever("black hole", len(lines), (1, 6), of_line(_black_hole)),
        Lever("line refused", len(lines), (0.5, 3), of_line(_refused)),
        Lever("line slow", len(lines), (1, 5), of_line(_slow)),
        # The centre's own line comes first, and carries no receipts down.
        Lever(
            "receipts lost", doors, (1, 6), lambda target, *more: _receipts_lost(lines[target + 1], *more), 2
        ),
        Lever("disk full", doors, (0.5, 3), of_box(_disk_full), 2),
        Lever(
            house.database.fault, 1, (0.5, 6), lambda _target, wait, _random: house.database.trouble(wait), 2
        ),
        Lever(
            "clock turned",
            doors,
            (0, 0),
            lambda target, _wait, chance: _clock_turned(boxes[target], chance),
            2,
        ),
    ]


def plan(kinds: list[Lever], seconds: float, gap_s: float, chance: random.Random) -> list[Fault]:
    """
    What happens when: every kind before one happens more often than its weight says.

    Args:
        kinds: What can happen.
        seconds: For how long.
        gap_s: Seconds from one fault to the next, on average.
        chance: What decides.
    """
    faults: list[Fault] = []
    bag: list[Lever] = []
    at_s = 0.0
    while (at_s := at_s + gap_s * chance.uniform(SHORTEST, LONGEST)) < seconds:
        if not bag:
            bag = [lever for lever in kinds for _ in range(lever.weight)]
            chance.shuffle(bag)
        lever = bag.pop()
        target, lasts_s = chance.randrange(lever.targets), chance.uniform(*lever.lasts_s)
        faults.append(Fault(at_s, lever, target, lasts_s, chance.getrandbits(32)))
    return faults


class Chaos:
    """Carries out a plan, each fault in a thread of its own; the same thing is not broken twice at once."""

    def __init__(self) -> None:
        self.injected: Counter[str] = Counter()
        self.failed: list[str] = []
        self.over = threading.Event()
        self._locks: dict[tuple[str, int], threading.Lock] = {}
        self._threads: list[threading.Thread] = []
        self._changes = threading.Lock()

    def run(self, faults: list[Fault]) -> None:
        """Let all faults happen; returns when the last has ended."""
        waited_s = 0.0
        for fault in faults:
            self.over.wait(fault.at_s - waited_s)
            waited_s = fault.at_s
            thread = threading.Thread(target=self._pull, args=(fault,), name=fault.lever.name, daemon=True)
            self._threads.append(thread)
            thread.start()
        self.over.wait(2.0)
        self.over.set()
        for thread in self._threads:
            thread.join()

    def _pull(self, fault: Fault) -> None:
        with self._changes:
            lock = self._locks.setdefault((fault.lever.name, fault.target), threading.Lock())
        with lock:
            if self.over.is_set():
                return
            with self._changes:
                self.injected[fault.lever.name] += 1
            try:
                fault.lever.pull(
                    fault.target, lambda: self.over.wait(fault.lasts_s), random.Random(fault.seed)
                )
            except Exception as problem:  # noqa: BLE001 - a lever that breaks spoils the run, and must be seen
                self.failed.append(f"{fault.lever.name}: {type(problem).__name__}: {problem}")


def _unplugged(box: Box, meanwhile: Meanwhile) -> None:
    box.door.kill(lambda: box.bridge.kill(meanwhile))


def _cut_in_mid_packet(line: Proxy, _meanwhile: Meanwhile, chance: random.Random) -> None:
    line.cut_after(chance.randint(1, 900))


def _black_hole(line: Proxy, meanwhile: Meanwhile, _random: random.Random) -> None:
    line.swallow(True)
    meanwhile()
    line.swallow(False)


def _refused(line: Proxy, meanwhile: Meanwhile, _random: random.Random) -> None:
    line.refuse()
    line.cut()
    meanwhile()
    line.listen()


def _slow(line: Proxy, meanwhile: Meanwhile, chance: random.Random) -> None:
    line.delay(chance.uniform(0.02, 0.4))
    meanwhile()
    line.delay(0)


def _receipts_lost(line: Proxy, meanwhile: Meanwhile, _random: random.Random) -> None:
    line.lose_receipts(True)
    meanwhile()
    line.lose_receipts(False)


def _disk_full(box: Box, meanwhile: Meanwhile) -> None:
    with box.disk.full():
        meanwhile()


def _clock_turned(box: Box, chance: random.Random) -> None:
    box.clock.turn(chance.randint(-FURTHEST_S, FURTHEST_S), told=chance.random() < 0.5)
