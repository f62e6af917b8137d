"""A box that has long been without a network: NetworkManager is asked to try again what it has given up."""

import logging
from collections.abc import Callable
from threading import Event

from kiosk.address import own_address
from mqtt_bridge.enrolling import wireless
from mqtt_bridge.enrolling.hindrance import Hindered

log = logging.getLogger(__name__)

LOOK_S = 300.0
"""How often it is looked. What can be tried again, NetworkManager tries by itself within that time."""


class Reviving:
    """
    Asks NetworkManager to try again, for as long as there is no network. Belongs to the thread that runs it.

    Args:
        try_again: Asks it, or raises `Hindered`.
        address: The box's own address; empty without a network.
        look_s: How often it is looked.
    """

    def __init__(
        self,
        *,
        try_again: Callable[[], None] = wireless.try_again,
        address: Callable[[], str] = own_address,
        look_s: float = LOOK_S,
    ) -> None:
        self._try_again = try_again
        self._address = address
        self._look_s = look_s

    def run(self, stop: Event) -> None:
        """Look until `stop` is set."""
        while not stop.wait(self._look_s):
            if self._address():
                continue
            try:
                self._try_again()
            except Hindered as hindered:
                # A box with a cable only, perhaps.
                log.debug("no network, and nobody to try again: %s", hindered)
            else:
                log.info("no network: NetworkManager was asked to try again")
