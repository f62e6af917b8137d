"""What a twin was asked for: remembered, and told at once to whoever watches."""

from collections import deque
from collections.abc import Callable
from typing import Generic, TypeVar

REMEMBERED = 256
"""How many are remembered."""

_Asked = TypeVar("_Asked")


class Memory(Generic[_Asked]):
    """
    The latest that a twin was asked for.

    Belongs to the thread that asks; any thread may look.
    """

    def __init__(self) -> None:
        self._latest: deque[_Asked] = deque(maxlen=REMEMBERED)
        self._tell: Callable[[_Asked], None] | None = None

    @property
    def latest(self) -> list[_Asked]:
        """The latest 256, oldest first."""
        return list(self._latest)

    def watch(self, tell: Callable[[_Asked], None]) -> None:
        """Have all that is asked for from now on told to one watcher, who must not block."""
        self._tell = tell

    def keep(self, asked: _Asked) -> None:
        """Remember one more, and tell it."""
        self._latest.append(asked)
        if self._tell is not None:
            self._tell(asked)
