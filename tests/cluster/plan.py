"""What goes wrong after what: the same for the same seed."""

import random
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count

Meanwhile = Callable[[], object]
"""Lets the fault last."""


def _nothing(_target: int, _meanwhile: Meanwhile) -> None:
    pass


@dataclass(frozen=True)
class Kind:
    """
    One kind of fault.

    Attributes:
        name: What it is called.
        targets: Of how many things one is chosen.
        each: Whether every one of them has its turn before a kind comes again.
        once: Whether it can happen once only in a run.
        lasts_s: How long it lasts.
        pull: Does it to one of them.
    """

    name: str
    targets: int = 1
    each: bool = False
    once: bool = False
    lasts_s: float = 5.0
    pull: Callable[[int, Meanwhile], None] = field(default=_nothing, compare=False)


@dataclass(frozen=True)
class Step:
    """
    One fault of a plan.

    Attributes:
        kind: What goes wrong.
        target: With which thing.
        lap: How often every kind came before.
    """

    kind: Kind
    target: int
    lap: int


def shares(
    common: Sequence[str], own: Mapping[str, Sequence[str]], only: Collection[str] = ()
) -> dict[str, list[str]]:
    """
    Which faults happen in which run, so that each has its turn in one of them.

    Args:
        common: What can go wrong in all runs.
        own: By run, what can in this one alone.
        only: What is wanted; none for all.

    Returns:
        By run, the names of its faults; a run without any is left out.
    """
    dealt = [fault for fault in common if not only or fault in only]
    found = {
        run: [*dealt[number :: len(own)], *(fault for fault in faults if not only or fault in only)]
        for number, (run, faults) in enumerate(own.items())
    }
    return {run: faults for run, faults in found.items() if faults}


def plan(kinds: Iterable[Kind], chance: random.Random) -> Iterator[Step]:
    """
    What happens, one after the other, for ever: every kind before one comes again.

    Args:
        kinds: What can happen.
        chance: What decides.
    """
    left = list(kinds)
    for lap in count():
        if not left:
            return
        bag = [
            Step(kind, target, lap)
            for kind in left
            for target in (range(kind.targets) if kind.each else (chance.randrange(kind.targets),))
        ]
        chance.shuffle(bag)
        yield from bag
        left = [kind for kind in left if not kind.once]
