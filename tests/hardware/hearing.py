"""A door that hears what one device reports."""

from contextlib import contextmanager
from queue import Empty, SimpleQueue
from threading import Event, Thread

SOON_S = 10


class Hearing:
    """Runs a device in a thread of its own, as a door does."""

    def __init__(self, device):
        self.stop = Event()
        self.heard = SimpleQueue()
        self.problem = None
        self.thread = Thread(target=self._run, args=(device,), daemon=True)
        self.thread.start()

    def _run(self, device):
        try:
            device.run(self.heard.put, self.stop)
        except BaseException as problem:  # noqa: BLE001 (a test looks at it)
            self.problem = problem

    def next(self):
        """The next that it reports."""
        return self.heard.get(timeout=SOON_S)

    def next_of(self, kind):
        """The next of this kind that it reports."""
        while not isinstance(said := self.next(), kind):
            pass
        return said

    def rest(self):
        """What else it has reported."""
        said = []
        while True:
            try:
                said.append(self.heard.get_nowait())
            except Empty:
                return said

    def end(self):
        """Have it end, and see that it does."""
        self.stop.set()
        self.thread.join(SOON_S)
        assert not self.thread.is_alive()


@contextmanager
def hearing(device):
    door = Hearing(device)
    try:
        yield door
    finally:
        door.end()
