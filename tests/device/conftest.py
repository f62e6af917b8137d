"""The root that all device tests share."""

import pytest

from tests.device.container import make_root


@pytest.fixture(scope="session")
def root():
    """A folder that holds a Debian 13 with all that a door needs."""
    return make_root()
