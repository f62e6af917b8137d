"""The door's clock, while the box's wall clock does what it likes."""

import os
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.clock import SLEW, STILL, SteadyClock, boot_id, flag_stamp, stamp_named
from kiosk.entries import ClockEntry, VisitEntry
from kiosk.formats import recognise
from kiosk.model import Anchor, Direction, Moment, Source, Visit
from kiosk.store.journal import SqliteJournal
from kiosk.store.outbox import Outbox
from tests import people
from tests.fakes import MORNING
from tests.mqtt_bridge.made import BOOT

YEAR_S = 365 * 86400.0


class Box:
    """
    The clocks of a box, moved by hand.

    Attributes:
        true_s: What the time really is: seconds since 1970.
        wrong_s: By how much the wall clock is wrong.
        passed_s: Seconds since the boot.
        stamp: When the time service last set the wall clock.
    """

    def __init__(self, wrong_s: float = 0.0, stamp: int | None = None) -> None:
        self.true_s = MORNING.timestamp()
        self.wrong_s = wrong_s
        self.passed_s = 20.0
        self.stamp = stamp
        self._syncs = 0

    def clock(self, **more) -> SteadyClock:
        return SteadyClock(
            stamp=lambda: self.stamp,
            wall=lambda: self.true_s + self.wrong_s,
            monotonic=lambda: self.passed_s,
            **more,
        )

    def wait(self, seconds: float) -> None:
        self.true_s += seconds
        self.passed_s += seconds

    def sync(self) -> None:
        """The time service sets the clock."""
        self._syncs += 1
        self.wrong_s, self.stamp = 0.0, self._syncs

    @property
    def truth(self) -> datetime:
        return datetime.fromtimestamp(self.true_s, UTC)


@pytest.fixture
def set_box():
    box = Box()
    box.sync()
    return box


def off(box: Box, moment: Moment) -> timedelta:
    return abs(moment.utc - box.truth)


def test_a_clock_that_was_set_tells_the_time_and_is_trusted(set_box):
    assert set_box.clock().now() == Moment(MORNING, 20.0, trusted=True)


def test_a_clock_that_was_never_set_is_not_trusted():
    moment = Box(wrong_s=-5 * YEAR_S).clock().now()

    assert (moment.trusted, moment.utc) == (False, MORNING - timedelta(days=5 * 365))


@pytest.mark.parametrize("years", [-40, -1, 1, 40])
def test_a_wall_clock_that_jumps_by_years_changes_nothing(set_box, years):
    clock = set_box.clock()

    set_box.wrong_s = years * YEAR_S
    set_box.wait(60)

    assert clock.now() == Moment(set_box.truth, 80.0, trusted=True)


@pytest.mark.parametrize("years", [-40, -1, 1, 40])
def test_a_wall_clock_that_was_never_set_and_jumps_changes_nothing_either(years):
    box = Box(wrong_s=-3600)
    clock = box.clock()

    box.wrong_s += years * YEAR_S
    box.wait(60)

    assert clock.now().utc == box.truth - timedelta(hours=1)


def test_the_clock_is_followed_once_the_time_service_has_set_it():
    box = Box(wrong_s=-5 * YEAR_S)
    clock = box.clock()
    assert not clock.now().trusted

    box.sync()

    assert clock.now() == Moment(box.truth, 20.0, trusted=True)


def test_what_jumped_is_mended_by_the_next_setting(set_box):
    set_box.wrong_s = 300.0
    clock = set_box.clock()
    assert off(set_box, clock.now()) == timedelta(seconds=300)

    set_box.sync()

    assert off(set_box, clock.now()) == timedelta()


@pytest.mark.parametrize("step_s", [0.1, 1.0, 1.9, -0.1, -1.9])
def test_a_wall_clock_that_is_turned_a_bit_is_followed(set_box, step_s):
    clock = set_box.clock()

    set_box.wrong_s += step_s

    assert clock.now().utc == set_box.truth + timedelta(seconds=step_s)


def test_what_is_not_worth_a_new_anchor_makes_none(set_box):
    clock = set_box.clock()
    anchor = clock.anchor

    set_box.wrong_s += STILL.total_seconds() / 2
    clock.now()

    assert clock.anchor is anchor


def test_a_slow_turning_is_followed_however_far_it_goes(set_box):
    """As a time service does that corrects a quartz: 500 parts in a million at most."""
    clock = set_box.clock()
    for _ in range(2000):
        set_box.wait(10.0)
        set_box.wrong_s += 0.005
        assert abs(clock.now().utc - set_box.truth - timedelta(seconds=set_box.wrong_s)) <= STILL

    assert set_box.wrong_s == pytest.approx(10.0)


