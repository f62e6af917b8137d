"""What the door decides."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from kiosk.model import Direction, Format, LastVisit, Reason, Verdict, Visitor
from kiosk.rules import Policy, Way, judge
from tests.fakes import MORNING, FakeClock

VISITOR = Visitor(format=Format.PHONE, phone="+84912345678")
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
CAME = LastVisit(Direction.IN, MORNING - timedelta(minutes=30))
LEFT = LastVisit(Direction.OUT, MORNING - timedelta(minutes=10))
CAME_YESTERDAY = LastVisit(Direction.IN, MORNING - timedelta(hours=9))


@pytest.mark.parametrize(
    ("way", "last", "reason", "direction", "since"),
    [
        (Way.IN, None, Reason.WELCOME, Direction.IN, None),
        (Way.IN, CAME, Reason.ALREADY_IN, Direction.IN, CAME.at),
        (Way.IN, LEFT, Reason.WELCOME, Direction.IN, None),
        (Way.OUT, None, Reason.GOODBYE, Direction.OUT, None),
        (Way.OUT, CAME, Reason.GOODBYE, Direction.OUT, CAME.at),
        (Way.OUT, LEFT, Reason.ALREADY_OUT, Direction.OUT, LEFT.at),
        (Way.TOGGLE, None, Reason.WELCOME, Direction.IN, None),
        (Way.TOGGLE, CAME, Reason.GOODBYE, Direction.OUT, CAME.at),
        (Way.TOGGLE, LEFT, Reason.WELCOME, Direction.IN, None),
    ],
)
def test_the_way_of_the_door_and_the_last_visit_decide(way, last, reason, direction, since):
    verdict = judge(VISITOR, last, FakeClock().now(), Policy(ZONE, way))

    assert verdict == Verdict(reason, VISITOR, direction, since)


@pytest.mark.parametrize("way", Way)
def test_the_places_midnight_ends_the_day(way):
    """23:05 of the evening before in Vietnam is the same day in UTC, and counts for nothing."""
    forgotten = judge(VISITOR, None, FakeClock().now(), Policy(ZONE, way))

    assert judge(VISITOR, CAME_YESTERDAY, FakeClock().now(), Policy(ZONE, way)) == forgotten
