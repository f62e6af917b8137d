"""At which of several brokers a door knocks."""

import random
from collections.abc import Iterator, Sequence
from itertools import cycle


def one_after_the_other(hosts: Sequence[str]) -> Iterator[str]:
    """
    The brokers in their order, again and again: one for each time that the line is dialled.

    It begins at any of them, so that the doors of a centre share its brokers out among themselves; a door
    whose broker is gone is at the next after one pause.

    Args:
        hosts: Their names or addresses, one at least.
    """
    first = random.randrange(len(hosts))  # noqa: S311 (no secret)
    return cycle((*hosts[first:], *hosts[:first]))
