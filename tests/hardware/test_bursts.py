"""A reader that types, and a person who does."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.bursts import FEWEST_KEYS, QUIET_S, SLOWEST_S, Bursts
from hardware.simulated.keyboards import strokes_of
from tests import people

OPENED_S, LATER_S = 100.0, 200.0


def told(*strokes):
    """What comes of these strokes, and of the pause after them."""
    bursts = Bursts(OPENED_S)
    texts = ()
    for stroke in strokes:
        texts += bursts.take(stroke)
    return texts + bursts.end()


def typed(text, began_s=LATER_S, key_s=0.008):
    """A text at so many seconds a key."""
    return strokes_of(text, began_s, key_s / 2)


@pytest.mark.parametrize("key_s", [0.0002, 0.002, 0.008, 0.016, 0.03])
def test_a_reader_is_read_at_any_speed_that_readers_have(key_s):
    assert told(*typed(people.CCCD + "\n", key_s=key_s)) == (people.CCCD,)


@pytest.mark.parametrize("key_s", [0.05, 0.09, 0.15, 0.5])
@pytest.mark.parametrize("text", [people.PHONE, people.ID_NUMBER, people.CCCD])
def test_a_person_who_types_is_no_reader(text, key_s):
    assert told(*typed(text + "\n", key_s=key_s)) == ()


@given(st.lists(st.floats(0.045, 0.5), min_size=10, max_size=10))
def test_a_person_is_no_reader_however_unsteady_the_fingers(pauses_s):
    strokes, at_s = [], LATER_S
    for letter, pause_s in zip(people.PHONE, pauses_s, strict=True):
        strokes += typed(letter, at_s)
        at_s += pause_s

    assert told(*strokes, *typed("\n", at_s)) == ()


def test_a_key_hit_by_chance_is_nothing():
    assert told(*typed("12345\n"[: FEWEST_KEYS - 1])) == ()


def test_a_burst_that_cannot_be_made_a_text_is_a_torn_one(monkeypatch):
    def fail(strokes):
        raise UnicodeDecodeError("utf-8", b"", 0, 1, "invented")

    bursts = Bursts(OPENED_S)
    with monkeypatch.context() as broken:
        broken.setattr("hardware.bursts.text_of", fail)
        for stroke in typed(people.CCCD):
            bursts.take(stroke)
        assert bursts.end() == ()
    for stroke in typed(people.PHONE + "\n", LATER_S + 2):
        bursts.take(stroke)

    assert bursts.end() == ()


def test_the_pause_between_two_texts_tells_them_apart():
    first = typed(people.CCCD)
    second = typed(people.CCCD_OF_A_WOMAN, first[-1].at_s + QUIET_S + 0.01)

    assert told(*first, *second) == (people.CCCD, people.CCCD_OF_A_WOMAN)


@given(st.integers(1, len(people.CCCD) - 1))
def test_a_pause_in_the_middle_of_a_text_makes_nothing_of_it(at):
    first = typed(people.CCCD[:at])
    second = typed(people.CCCD[at:] + "\n", first[-1].at_s + QUIET_S + 0.01)

    assert told(*first, *second) == ()


@given(st.integers(0, len(people.CCCD)))
def test_a_text_of_which_strokes_were_lost_is_nothing(at):
    strokes = typed(people.CCCD + "\n")

    assert told(*strokes[:at], None, *strokes[at:]) == ()


def test_the_rest_of_a_number_whose_beginning_was_lost_is_nothing():
    assert told(None, *typed(people.ID_NUMBER[3:] + "\n")) == ()


def test_a_number_after_everything_was_lost_is_nothing_at_first():
    bursts = Bursts(OPENED_S)
    bursts.take(None)
    bursts.end()
    for stroke in typed(people.ID_NUMBER[3:] + "\n"):
        bursts.take(stroke)

    assert bursts.end() == ()


def test_after_a_text_that_was_lost_the_next_card_is_read():
    strokes = typed(people.CCCD + "\n")
    again = typed(people.CCCD + "\n", strokes[-1].at_s + 1)

    assert told(*strokes[:40], None, *strokes[60:], *again) == (people.CCCD,)


def test_keys_without_end_are_nothing_and_take_no_memory(monkeypatch):
    monkeypatch.setattr("hardware.bursts._MOST_STROKES", 100)
    bursts = Bursts(OPENED_S)
    for stroke in typed("9" * 200 + "\n", key_s=0.002):
        bursts.take(stroke)

    assert len(bursts._strokes) == 100
    assert bursts.end() == ()


def test_a_pause_after_nothing_is_nothing():
    assert told() == ()


def test_readers_are_quicker_than_the_pause_that_ends_a_text():
    assert SLOWEST_S < QUIET_S
