"""Things to be done in order, each only if it is not done yet."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Step:
    """
    One thing to be done.

    Attributes:
        name: A word for it.
        what: What is there afterwards.
        is_done: Looks, and changes nothing.
        do: Does it; gives back what somebody must be told beside, or nothing.
    """

    name: str
    what: str
    is_done: Callable[[], bool]
    do: Callable[[], str]


def run(steps: Iterable[Step], *, dry: bool) -> Iterator[str]:
    """
    Do what is not done, and tell of each step in a line.

    Args:
        steps: In the order in which they need each other.
        dry: Only tell.
    """
    for step in steps:
        if step.is_done():
            yield _line("there", step)
        elif dry:
            yield _line("would do", step)
        else:
            told = step.do()
            yield _line("done", step) + (f". {told}" if told else "")


def _line(state: str, step: Step) -> str:
    return f"{state:<9}{step.name:<10}{step.what}"
