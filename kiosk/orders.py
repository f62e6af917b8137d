"""What the centre has a door do, as the loop takes it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from kiosk.manner import Manner
from kiosk.model import Moment


@dataclass(frozen=True, slots=True)
class Identify:
    """Show and sound which box this is."""


@dataclass(frozen=True, slots=True)
class Shut:
    """Serve nobody. `notice` is what the screen says; empty for the usual words, None to serve again."""

    notice: str | None


@dataclass(frozen=True, slots=True)
class Restart:
    """End; the service manager starts the door again."""


Order = Manner | Identify | Shut | Restart


class Orders(Protocol):
    """Who hears what the centre wants. Belongs to the main thread."""

    def look(self, now: Moment) -> Iterable[Order]:
        """
        What is new, in the order to be done. None of it comes twice.

        Raises:
            JournalFailed: If what came down cannot be read.
        """
        ...


class NoOrders:
    """A door that nobody can tell anything."""

    def look(self, now: Moment) -> Iterable[Order]:  # noqa: ARG002 - time brings nothing here
        """Nothing."""
        return ()
