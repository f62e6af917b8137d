"""What holds for all tests."""

import logging
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from kiosk.verbosity import OWN

# Machines are noisy: how fast examples are made says nothing of what is tested.
settings.register_profile("noisy", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("noisy")

SLOW = ("browser", "stories", "device", "virtual_door", "faults", "collector", "mqtt_bridge")
"""Folders whose tests wait for real processes: begun first, so that nobody waits for them alone at the end."""


def pytest_collection_modifyitems(items):
    """Bring the slow ones forward; within a folder, the order stays as it was shuffled."""
    order = {folder: place for place, folder in enumerate(SLOW)}
    here = Path(__file__).parent
    items.sort(key=lambda item: order.get(item.path.relative_to(here).parts[0], len(SLOW)))


@pytest.fixture(autouse=True)
def logging_as_before():
    """Whoever is told to log more in one test, as commands are by themselves, does not do so in the next."""
    root = logging.getLogger()
    before = root.level
    yield
    root.setLevel(before)
    for name in OWN:
        logging.getLogger(name).setLevel(logging.NOTSET)
