"""Threads at the edge of the door: each does one thing until the door closes, and none dies unheard."""

from collections.abc import Callable
from dataclasses import dataclass
from threading import Event, Thread

JOIN_S = 3.0
"""How long each may take to end."""


@dataclass(frozen=True, slots=True)
class Crash:
    """A worker ended though nobody asked it to."""

    worker: str
    error: BaseException | None


class Workers:
    """
    The threads of one door. Belongs to the main thread.

    Args:
        tell: Whom a crash is told; called from the thread that ended, must not block.
    """

    def __init__(self, tell: Callable[[Crash], None]) -> None:
        self._tell = tell
        self._threads: list[Thread] = []
        self.stop = Event()
        """Set when the door closes: everything that waits should wait on it."""

    def begin(self, name: str, run: Callable[[], object], *, may_end: bool = False) -> None:
        """Have something run in a thread of its own; unless it may, it must not end before `stop` is set."""

        def work() -> None:
            error: BaseException | None = None
            try:
                run()
            except BaseException as raised:  # noqa: BLE001 (whatever it was, the main thread must hear of it)
                error = raised
            if error is not None or not (may_end or self.stop.is_set()):
                self._tell(Crash(name, error))

        worker = Thread(target=work, name=name, daemon=True)
        self._threads.append(worker)
        worker.start()

    def end(self) -> None:
        """Ask all to end, and wait for each, but not for ever."""
        self.stop.set()
        for worker in self._threads:
            worker.join(JOIN_S)
