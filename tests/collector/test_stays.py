"""Who stayed how long: what doors saw, what was added by hand, in whatever order it was heard of."""

import datetime as dt
import uuid
from contextlib import closing
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collector.passages import Passage, people
from collector.stays import Ending, How, stays
from kiosk.model import Direction, Format, Moment, Source, Visit, Visitor
from kiosk.store.journal import SqliteJournal
from tests.fakes import MORNING
from tests.kiosk import books

DAY = dt.datetime(2026, 3, 14, tzinfo=dt.UTC)
EPOCHS = {door: uuid.uuid5(uuid.NAMESPACE_URL, door) for door in ("front", "back")}


def at(hour, minute=0):
    return DAY + dt.timedelta(hours=hour, minutes=minute)


class Doors:
    """The doors of a place, and what was written about visits."""

    def __init__(self):
        self.passages = []
        self.endings = []

    def see(self, hour, direction, door="front", *, trusted=True, at_door=None, **who):
        """Somebody, known by `document`, `phone` or `other`, each a letter."""
        moment = hour if isinstance(hour, dt.datetime) else at(hour)
        known = {
            kind: who[kind].encode() * 32 if who.get(kind) else None
            for kind in ("document", "phone", "other")
        }
        sequence = len(self.passages) + 1
        id_ = uuid.UUID(int=sequence)
        passage = Passage(id_, moment, direction, door, EPOCHS[door], sequence, trusted, at_door, **known)
        self.passages.append(passage)
        return passage

    def write(self, passage, left_at, made_at, *, automatic=False):
        self.endings.append(Ending(len(self.endings) + 1, passage.id, left_at, automatic, made_at))

    @property
    def told(self):
        """Hours of coming and going, and how that is known."""
        return [(stay.came_at, stay.left_at, stay.how) for stay in stays(self.passages, self.endings)]


@pytest.fixture
def doors():
    return Doors()


def test_who_came_and_left_by_a_door_stayed_in_between(doors):
    came = doors.see(8, "in", document="a")
    left = doors.see(9, "out", "back", document="a")

    (stay,) = stays(doors.passages, [])

    assert (stay.came, stay.came_at, stay.left, stay.left_at) == (came.id, at(8), left.id, at(9))
    assert (stay.how, stay.visits) == (How.DOOR, (came.id,))


def test_who_has_not_left_is_inside(doors):
    doors.see(8, "in", document="a")

    assert doors.told == [(at(8), None, None)]


def test_who_comes_in_twice_has_come_once_and_both_visits_are_told(doors):
    visits = [doors.see(hour, "in", document="a").id for hour in (8, 10)]
    doors.see(11, "out", document="a")

    (stay,) = stays(doors.passages, [])

    assert (stay.came_at, stay.left_at, stay.visits) == (at(8), at(11), tuple(visits))


def test_a_leaving_without_a_coming_is_no_stay(doors):
    doors.see(8, "out", document="a")

    assert doors.told == []


def test_two_who_showed_nothing_are_two(doors):
    doors.see(8, "in")
    doors.see(9, "in")
    doors.see(10, "out")

    assert doors.told == [(at(8), None, None), (at(9), None, None)]


@pytest.mark.parametrize("at_door", [True, False])
def test_of_phones_that_told_nothing_as_many_are_inside_as_came_more_than_left(doors, at_door):
    for hour, direction in ((7, "out"), (8, "in"), (9, "in"), (10, "out")):
        doors.see(hour, direction, at_door=at_door)

    assert doors.told == [(at(8), at(10), How.DOOR), (at(9), None, None)]
    assert not any(stay.is_known for stay in stays(doors.passages, []))


def test_who_was_checked_out_at_closing_time_stays_so_when_it_is_forgotten_who_was_who(doors):
    came = doors.see(8, "in", at_door=True)
    doors.see(10, "out", at_door=True)
    doors.write(came, at(17), at(17), automatic=True)

    assert doors.told == [(at(8), at(17), How.AUTOMATIC)]


def test_who_came_by_card_and_phone_leaves_by_the_phone_alone(doors):
    doors.see(8, "in", document="a", phone="p")
    doors.see(9, "out", phone="p")

    assert doors.told == [(at(8), at(9), How.DOOR)]


def test_who_came_by_phone_and_card_alone_was_one_when_both_were_shown(doors):
    doors.see(8, "in", phone="p")
    doors.see(9, "in", document="a")
    doors.see(10, "out", document="a", phone="p")

    assert doors.told == [(at(8), at(10), How.DOOR)]


