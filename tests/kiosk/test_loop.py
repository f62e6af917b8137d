"""The shell: what happens comes in one at a time, is decided, done, shown."""

import io
import json
import threading
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass, field, replace

import pytest

from kiosk import pins
from kiosk.devices import Devices
from kiosk.findings import Finding, State
from kiosk.health import Health
from kiosk.hours import hours
from kiosk.loop import FRAME_OVERDUE_S, Loop
from kiosk.manner import Loudness, Manner, Plate
from kiosk.model import Source, Status
from kiosk.questions import Question
from kiosk.reports import Closing, DeviceChange, KeyPress, Reading
from kiosk.rules import Policy
from kiosk.signals import Colour, SignKind
from kiosk.stages import Stage, Step
from kiosk.store.journal import SqliteJournal
from kiosk.tokens import Tokens
from kiosk.witness import Witness
from tests import people
from tests.fakes import FakeClock, FakeJournal, FakeLamp, FakeLight, FakeScreen, FakeVoice, FakeWorker
from tests.kiosk.books import BOOT
from tests.kiosk.doors import AN, GUARDED, PIN, ZONE, manner
from tests.kiosk.setup_codes import NOBODYS


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
    manner: Manner = field(default_factory=manner)
    examine: Callable[[Status], Iterable[Finding]] | None = None

    def __post_init__(self):
        self.scanner, self.keypad, self.buzzer = FakeWorker(), FakeWorker(), FakeWorker()
        self.screen, self.lamp = FakeScreen(), FakeLamp()
        self.voice, self.health = FakeVoice(), FakeHealth()
        self.light, self.button = FakeLight(), FakeWorker()
        self.lines = io.StringIO()
        self.loop = Loop(
            devices=Devices(
                self.scanner,
                self.keypad,
                self.screen,
                self.buzzer,
                self.lamp,
                self.voice,
                self.light,
                self.button,
            ),
            journal=self.journal,
            clock=self.clock,
            manner=self.manner,
            health=self.health,
            witness=Witness(self.lines, self.screen),
            examine=self.examine,
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


def test_the_light_shines_but_in_the_hours_of_the_night():
    box = Box(manner=replace(manner(), night=hours("08:00", "09:00"))).happen(KeyPress("*"))
    assert box.light.shone[-1] is False

    box.clock.move(3600)
    box.loop.turn()

    assert box.light.shone[-1] is True


@pytest.mark.parametrize(
    ("minutes", "direction"), [(15 * 60 + 54, "out"), (15 * 60 + 55, "in"), (24 * 60, "in")]
)
def test_who_never_went_out_comes_in_on_the_next_day(tmp_path, minutes, direction):
    with closing(SqliteJournal(tmp_path, boot=BOOT)) as journal:
        box = Box(journal=journal).show(people.CCCD)
        assert box.seen.direction == "in"
        box.clock.move(minutes * 60)

        assert box.show(people.CCCD).seen.direction == direction


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


def test_the_office_code_changes_with_the_minute_though_nobody_is_there():
    plate = Plate("UBND", "", code="https://example.org")
    box = Box(manner=replace(manner(plate=plate), tokens=Tokens("kiosk-1", b"k" * 32)))
    for _ in range(12):
        box.loop.turn()
        box.clock.move(15)

    # It begins at a whole minute.
    shown = [view.code for view in box.screen.views]
    assert len(shown) == len(set(shown)) == 3
    assert b"k" * 32 not in repr(box.manner).encode()


def test_the_witness_tells_each_change_and_nobody():
    box = Box().show(people.CCCD)

    assert box.witnessed == [
        {
            "state": "showing",
            "reason": "welcome",
            "direction": "in",
            "language": "vi",
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


def test_a_guards_pin_is_looked_at_and_forgotten(caplog):
    caplog.set_level("DEBUG")
    box = Box(manner=replace(manner(GUARDED), pins={AN: pins.hashed(PIN)}))

    box.happen(*map(KeyPress, f"*{PIN}#"))

    assert (box.seen.reason, box.seen.name) == ("on_duty", AN)
    assert PIN not in caplog.text


def test_a_pin_of_nobody_opens_nothing():
    box = Box(manner=replace(manner(GUARDED), pins={AN: pins.hashed(PIN)}))

    assert box.happen(*map(KeyPress, "*111222#")).seen.reason == "wrong_pin"


def test_an_answer_is_said_in_the_visitors_language():
    box = Box(manner=manner(None, "vi", "en")).happen(KeyPress("#")).show(people.CCCD)

    assert box.voice.said == [("welcome", "en", 100)]


QUIET = Loudness(volume=80, quiet=hours("07:00", "09:00"), quiet_volume=10)


def test_in_quiet_hours_the_door_is_softer():
    box = Box(manner=replace(manner(), loudness=QUIET)).show(people.CCCD)

    assert (box.buzzer.volumes, box.voice.said) == ([10], [("welcome", "vi", 10)])


def test_the_alarm_is_as_loud_as_by_day():
    box = Box(journal=FakeJournal(broken=True), manner=replace(manner(), loudness=QUIET)).show(people.CCCD)

    assert box.buzzer.volumes == [80]


def test_no_key_cuts_the_tone_of_an_answer_short():
    box = Box().show(people.CCCD).happen(KeyPress("0"))
    assert [cue.name for cue in box.buzzer.played] == ["welcome"]
    assert box.witnessed[-1]["cue"] is None

    box.clock.move(1)
    assert box.happen(KeyPress("9")).buzzer.played[-1].name == "click"


def test_one_of_two_scanners_that_is_lost_leaves_the_door_open():
    box = Box().happen(
        DeviceChange("scanner", present=True, part="camera"),
        DeviceChange("scanner", present=True, part="wedge"),
        DeviceChange("scanner", present=False, problem="unplugged", part="camera"),
        DeviceChange("keypad", present=False, problem="unplugged", part="matrix"),
    )

    assert box.seen.state == "waiting"
    assert {sign.kind for sign in box.seen.signs} == {SignKind.CAMERA_LOST, SignKind.KEYPAD_LOST}


def test_a_touch_screen_is_a_keypad_when_the_other_is_lost():
    box = Box().happen(
        DeviceChange("keypad", present=True, part="touch"),
        DeviceChange("keypad", present=False, problem="unplugged", part="matrix"),
        DeviceChange("scanner", present=False, problem="unplugged", part="camera"),
    )

    assert (box.seen.state, bool(box.seen.keys)) == ("waiting", True)


def test_whoever_is_asked_while_the_door_closes_is_written_down():
    asked = manner(Policy(ZONE, questions=(Question("fever", {"vi": "Sốt?"}),)))
    box = Box(manner=asked).show(people.CCCD)
    assert box.journal.visits == []

    box.happen(Closing())
    assert len(box.journal.visits) == 1


def test_a_new_box_shows_how_far_it_has_come():
    box = Box()
    stages = [Stage(Step.NETWORK, done=True, detail="192.0.2.7")]
    box.loop._tell_stages = lambda status, now, is_open: tuple(stages)
    box.clock.move(1)
    box.loop.turn()
    box.loop.turn()
    assert (box.seen.state, box.seen.rows[0].detail) == ("setting_up", "192.0.2.7")

    stages.clear()
    box.clock.move(1)
    box.loop.turn()
    box.loop.turn()
    assert box.seen.state == "waiting"


def examined(look):
    """A box that is set up, whose check was asked for by a key, and looked at by this."""
    box = Box(manner=manner(NOBODYS, "en"), examine=look)
    box.loop.turn()
    return box.happen(KeyPress("8"))


def until(box, is_so):
    for _ in range(1000):
        box.loop.turn()
        if is_so():
            return
    raise AssertionError(box.seen)


def test_the_box_is_looked_at_beside_the_door():
    may_end, asked = threading.Event(), []

    def look(status):
        asked.append(status)
        may_end.wait(10)
        yield Finding("clock", State.OK, "well")

    box = examined(look)
    assert box.seen.headline == "CHECKING THE BOX"
    assert box.show(people.CCCD).seen.direction == "in"

    # Whoever asks again meanwhile is told by the same look.
    box.clock.move(5)
    box.loop.turn()
    box.happen(KeyPress("8"))
    may_end.set()
    until(box, lambda: box.seen.rows)

    assert [row.text for row in box.seen.rows] == ["Clock"]
    assert [status.line_up for status in asked] == [True]


def test_it_is_looked_anew_each_time():
    found = iter(["first", "second"])
    box = examined(lambda _status: [Finding("clock", State.WRONG, next(found))])
    until(box, lambda: box.seen.rows)

    box.happen(*map(KeyPress, "*8"))
    until(box, lambda: box.seen.rows)
    box.happen(KeyPress("#"))

    assert box.seen.note == "second"


def test_a_look_that_breaks_ends_the_door():
    def look(_status):
        raise ZeroDivisionError
        yield

    box = examined(look)

    with pytest.raises(RuntimeError, match="examination"):
        until(box, lambda: False)
