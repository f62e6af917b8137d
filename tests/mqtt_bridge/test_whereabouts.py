"""The bridge tells the door by which address the box is reached."""

import threading

import pytest

from kiosk.store.handover import Handover
from kiosk.store.holding import BRIDGE, Hold
from mqtt_bridge import whereabouts
from mqtt_bridge.whereabouts import Whereabouts
from tests.programs import eventually


@pytest.fixture
def handover(tmp_path):
    hold = Hold(tmp_path, BRIDGE)
    yield Handover(tmp_path)
    hold.release()


@pytest.fixture
def running(handover, monkeypatch):
    """A box whose address is what stands in the list."""
    monkeypatch.setattr(whereabouts, "LOOK_S", 0.01)
    where, stop = ["192.0.2.7"], threading.Event()
    thread = threading.Thread(target=Whereabouts(handover, address=lambda: where[0]).run, args=(stop,))
    thread.start()
    yield where
    stop.set()
    thread.join()


def test_the_door_is_told_the_address(handover, running):
    eventually(lambda: handover.address() == "192.0.2.7")

    running[0] = "2001:db8::7"
    eventually(lambda: handover.address() == "2001:db8::7")


def test_a_cable_that_is_pulled_out_is_told_too(handover, running):
    eventually(lambda: handover.address() == "192.0.2.7")

    running[0] = ""
    eventually(lambda: handover.address() == "")


def test_an_address_that_stays_is_not_written_again(handover, running, tmp_path):
    eventually(lambda: handover.address() == running[0])
    file = tmp_path / "setting-up" / "address"
    file.unlink()
    running[0] = "192.0.2.8"
    eventually(lambda: handover.address() == "192.0.2.8")

    written = file.stat().st_ino
    threading.Event().wait(0.1)

    assert file.stat().st_ino == written


def test_a_disk_that_refuses_is_tried_again(handover, running, tmp_path):
    eventually(lambda: handover.address() == running[0])
    folder = tmp_path / "setting-up"
    folder.rename(tmp_path / "away")
    folder.write_text("no folder")
    running[0] = "192.0.2.9"
    eventually(lambda: handover.address() == "")
    folder.unlink()

    eventually(lambda: handover.address() == "192.0.2.9")
