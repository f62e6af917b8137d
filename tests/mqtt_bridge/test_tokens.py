"""Which door has shown a token."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mqtt_bridge.wire.tokens import kiosk_of, office_code_key, token
from tests.fakes import MORNING

PLACE_KEY = b"p" * 32
KIOSKS = ("front", "back", "side")


def shown(kiosk="back", late=timedelta(0), key=PLACE_KEY):
    return token(office_code_key(key), kiosk, MORNING - late)


@pytest.mark.parametrize("kiosk", KIOSKS)
def test_each_box_is_known_by_its_token(kiosk):
    assert kiosk_of(shown(kiosk), PLACE_KEY, KIOSKS, MORNING) == kiosk


@pytest.mark.parametrize(
    ("minutes", "is_known"), [(-2, False), (-1, True), (0, True), (1, True), (2, True), (3, True), (4, False)]
)
def test_a_token_counts_for_three_minutes_and_a_clock_that_is_ahead_for_one(minutes, is_known):
    known = kiosk_of(shown(late=timedelta(minutes=minutes)), PLACE_KEY, KIOSKS, MORNING)

    assert known == ("back" if is_known else None)


@pytest.mark.parametrize("second", [0, 30, 59])
def test_it_counts_for_three_minutes_after_it_left_the_screen(second):
    """The last second in which it stood there was that before the minute of 8:05."""
    left = token(office_code_key(PLACE_KEY), "back", MORNING - timedelta(seconds=1))

    assert kiosk_of(left, PLACE_KEY, KIOSKS, MORNING + timedelta(minutes=2, seconds=second)) == "back"
    assert kiosk_of(left, PLACE_KEY, KIOSKS, MORNING + timedelta(minutes=3, seconds=second)) is None


def test_neither_another_box_nor_another_place_is_meant():
    assert kiosk_of(shown("back"), PLACE_KEY, ["front", "side"], MORNING) is None
    assert kiosk_of(shown("back"), PLACE_KEY, [], MORNING) is None
    assert kiosk_of(shown("back", key=b"q" * 32), PLACE_KEY, KIOSKS, MORNING) is None


@pytest.mark.parametrize(
    "change", [str.upper, lambda text: text + "=", lambda text: f" {text}", lambda text: text[:-1]]
)
def test_a_token_counts_only_as_it_stood_there(change):
    assert kiosk_of(change(shown()), PLACE_KEY, KIOSKS, MORNING) is None


@given(st.text() | st.text(min_size=8, max_size=8) | st.text("\ud800\x00\u202e é", min_size=8, max_size=8))
def test_whatever_somebody_sends_is_no_token(text):
    assert kiosk_of(text, PLACE_KEY, KIOSKS, MORNING) is None


def test_a_very_long_text_is_no_token():
    assert kiosk_of("a" * 10_000_000, PLACE_KEY, KIOSKS, MORNING) is None
