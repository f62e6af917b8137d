"""By which address the box is reached: the door shows it, and has no network of its own to ask."""

import logging
from collections.abc import Callable
from threading import Event

from kiosk.address import own_address
from kiosk.store.handover import Handover

log = logging.getLogger(__name__)

LOOK_S = 2.0
"""How often it is looked: a technician who plugs a cable in waits before the screen."""


class Whereabouts:
    """
    Tells the door the box's address, whenever it changes. Belongs to the thread that runs it.

    Args:
        handover: What bridge and door hand each other.
        address: The box's own address; empty without a network.
    """

    def __init__(self, handover: Handover, *, address: Callable[[], str] = own_address) -> None:
        self._handover = handover
        self._address = address

    def run(self, stop: Event) -> None:
        """Look until `stop` is set."""
        told: str | None = None
        while True:
            address = self._address()
            if address != told:
                told = self._tell(address)
            if stop.wait(LOOK_S):
                return

    def _tell(self, address: str) -> str | None:
        try:
            self._handover.tell_address(address)
        except OSError as error:
            # The disk's own trouble shows soon enough; the next look tells it again.
            log.debug("cannot tell the door the address: %s", error.strerror)
            return None
        return address