def test_a_family_with_one_phone_are_several(doors):
    doors.see(8, "in", document="a", phone="p")
    doors.see(8, "in", document="b", phone="p")
    doors.see(9, "out", document="b")

    assert doors.told == [(at(8), None, None), (at(8), at(9), How.DOOR)]


def test_by_a_familys_phone_leaves_whoever_is_still_inside(doors):
    doors.see(8, "in", document="a", phone="p")
    doors.see(9, "in", document="b", phone="p")
    doors.see(10, "out", document="b")
    doors.see(11, "out", phone="p")

    assert doors.told == [(at(8), at(11), How.DOOR), (at(9), at(10), How.DOOR)]


def test_cards_that_tell_no_more_than_a_name_are_two_where_the_phones_differ(doors):
    doors.see(8, "in", other="n", phone="p")
    doors.see(9, "in", other="n", phone="q")
    doors.see(10, "out", other="n", phone="p")

    assert doors.told == [(at(8), at(10), How.DOOR), (at(9), None, None)]


def test_nobody_elsewhere_says_that_one_of_those_has_left_whom_a_door_saw_come(doors):
    doors.see(8, "in", at_door=True)
    doors.see(9, "out", at_door=False)
    assert doors.told == [(at(8), None, None)]

    doors.see(10, "in", at_door=False)
    doors.see(11, "out", at_door=False)
    doors.see(12, "out", at_door=True)
    assert doors.told == [(at(8), at(12), How.DOOR), (at(10), at(11), How.DOOR)]


@pytest.mark.parametrize("at_door", [None, True, False])
def test_a_mother_and_a_child_who_come_in_with_one_phone_are_two(doors, at_door):
    doors.see(8, "in", other="m", phone="p", at_door=at_door)
    doors.see(8, "in", other="c", phone="p", at_door=at_door)
    assert doors.told == [(at(8), None, None)] * 2

    doors.see(9, "out", other="m", phone="p", at_door=at_door)
    assert [stay.visits for stay in stays(doors.passages, []) if not stay.left_at] == [
        (doors.passages[1].id,)
    ]


def test_who_writes_their_name_otherwise_when_leaving_has_left(doors):
    doors.see(8, "in", other="m", phone="p")
    doors.see(9, "out", other="n", phone="p")

    assert doors.told == [(at(8), at(9), How.DOOR)]


def test_by_the_phone_alone_the_two_leave_one_after_the_other(doors):
    doors.see(8, "in", other="m", phone="p")
    doors.see(9, "in", other="c", phone="p")
    for hour in (10, 11):
        doors.see(hour, "out", phone="p")

    assert doors.told == [(at(8), at(11), How.DOOR), (at(9), at(10), How.DOOR)]


def test_who_first_gave_a_phone_alone_is_the_first_who_adds_a_name(doors):
    doors.see(8, "in", phone="p")
    doors.see(9, "in", other="m", phone="p")
    doors.see(10, "in", other="c", phone="p")

    assert doors.told == [(at(8), None, None), (at(10), None, None)]


def test_who_leaves_by_a_door_is_whom_a_door_saw_come(doors):
    doors.see(8, "in", other="m", phone="p")
    doors.see(9, "in", other="x", phone="p", at_door=False)
    doors.see(10, "out", phone="p")

    found = stays(doors.passages, [])

    assert [(stay.left_at, stay.from_elsewhere) for stay in found] == [(at(10), False), (None, True)]


def test_who_said_from_elsewhere_that_they_had_come_is_there_once_a_door_has_seen_them(doors):
    doors.see(8, "in", phone="p", at_door=False)
    assert [stay.from_elsewhere for stay in stays(doors.passages, [])] == [True]

    doors.see(9, "in", phone="p", document="a")
    assert [stay.from_elsewhere for stay in stays(doors.passages, [])] == [False]


def test_a_journals_order_counts_where_its_clock_went_back(doors):
    doors.see(at(9, 5), "in", document="a")
    doors.see(at(9, 4), "out", document="a")

    assert doors.told == [(at(9, 5), at(9, 5), How.DOOR)]


def test_a_wrong_clock_that_is_ahead_pushes_none_whose_clock_was_right(doors):
    doors.see(20, "in", document="a", trusted=False)
    doors.see(9, "in", document="b")
    doors.see(10, "out", "back", document="b")

    assert (at(9), at(10), How.DOOR) in doors.told


def test_closing_time_ends_what_nobody_saw_end(doors):
    came = doors.see(8, "in", document="a")
    doors.write(came, at(17), at(17), automatic=True)

    assert doors.told == [(at(8), at(17), How.AUTOMATIC)]


