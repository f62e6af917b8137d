"""Hours of the day."""

from datetime import UTC, datetime

import pytest

from kiosk.hours import NEVER, hours
from tests.kiosk.doors import ZONE


def at(clock):
    """A moment in winter, by the clock of the place, which is seven hours ahead."""
    hour, minute = map(int, clock.split(":"))
    return datetime(2026, 11, 23, hour, minute, tzinfo=ZONE).astimezone(UTC)


@pytest.mark.parametrize(
    ("clock", "holds"),
    [("18:59", False), ("19:00", True), ("23:59", True), ("00:00", True), ("05:59", True), ("06:00", False)],
)
def test_a_night_reaches_over_midnight(clock, holds):
    assert hours("19:00", "06:00").hold(at(clock), ZONE) is holds


@pytest.mark.parametrize(("clock", "holds"), [("11:29", False), ("11:30", True), ("13:00", False)])
def test_a_noon_rest_lies_within_a_day(clock, holds):
    assert hours("11:30", "13:00").hold(at(clock), ZONE) is holds


def test_hours_that_begin_when_they_end_last_all_day():
    assert hours("07:00", "07:00").hold(at("03:00"), ZONE)


def test_hours_without_a_beginning_never_come():
    assert hours("", "06:00") == NEVER
    assert not NEVER.hold(at("03:00"), ZONE)


def test_hours_without_an_end_last_until_midnight():
    assert hours("20:00", "").hold(at("23:59"), ZONE)
    assert not hours("20:00", "").hold(at("00:00"), ZONE)
