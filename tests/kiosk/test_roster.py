"""Who passed today, in memory only."""

from datetime import timedelta

from kiosk.model import Direction, Format, PastVisit
from kiosk.roster import MOST, Roster
from tests.fakes import MORNING
from tests.kiosk.doors import MIDNIGHT

TOMORROW = MIDNIGHT + timedelta(days=1)


def visit(sequence):
    return PastVisit(sequence, Direction.IN, MORNING, Format.CCCD)


def labels(roster, *sequences, day=MIDNIGHT):
    return [one.label for one in roster.listed(map(visit, sequences), day)]


def test_a_visit_is_listed_under_its_label():
    roster = Roster()
    roster.remember(7, "LÒ T. THỬ · 1999", 1000.0, MIDNIGHT)

    assert labels(roster, 7, 8) == ["LÒ T. THỬ · 1999", ""]


def test_midnight_forgets_everybody():
    roster = Roster()
    roster.remember(7, "LÒ T. THỬ · 1999", 1000.0, MIDNIGHT)
    assert labels(roster, 7, day=TOMORROW) == [""]

    roster.remember(8, "HOÀNG THỬ · 1999", 1000.0, MIDNIGHT)
    roster.remember(9, "LÒ T. THỬ · 1999", 1000.0, TOMORROW)
    assert labels(roster, 8, day=TOMORROW) == [""]


def test_of_very_many_the_oldest_are_forgotten():
    roster = Roster()
    for sequence in range(MOST + 1):
        roster.remember(sequence, "LÒ T. THỬ · 1999", 1000.0, MIDNIGHT)

    assert labels(roster, 0, 1, MOST) == ["", "LÒ T. THỬ · 1999", "LÒ T. THỬ · 1999"]


def test_no_label_is_in_a_repr():
    roster = Roster()
    roster.remember(7, "LÒ T. THỬ · 1999", 1000.0, MIDNIGHT)

    assert "LÒ" not in repr(roster.listed([visit(7)], MIDNIGHT)) + repr(roster)
