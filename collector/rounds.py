"""Work that is done again and again in the background: what fails is told, and tried again later."""

import logging
from abc import ABC, abstractmethod
from threading import Event

from django.db import DatabaseError, connections

log = logging.getLogger(__name__)


class Rounds(ABC):
    """
    Takes turn after turn on a thread of its own.

    Args:
        what: What is done, for the log.
        first_s: How long after the start the first turn waits.
        look_s: How long a turn waits for the one before.
        again_s: How long it waits for one that failed.
        troubles: What may happen in a turn; anything else is a mistake of ours, and ends the thread.
    """

    def __init__(
        self,
        what: str,
        *,
        first_s: float,
        look_s: float,
        again_s: float,
        troubles: tuple[type[Exception], ...] = (DatabaseError,),
    ) -> None:
        self._what = what
        self._first_s, self._look_s, self._again_s = first_s, look_s, again_s
        self._troubles = troubles
        self._stopped = Event()

    @abstractmethod
    def turn(self) -> object:
        """Do what is to be done by now."""

    def run(self) -> None:
        """Work until `stop()`."""
        pause_s = self._first_s
        while not self._stopped.wait(pause_s):
            pause_s = self.attempt()

    def attempt(self) -> float:
        """Take a turn; how many seconds to wait then."""
        try:
            self.turn()
        except self._troubles as error:
            log.error("%s: %s; trying again in %d s", self._what, error, self._again_s)  # noqa: TRY400 - known
            return self._again_s
        finally:
            connections.close_all()
        return self._look_s

    def stop(self) -> None:
        """Let `run()` end soon. Any thread may call this."""
        self._stopped.set()