def test_a_time_service_whose_flag_is_gone_is_not_forgotten(set_box):
    clock = set_box.clock()

    set_box.stamp = None
    set_box.wrong_s = YEAR_S

    assert clock.now() == Moment(MORNING, 20.0, trusted=True)


def test_time_is_no_earlier_than_the_last_visit_while_nobody_has_set_the_clock():
    """A Pi wakes with the time at which it was last alive, or in 1970."""
    floor = MORNING - timedelta(hours=2)
    box = Box(wrong_s=-50 * YEAR_S)

    assert box.clock(floor=floor).now().utc == floor
    assert Box(wrong_s=-60).clock(floor=floor).now().utc == MORNING - timedelta(minutes=1)


def test_a_clock_that_was_set_needs_no_floor(set_box):
    assert set_box.clock(floor=MORNING + timedelta(days=9)).now().utc == MORNING


def test_a_restarted_door_goes_on_with_the_time_of_the_one_before():
    box = Box(wrong_s=-5 * YEAR_S)
    before = box.clock()
    box.wrong_s = 3 * YEAR_S
    box.wait(60)

    after = box.clock(anchor=before.anchor)

    assert after.now() == before.now()


def test_a_restarted_door_takes_the_right_time_when_it_was_set_meanwhile():
    box = Box(wrong_s=-5 * YEAR_S)
    before = box.clock()
    box.sync()

    assert box.clock(anchor=before.anchor).now() == Moment(box.truth, 20.0, trusted=True)


def test_a_restarted_door_does_not_believe_a_jump(set_box):
    before = set_box.clock()
    set_box.wrong_s = YEAR_S

    assert set_box.clock(anchor=before.anchor).now().utc == set_box.truth


acts = st.lists(
    st.one_of(
        st.tuples(st.just("wait"), st.floats(0, 7200)),
        st.tuples(st.just("jump"), st.integers(-60, 60).filter(bool).map(lambda years: years * YEAR_S)),
        st.tuples(st.just("turn"), st.floats(-0.15, 0.15)),
        st.tuples(st.just("sync"), st.just(0)),
        st.tuples(st.just("restart"), st.just(0)),
    ),
    max_size=40,
)


@given(acts, st.booleans(), st.integers(-30, 30))
def test_whatever_happens_time_goes_on_and_is_right_once_it_was_set(story, was_set, years_off):
    """
    At any moment the clock tells an order that is true; and once the time service has set it, the time is off by
    less than two seconds, however often the wall clock jumps, until it is set again.
    """
    box = Box(wrong_s=years_off * YEAR_S)
    if was_set:
        box.sync()
    clock = box.clock()
    last, turned_s = clock.now(), 0.0
    for act, amount in story:
        anchor = clock.anchor
        match act:
            case "wait":
                box.wait(amount)
            case "jump":
                box.wrong_s += amount
            case "turn" if abs(turned_s + amount) < 1.5:
                box.wrong_s += amount
                turned_s += amount
            case "sync":
                box.sync()
                turned_s, was_set = 0.0, True
            case "restart":
                clock = box.clock(anchor=clock.anchor)
        moment = clock.now()
        assert moment.monotonic_s >= last.monotonic_s
        assert clock.anchor is not anchor or moment.utc >= last.utc
        assert moment.trusted == was_set
        assert not was_set or off(box, moment) < SLEW
        last = moment


def test_the_stamp_of_a_flag_grows_when_it_is_touched(tmp_path):
    stamp = flag_stamp(tmp_path / "synchronized")
    assert stamp() is None

    (tmp_path / "synchronized").touch()
    first = stamp()
    os.utime(tmp_path / "synchronized", ns=(first + 1, first + 1))

    assert stamp() == first + 1


def test_a_flag_that_cannot_be_looked_at_is_none(tmp_path):
    (tmp_path / "file").touch()

    assert flag_stamp(tmp_path / "file" / "below")() is None


def test_without_a_flag_the_clock_is_always_right(tmp_path):
    assert stamp_named("")() == 0
    assert stamp_named(str(tmp_path / "none"))() is None


def test_a_boot_has_an_id():
    assert len(boot_id()) == 36
    assert boot_id() == boot_id()


class Journal(SqliteJournal):
    """The journal of a box that writes visits by its own clock."""

    def came(self, moment: Moment) -> None:
        self.append(Visit(recognise(people.CCCD), Direction.IN, Source.CAMERA, moment))

    def entries(self):
        with closing(Outbox(self._folder)) as outbox:
            return outbox.after(0, 50)

    def times(self):
        return [entry.at for entry in self.entries() if isinstance(entry, VisitEntry)]


