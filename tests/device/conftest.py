"""The roots that all device tests share."""

import pytest

from tests.device.container import make_root
from tests.device.guest.machine import make_guest


@pytest.fixture(scope="session")
def root():
    """A folder that holds a Debian 13 with all that a door needs."""
    return make_root()


@pytest.fixture(scope="session")
def guest():
    """A folder that holds what a guest machine has as its root."""
    return make_guest()
