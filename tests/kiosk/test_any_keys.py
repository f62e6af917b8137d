"""Over any sequence of keys and codes, at a whole door with its real effects: nothing breaks, nothing leaks."""

import io
import logging
import re
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kiosk import loop as loops
from kiosk.devices import Devices
from kiosk.health import Health
from kiosk.loop import Loop
from kiosk.model import Source
from kiosk.questions import Question
from kiosk.reports import DeviceChange, KeyPress, Reading
from kiosk.states import Waiting
from kiosk.views import abbreviated
from kiosk.witness import Witness
from tests import people
from tests.fakes import FakeClock, FakeJournal, FakeLamp, FakeLight, FakeScreen, FakeVoice, FakeWorker
from tests.kiosk.doors import AN, BINH, GUARDED, OTHER_PIN, PIN, manner


def quickly_hashed(pin):
    """As a guard's PIN is kept, but at the least cost that Argon2 knows, for it is tried thousands of times."""
    argon2 = Argon2id(salt=b"an invented salt", length=32, iterations=1, lanes=1, memory_cost=8)
    return argon2.derive_phc_encoded(pin.encode())


PINS = {AN: quickly_hashed(PIN), BINH: quickly_hashed(OTHER_PIN)}
ASKED = (Question("fever", {"vi": "Quý vị có sốt không?"}),)
SHOWN = (people.CCCD, people.CAN_CUOC, people.PERSONAL_QR, people.PAYMENT)


class Door:
    """A whole door, turned by hand, with everything that leaves it gathered."""

    def __init__(self, policy):
        self.clock, self.journal, self.screen = FakeClock(), FakeJournal(), FakeScreen()
        self.lines = io.StringIO()
        self.loop = Loop(
            devices=Devices(
                FakeWorker(),
                FakeWorker(),
                self.screen,
                FakeWorker(),
                FakeLamp(),
                FakeVoice(),
                FakeLight(),
                FakeWorker(),
            ),
            journal=self.journal,
            clock=self.clock,
            manner=replace(manner(policy, "vi", "en"), pins=PINS),
            health=Health(None),
            witness=Witness(self.lines, self.screen),
        )
        self.reprs = []

    def play(self, story):
        for pause_s, reports, *is_broken in story:
            self.journal.broken = bool(is_broken and is_broken[0])
            for report in reports:
                self.take(report, pause_s)

    def mend(self):
        """Plug everything in, mend the disk, and leave the door alone."""
        self.journal.broken = False
        for device in ("scanner", "keypad"):
            self.take(DeviceChange(device, present=True), 0)
        for _ in range(4):
            self.take(KeyPress("#"), 3)
        for _ in range(4):
            self.clock.move(70)
            self.loop.turn()

    def take(self, report, pause_s):
        self.clock.move(pause_s)
        self.loop.report(report)
        self.loop.turn()
        self.reprs.append(repr(self.loop._state))

    @property
    def state(self):
        return self.loop._state


@pytest.fixture(autouse=True)
def no_pause(monkeypatch):
    """Time moves by hand here, so that nothing is waited for."""
    monkeypatch.setattr(loops, "TURN_S", 0.0005)


@pytest.fixture
def log():
    """What the door logs, at every level."""
    heard = io.StringIO()
    handler, root = logging.StreamHandler(heard), logging.getLogger("kiosk")
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield heard
    root.removeHandler(handler)
    root.setLevel(before)


keys = st.sampled_from("0123456789*#ABCD").map(KeyPress).map(lambda press: [press])
numbers = st.sampled_from(
    [f"{PIN}#", f"*{PIN}#", f"{OTHER_PIN}#", "0912345678#", "*1", "*2*", "*3*", "*0"]
).map(lambda typed: [KeyPress(key) for key in typed])
cables = st.builds(
    DeviceChange, st.sampled_from(["scanner", "keypad"]), st.booleans(), st.just("pulled out by hand")
).map(lambda change: [change])
codes = st.sampled_from(SHOWN).map(lambda text: [Reading((text,), Source.CAMERA)])
stories = st.lists(
    st.tuples(st.sampled_from([0.0, 0.3, 3.0, 25.0, 1900.0]), keys | numbers | codes | cables, st.booleans()),
    max_size=15,
)
policies = st.builds(
    replace,
    st.just(GUARDED),
    self_service=st.booleans(),
    asks_phone=st.booleans(),
    questions=st.sampled_from([(), ASKED]),
)
whole = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@whole
@given(policies, stories)
def test_no_keys_end_the_door_or_leave_it_without_a_way_out(policy, story):
    door = Door(policy)
    door.play(story)
    door.mend()

    assert isinstance(door.state, Waiting)


@whole
@given(policies, stories)
def test_whoever_is_welcomed_is_in_the_journal(policy, story):
    door = Door(policy)
    for step in story:
        before = len(door.screen.views)
        door.play([step])
        for view in door.screen.views[before:]:
            if view.reason in {"welcome", "goodbye"}:
                written = {(abbreviated(visit.visitor), visit.direction) for visit in door.journal.visits}
                assert (view.name, view.direction) in written


@whole
@given(policies, stories, st.sampled_from([PIN, OTHER_PIN]))
def test_no_digit_of_a_pin_is_ever_seen(log, policy, story, pin):
    """Whatever went before, nothing tells a digit of it; but for a number that stood there, begun with 0."""
    log.truncate(log.seek(0))
    door = Door(policy)
    door.play(story)
    seen, told = len(door.screen.views), len(door.lines.getvalue())
    begun = door.state.memory.typed.startswith("0") or getattr(door.state, "number", "").startswith("0")
    for key in f"{pin}#":
        door.take(KeyPress(key), 0.2)

    for view in door.screen.views[seen:]:
        assert begun or not re.search(r"[0-9]", view.digits)
    for text in (log.getvalue(), door.lines.getvalue()[told:]):
        assert pin[:3] not in text
    for text in door.reprs:
        assert f"'{pin[:2]}" not in text