@pytest.mark.parametrize("hour", [11, 18])
def test_what_a_door_saw_counts_before_closing_time_whenever_it_is_heard_of(doors, hour):
    came = doors.see(8, "in", document="a")
    doors.write(came, at(17), at(17), automatic=True)
    doors.see(hour, "out", document="a")

    assert doors.told == [(at(8), at(hour), How.DOOR)]


def test_who_comes_back_after_closing_time_begins_another_stay(doors):
    came = doors.see(8, "in", document="a")
    doors.write(came, at(17), at(17), automatic=True)
    doors.see(18, "in", document="a")

    assert doors.told == [(at(8), at(17), How.AUTOMATIC), (at(18), None, None)]


def test_what_was_said_by_hand_counts_before_all(doors):
    came = doors.see(8, "in", document="a")
    doors.see(11, "out", document="a")
    doors.write(came, at(17), at(17), automatic=True)
    doors.write(came, at(10), at(17, 30))

    assert doors.told == [(at(8), at(10), How.CORRECTED)]


def test_of_two_words_by_hand_the_newer_holds(doors):
    came = doors.see(8, "in", document="a")
    doors.write(came, at(10), at(12))
    doors.write(came, at(11), at(12))

    assert doors.told == [(at(8), at(11), How.CORRECTED)]


def test_who_is_said_to_be_still_inside_is_until_a_door_or_midnight_says_otherwise(doors):
    came = doors.see(8, "in", document="a")
    doors.see(11, "out", document="a")
    doors.write(came, at(17), at(17), automatic=True)
    doors.write(came, None, at(17, 30))
    assert doors.told == [(at(8), None, How.CORRECTED)]

    doors.write(came, at(24), at(24), automatic=True)
    assert doors.told == [(at(8), at(24), How.AUTOMATIC)]

    doors.see(18, "out", document="a")
    assert doors.told == [(at(8), at(18), How.DOOR)]


def test_a_leaving_by_hand_between_two_comings_makes_two_stays(doors):
    came = doors.see(8, "in", document="a")
    doors.see(10, "in", document="a")
    doors.see(11, "out", document="a")
    doors.write(came, at(9), at(12))

    assert doors.told == [(at(8), at(9), How.CORRECTED), (at(10), at(11), How.DOOR)]


def test_a_leaving_before_the_coming_counts_for_nothing(doors):
    came = doors.see(8, "in", document="a")
    doors.write(came, at(7), at(12))
    doors.write(came, at(7), at(7), automatic=True)

    assert doors.told == [(at(8), None, None)]


@pytest.mark.parametrize("at_door", [None, True])
def test_nobody_elsewhere_says_that_somebody_has_left_whom_a_door_saw_come(doors, at_door):
    doors.see(8, "in", phone="p", at_door=at_door)
    doors.see(9, "out", phone="p", at_door=False)

    (stay,) = stays(doors.passages, [])

    assert (stay.left_at, stay.said_left_at) == (None, at(9))


def test_nor_of_whom_a_door_saw_after_they_had_come_from_elsewhere(doors):
    doors.see(8, "in", phone="p", at_door=False)
    doors.see(9, "in", document="a", phone="p")
    doors.see(10, "out", phone="p", at_door=False)

    assert doors.told == [(at(8), None, None)]


def test_who_came_from_elsewhere_leaves_from_there(doors):
    doors.see(8, "in", phone="p", at_door=False)
    doors.see(9, "out", phone="p", at_door=False)

    assert doors.told == [(at(8), at(9), How.DOOR)]


def test_after_such_a_word_closing_time_and_doors_count_as_ever(doors):
    came = doors.see(8, "in", document="a", phone="p")
    doors.see(18, "out", phone="p", at_door=False)
    doors.write(came, at(17), at(17), automatic=True)
    assert doors.told == [(at(8), at(17), How.AUTOMATIC)]

    doors.see(19, "out", document="a")
    assert doors.told == [(at(8), at(19), How.DOOR)]


def test_who_is_seen_or_vouched_for_after_such_a_word_is_in_no_doubt(doors):
    came = doors.see(8, "in", phone="p")
    doors.see(9, "out", phone="p", at_door=False)
    doors.write(came, None, at(10))
    assert [stay.said_left_at for stay in stays(doors.passages, doors.endings)] == [None]

    doors.endings.clear()
    doors.see(11, "in", phone="p")
    assert [stay.said_left_at for stay in stays(doors.passages, [])] == [None]


def test_a_word_from_elsewhere_changes_nobodys_turn_to_leave_by_a_familys_phone(doors):
    doors.see(8, "in", document="a", phone="p")
    doors.see(9, "in", document="b", phone="p")
    doors.see(10, "out", phone="p", at_door=False)
    doors.see(11, "out", phone="p")

    assert doors.told == [(at(8), None, None), (at(9), at(11), How.DOOR)]


