"""The roots that all device tests share."""

import os

import pytest

from tests.device.container import make_root
from tests.device.guest.machine import make_guest


@pytest.fixture(scope="session")
def root():
    """A folder that holds a Debian 13 with all that a door needs."""
    return make_root()


@pytest.fixture(scope="session")
def guest():
    """A folder that holds what a guest machine has as its root; sharing it takes root."""
    assert os.geteuid() == 0, "run as root: sudo make test-device"
    return make_guest()