@pytest.fixture
def journal(tmp_path):
    book = Journal(tmp_path, boot=BOOT)
    yield book
    book.close()


def test_visits_of_a_boot_are_put_right_once_the_clock_was_set(journal):
    box = Box(wrong_s=-5 * YEAR_S)
    clock = box.clock()
    journal.keep_time(clock.anchor)
    right = []
    for _ in range(3):
        journal.came(clock.now())
        right.append(box.truth)
        box.wait(60)
    box.sync()
    clock.now()

    assert journal.keep_time(clock.anchor) == 3

    assert journal.times() == right
    assert all(entry.clock_trusted for entry in journal.entries() if isinstance(entry, VisitEntry))


def test_the_centre_is_told_when_the_boot_began(journal):
    box = Box(wrong_s=-5 * YEAR_S)
    clock = box.clock()
    journal.came(clock.now())
    box.sync()
    clock.now()
    journal.keep_time(clock.anchor)

    told = journal.entries()[-1]

    assert isinstance(told, ClockEntry)
    assert (told.sequence, told.boot, told.started) == (2, BOOT, box.truth - timedelta(seconds=20))


def test_nothing_is_told_while_there_is_nothing_to_put_right(journal, set_box):
    clock = set_box.clock()
    journal.came(clock.now())
    assert journal.keep_time(clock.anchor) == 0
    set_box.wait(60)
    set_box.wrong_s = 1.0
    journal.came(clock.now())

    assert journal.keep_time(clock.anchor) == 0
    assert [type(entry) for entry in journal.entries()] == [VisitEntry, VisitEntry]


def test_a_clock_that_is_set_again_elsewhere_puts_all_of_the_boot_right(journal, set_box):
    """The time service took a wrong server's word first."""
    set_box.wrong_s = 300.0
    clock = set_box.clock()
    journal.keep_time(clock.anchor)
    journal.came(clock.now())
    right = set_box.truth
    set_box.wait(60)
    set_box.sync()
    clock.now()

    assert journal.keep_time(clock.anchor) == 1
    assert journal.times() == [right]


def test_visits_of_another_boot_stay_as_they_were(journal, tmp_path):
    box = Box(wrong_s=-5 * YEAR_S)
    clock = box.clock()
    journal.came(clock.now())
    box.sync()
    with closing(Journal(tmp_path, boot="11111111-1111-4111-8111-111111111111")) as after:
        after.keep_time(box.clock().anchor)

        assert after.times() == [MORNING - timedelta(days=5 * 365)]
        assert after.anchor() == box.clock().anchor
        assert journal.anchor() is None


def test_visits_that_the_centre_has_are_put_right_here_too(journal, tmp_path):
    """Whoever comes again is known by the right time; the centre learns it by the clock's entry."""
    box = Box(wrong_s=-5 * YEAR_S)
    clock = box.clock()
    journal.came(clock.now())
    with closing(Outbox(tmp_path)) as outbox:
        outbox.mark_sent([1])
        outbox.mark_stored(1)
    box.sync()
    clock.now()
    journal.keep_time(clock.anchor)

    assert journal.last_visit(recognise(people.CCCD), MORNING - timedelta(hours=1)).at == box.truth
    assert [entry.sequence for entry in journal.entries()] == [2]


def test_a_restarted_door_finds_what_the_one_before_told_the_time_from(journal, tmp_path):
    anchor = Anchor(MORNING, 7)
    journal.keep_time(anchor)

    with closing(Journal(tmp_path, boot=BOOT)) as after:
        assert after.anchor() == anchor
        assert after.keep_time(anchor) == 0


def test_the_latest_right_time_is_the_floor(journal):
    assert journal.latest() is None
    journal.came(Moment(MORNING, 1.0, trusted=True))
    journal.came(Moment(MORNING + timedelta(days=900), 2.0, trusted=False))

    assert journal.latest() == MORNING


def test_a_broken_disk_changes_no_time_by_halves(journal, monkeypatch):
    from kiosk.errors import JournalFailed

    box = Box(wrong_s=-5 * YEAR_S)
    clock = box.clock()
    journal.came(clock.now())
    before = journal.entries()
    journal._db.execute("CREATE TRIGGER ill BEFORE INSERT ON entries BEGIN SELECT RAISE(ABORT, 'ill'); END")
    box.sync()
    clock.now()

    with pytest.raises(JournalFailed):
        journal.keep_time(clock.anchor)

    assert journal.entries() == before
    assert journal.anchor() is None