letters = st.sampled_from([None, None, "a", "b", "c"])
seen = st.lists(
    st.tuples(
        st.integers(0, 24 * 60 - 1),
        st.sampled_from(["in", "in", "out"]),
        st.sampled_from(["front", "back"]),
        st.booleans(),
        st.sampled_from([None, None, True, False]),
        st.fixed_dictionaries({"document": letters, "phone": letters, "other": letters}),
    ),
    max_size=14,
)
written = st.lists(
    st.tuples(
        st.integers(0, 13), st.none() | st.integers(0, 24 * 60), st.integers(0, 24 * 60), st.booleans()
    ),
    max_size=5,
)


def a_day(seen, written):
    doors = Doors()
    for minute, direction, door, trusted, at_door, who in seen:
        told = who if at_door is None else {"phone": who["phone"]}
        doors.see(at(0, minute), direction, door, trusted=trusted, at_door=at_door, **told)
    for number, minute, made, automatic in written:
        if number < len(doors.passages) and not (automatic and minute is None):
            left_at = None if minute is None else at(0, minute)
            doors.write(doors.passages[number], left_at, at(0, made), automatic=automatic)
    return doors


@given(seen, written, st.randoms(use_true_random=False))
def test_the_order_in_which_it_is_heard_of_does_not_matter(seen, written, random):
    doors = a_day(seen, written)
    told = stays(doors.passages, doors.endings)
    random.shuffle(doors.passages)
    random.shuffle(doors.endings)

    assert stays(doors.passages, doors.endings) == told
    assert {tuple(one) for one in people(doors.passages)} == {
        tuple(one) for one in people(doors.passages[::-1])
    }


@given(seen, written)
def test_nobody_leaves_before_they_came_or_is_inside_twice(seen, written):
    doors = a_day(seen, written)
    whose = {one.passage.id: number for number, person in enumerate(people(doors.passages)) for one in person}
    by_person = {}
    for stay in stays(doors.passages, doors.endings):
        assert stay.left_at is None or stay.left_at >= stay.came_at
        by_person.setdefault(whose[stay.came], []).append(stay)

    for of_one in by_person.values():
        for first, second in pairwise(of_one):
            assert first.left_at is not None
            assert second.came_at >= first.left_at


@given(seen)
def test_every_passage_is_of_one_person_and_no_person_has_two_documents(seen):
    doors = a_day(seen, [])
    found = people(doors.passages)

    assert sorted(one.passage.id for person in found for one in person) == sorted(
        one.id for one in doors.passages
    )
    for person in found:
        assert len({one.passage.document for one in person if one.passage.document}) <= 1


@given(seen)
def test_every_coming_is_told_once(seen):
    doors = a_day(seen, [])
    told = [id_ for stay in stays(doors.passages, []) for id_ in stay.visits]

    assert sorted(told) == sorted(one.id for one in doors.passages if one.direction == "in")


PEOPLE = (
    Visitor(Format.CCCD, document="014099000001", name="Nguyễn Văn Thử", birth="1999-02-01"),
    Visitor(Format.CCCD, document="014099000002", name="Trần Thị Mẫu", phone="+84912345678"),
    Visitor(Format.PHONE, phone="+84912345679"),
    Visitor(Format.BHYT, reference="7916123456", name="Lò Thị Giả"),
)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(PEOPLE), st.sampled_from(list(Direction))), max_size=12))
def test_the_centre_and_the_door_agree_on_who_is_inside(walk):
    doors = Doors()
    with (
        TemporaryDirectory() as folder,
        closing(SqliteJournal(Path(folder), boot=books.BOOT, sealer=books.SEALER)) as door,
    ):
        for minute, (visitor, direction) in enumerate(walk):
            moment = Moment(MORNING + dt.timedelta(minutes=minute), 60.0 * minute, trusted=True)
            door.append(Visit(visitor, direction, Source.CAMERA, moment))
            known = books.SEALER.pseudonyms(visitor)
            facts = (
                uuid.UUID(int=minute + 1),
                moment.utc,
                str(direction),
                "front",
                EPOCHS["front"],
                minute + 1,
                True,
                None,
            )
            doors.passages.append(Passage(*facts, known.document, known.phone, known.other))
        inside = door.inside(MORNING)

    open_ = [stay for stay in stays(doors.passages, []) if stay.left_at is None]
    assert {visit.at for visit in inside} == {latest(doors, stay) for stay in open_}


def latest(doors, stay):
    """When somebody came in last: the door tells that, the centre the first time."""
    return max(passage.at for passage in doors.passages if passage.id in stay.visits)
