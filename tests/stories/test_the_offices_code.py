"""A visitor's phone reads the office's own code off the door's screen, and the centre knows the door."""

import subprocess
from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest

from hardware.pictures import PictureReader
from hardware.screen import PygameScreen
from kiosk.devices import Devices
from kiosk.health import Health
from kiosk.loop import Loop
from kiosk.manner import Plate
from kiosk.store.inbox import Inbox
from kiosk.tokens import Tokens
from mqtt_bridge.wire.tokens import kiosk_of, office_code_key
from tests.fakes import FakeClock, FakeJournal, FakeLamp, FakeLight, FakeVoice, FakeWorker
from tests.kiosk.doors import manner
from tests.kiosk.test_orders import document
from tests.mqtt_bridge.centre import enrol
from tests.programs import BIN

ADDRESS = "https://vao.example.vn/o/k7p2mqx"
PLACE_KEY = b"p" * 32
KIOSKS = ("kiosk-2", "kiosk-1")


def scanned(picture):
    """What a phone reads off a screen: the address without its query, and the token in it; None for no token."""
    (text,) = PictureReader().read(picture).texts
    page, query = text.partition("?")[0], parse_qs(urlsplit(text).query)
    return page, query["t"][0] if query else None


class Door:
    """A door whose clock is moved by hand, with its real screen and nobody before it."""

    def __init__(self, folder, *, trusted=True):
        self._folder = folder
        self._clock = FakeClock(trusted=trusted)
        self._screen = PygameScreen(width_px=800, height_px=480, driver="dummy")
        plate = Plate("UBND phường Chiềng An", "Cửa chính", code=ADDRESS)
        self._loop = Loop(
            devices=Devices(
                FakeWorker(),
                FakeWorker(),
                self._screen,
                FakeWorker(),
                FakeLamp(),
                FakeVoice(),
                FakeLight(),
                FakeWorker(),
            ),
            journal=FakeJournal(),
            clock=self._clock,
            manner=replace(manner(plate=plate), tokens=Tokens("kiosk-1", office_code_key(PLACE_KEY))),
            health=Health(None),
        )

    def after(self, seconds):
        """What a phone reads then, and which door the centre takes it for."""
        now = self._clock.move(seconds).utc
        self._loop.turn()
        self._screen.save(self._folder / "screen.png")
        page, token = scanned(self._folder / "screen.png")
        return page, token, kiosk_of(token or "", PLACE_KEY, KIOSKS, now)

    def close(self):
        self._screen.close()


@pytest.fixture
def door(tmp_path):
    built = Door(tmp_path)
    yield built
    built.close()


def test_the_centre_knows_at_which_door_somebody_stands(door):
    page, token, kiosk = door.after(1)

    assert (page, kiosk) == (ADDRESS, "kiosk-1")
    assert door.after(30) == (page, token, "kiosk-1")


def test_a_minute_later_the_screen_shows_another_token(door):
    tokens = [door.after(60)[1:] for _ in range(3)]

    assert len(set(tokens)) == 3
    assert {kiosk for _, kiosk in tokens} == {"kiosk-1"}


def test_while_its_clock_is_not_set_the_door_shows_the_address_alone(tmp_path):
    door = Door(tmp_path, trusted=False)

    assert door.after(1) == (ADDRESS, None, None)
    door.close()


def test_a_door_does_as_its_centre_says(tmp_path):
    """The real program, with its credentials and its configuration on the disk."""
    data, screens = tmp_path / "data", tmp_path / "screens"
    enrol(data, place_key=PLACE_KEY)
    inbox = Inbox(data)
    inbox.keep_config(1, document(code=ADDRESS, code_changes=True))
    inbox.close()

    done = subprocess.run(
        [BIN / "kiosk", "run", "--simulated", "--data", data, "--screens", screens],
        input="wait 0.2\nquit\n",
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    assert done.returncode == 0, done.stderr
    page, token = scanned(max(screens.glob("*-waiting.png")))
    assert page == ADDRESS
    assert kiosk_of(token, PLACE_KEY, KIOSKS, datetime.now(UTC)) == "kiosk-1"
    assert token not in done.stderr + done.stdout
