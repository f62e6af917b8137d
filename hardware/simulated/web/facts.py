"""What is true of the virtual door now, and what happens there, for every page that looks."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TypeAlias

Told: TypeAlias = dict[str, Any]
"""`{"fact": name, "is": value}` or `{"happened": name, …}`: whatever JSON can say."""

_MOST_UNHEARD = 500


class Facts:
    """
    The newest value of each fact, and everything that happens. Belongs to one event loop.

    A fact holds until it changes: whoever comes later is told it too. A happening is over at once.
    """

    def __init__(self) -> None:
        self._known: dict[str, Any] = {}
        self._listeners: set[asyncio.Queue[Told]] = set()

    def __getitem__(self, name: str) -> Any:
        """
        The newest value of a fact.

        Raises:
            KeyError: If it was never told.
        """
        return self._known[name]

    def get(self, name: str, default: Any = None) -> Any:
        """The newest value of a fact; `default` if it was never told."""
        return self._known.get(name, default)

    def tell(self, name: str, value: Any) -> None:
        """Make this so. What is so already is told to nobody."""
        if name in self._known and self._known[name] == value:
            return
        self._known[name] = value
        self._say({"fact": name, "is": value})

    def happen(self, name: str, **more: Any) -> None:
        """Let everybody know that this happened."""
        self._say({"happened": name, **more})

    @contextmanager
    def listening(self) -> Iterator[asyncio.Queue[Told]]:
        """
        A queue that is told all facts that hold, and from then on whatever is new.

        One that is not emptied is told all facts anew in place of what it has missed, and never grows.
        """
        queue: asyncio.Queue[Told] = asyncio.Queue(_MOST_UNHEARD)
        self._tell_all(queue)
        self._listeners.add(queue)
        try:
            yield queue
        finally:
            self._listeners.discard(queue)

    def _say(self, told: Told) -> None:
        for queue in self._listeners:
            if queue.full():
                while not queue.empty():
                    queue.get_nowait()
                    queue.task_done()
                self._tell_all(queue)
            else:
                queue.put_nowait(told)

    def _tell_all(self, queue: asyncio.Queue[Told]) -> None:
        for name, value in self._known.items():
            queue.put_nowait({"fact": name, "is": value})
