"""The shell: what happens comes in one at a time, is decided, done, shown."""

import io
import json
import threading
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

import pytest

from kiosk import words
from kiosk.devices import Devices
from kiosk.health import Health
from kiosk.loop import FRAME_OVERDUE_S, Loop
from kiosk.model import Closing, DeviceChange, KeyPress, Reading, Source
from kiosk.rules import Policy, Way
from kiosk.signals import Colour, SignKind
from kiosk.views import Plate
from kiosk.witness import Witness
from tests import people
from tests.fakes import FakeClock, FakeJournal, FakeLamp, FakeScreen, FakeWorker

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")


class FakeHealth(Health):
    """Remembers what systemd was told."""

    def __init__(self):
        super().__init__(None)
        self.told = []

    def _send(self, message):
        self.told.append(message)


@dataclass
class Box:
    """A door of fakes, turned by hand or left to run."""

    journal: FakeJournal = field(default_factory=FakeJournal)
    clock: FakeClock = field(default_factory=FakeClock)

    def __post_init__(self):
        self.scanner, self.keypad, self.buzzer = FakeWorker(), FakeWorker(), FakeWorker()
        self.screen, self.lamp = FakeScreen(), FakeLamp()
        self.health = FakeHealth()
        self.lines = io.StringIO()
        self.loop = Loop(
            devices=Devices(self.scanner, self.keypad, self.screen, self.buzzer, self.lamp),
            journal=self.journal,
            clock=self.clock,
            policy=Policy(ZONE),
            plate=Plate("UBND", "Cửa chính", Way.TOGGLE, ZONE),
            words=words.load("vi"),
            health=self.health,
            witness=Witness(self.lines, self.screen),
        )

    def happen(self, *reports):
        for report in reports:
            self.loop.report(report)
            self.loop.turn()
        return self

    def show(self, text):
        return self.happen(Reading((text,), Source.CAMERA))

    @property
    def seen(self):
        return self.screen.views[-1]

    @property
    def witnessed(self):
        return [json.loads(line) for line in self.lines.getvalue().splitlines()]


def test_a_card_is_saved_then_shown_sounded_and_lit():
    box = Box().show(people.CCCD)

    assert len(box.journal.visits) == 1
    assert (box.seen.headline, box.buzzer.played[-1].name) == ("XIN CHÀO", "welcome")
    assert box.lamp.glows[-1].colour is Colour.GREEN


def test_two_visitors_at_once_are_both_shown():
    """Each happening is painted before the next is looked at."""
    box = Box()
    for text in (people.CCCD, people.CAN_CUOC):
        box.loop.report(Reading((text,), Source.CAMERA))
    box.loop.turn()
    box.loop.turn()

    assert [view.name for view in box.screen.views] == ["NGUYỄN V. THỬ · 1999", "HOÀNG THỬ · 1999"]


def test_a_disk_that_fails_is_said_and_nobody_is_welcomed():
    box = Box(journal=FakeJournal(broken=True)).show(people.CCCD)

    assert box.seen.headline == "KHÔNG GHI ĐƯỢC"
    assert all(view.headline != "XIN CHÀO" for view in box.screen.views)


def test_keys_reach_the_flow():
    box = Box().happen(*map(KeyPress, "0912345678#"))

    assert box.seen.name == "0912 *** 678"


def test_a_lost_camera_is_a_sign_and_goes_when_it_is_found():
    box = Box().happen(DeviceChange("scanner", False, "unplugged"))
    assert [sign.kind for sign in box.seen.signs] == [SignKind.CAMERA_LOST]

    assert box.happen(DeviceChange("scanner", True)).seen.signs == ()


def test_without_camera_and_keypad_the_door_is_out_of_order_until_one_is_back():
    box = Box().happen(DeviceChange("scanner", False), DeviceChange("keypad", False))
    assert box.seen.headline == "TẠM NGỪNG"

    assert box.happen(DeviceChange("keypad", True)).seen.headline == "Mời bấm số điện thoại hoặc số căn cước"


def test_nothing_is_painted_again_that_did_not_change():
    box = Box().show(people.CCCD)
    painted = len(box.screen.views)
    box.loop.turn()

    assert len(box.screen.views) == painted


def test_the_witness_tells_each_change_and_nobody():
    box = Box().show(people.CCCD)

    assert box.witnessed == [
        {
            "state": "showing",
            "reason": "welcome",
            "direction": "in",
            "lamp": "green",
            "signs": [],
            "cue": "welcome",
        }
    ]


def test_the_door_closes_everything_behind_it():
    box = Box()
    box.loop.report(Closing())
    box.loop.run()

    assert (box.screen.closed, box.buzzer.closed, box.lamp.closed, box.journal.closed) == (True,) * 4
    assert box.health.told[0] == "READY=1"
    assert box.health.told[-1] == "STOPPING=1"


def test_a_bug_in_a_worker_ends_the_door_and_names_the_worker():
    box = Box()
    box.scanner.error = ZeroDivisionError("a bug")

    with pytest.raises(RuntimeError, match="the scanner ended unasked") as caught:
        box.loop.run()

    assert isinstance(caught.value.__cause__, ZeroDivisionError)
    assert box.screen.closed


def test_a_worker_that_simply_returns_is_a_bug_too():
    box = Box()
    box.keypad.ends.set()

    with pytest.raises(RuntimeError, match="the keypad ended unasked"):
        box.loop.run()


def test_the_watchdog_is_not_fed_when_the_scanner_sees_no_frames():
    box = Box()
    box.scanner.last_frame_s = box.clock.now().monotonic_s
    box.loop.turn()
    fed = box.health.told.count("WATCHDOG=1")
    assert fed == 1

    box.clock.move(FRAME_OVERDUE_S + 1)
    box.health._beat_due_s = 0.0
    box.loop.turn()
    assert box.health.told.count("WATCHDOG=1") == fed


def test_a_camera_known_to_be_lost_does_not_trip_the_watchdog():
    box = Box().happen(DeviceChange("scanner", False, "unplugged"))
    box.clock.move(FRAME_OVERDUE_S + 1)
    box.health._beat_due_s = 0.0
    box.loop.turn()

    assert box.health.told.count("WATCHDOG=1") == 2


def test_anybody_may_close_the_door_from_any_thread():
    box = Box()
    threading.Timer(0.05, box.loop.report, [Closing()]).start()

    box.loop.run()


def test_the_road_learns_how_the_door_is():
    box = Box()
    box.happen(DeviceChange("scanner", present=True), DeviceChange("keypad", present=True))
    box.clock.move(1)
    box.loop.turn()
    assert box.journal.told == {"serving": True, "camera": True, "keypad": True}

    box.happen(DeviceChange("scanner", present=False, problem="gone"))
    box.clock.move(1)
    box.loop.turn()
    assert box.journal.told == {"serving": True, "camera": False, "keypad": True}

    box.happen(DeviceChange("keypad", present=False, problem="gone"))
    for _ in range(2):
        box.clock.move(1)
        box.loop.turn()
    assert box.journal.told == {"serving": False, "camera": False, "keypad": False}
