"""Which place a visit belongs to, as boxes are enrolled and move."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from collector.enrolment import enrol
from collector.ingest import homes
from collector.ingest.homes import Homes
from collector.ingest.rows import COLUMNS
from collector.models import Kiosk, Place

NAMES = ("cong-chinh", "cong-sau", "cong-la")


def row(kiosk, place=None):
    """One that says no more than whose it is."""
    told = {"kiosk": kiosk, "place_id": place}
    return tuple(told.get(name) for name in COLUMNS)


@pytest.fixture
def clock():
    return [0.0]


@pytest.fixture
def known(on_sqlite, clock):
    """Two boxes are enrolled, and that is known; a third is not."""
    for kiosk in NAMES[:2]:
        enrol(kiosk, f"UBND phường {kiosk}")
    known = Homes(lambda: clock[0])
    known.place([row(kiosk) for kiosk in NAMES])
    return known


def place_of(kiosk):
    return Kiosk.objects.get(name=kiosk).place_id


def placed(known, kiosk):
    (found,) = known.place([row(kiosk, known.of(kiosk))])
    return found[COLUMNS.index("place_id")]


def test_visits_of_a_box_that_is_enrolled_have_their_place_soon(known, clock):
    assert placed(known, "cong-la") is None
    enrol("cong-la", "UBND phường Xa")
    clock[0] += homes.AGAIN_S + 0.1

    assert placed(known, "cong-la") == place_of("cong-la")


def test_for_a_box_that_nobody_knows_no_others_are_read(known, clock):
    clock[0] += homes.AGAIN_S + 0.1

    with CaptureQueriesContext(connection) as asked:
        placed(known, "cong-la")
        placed(known, "cong-la")

    assert [one["sql"].count("cong-la") for one in asked] == [1]


def test_a_box_that_moves_is_known_in_its_new_place_after_a_minute(known, clock):
    Kiosk.objects.filter(name="cong-sau").update(place=Place.objects.get(kiosks__name="cong-chinh"))
    clock[0] += homes.FRESH_S + 0.1
    known.place([row("cong-chinh", place_of("cong-chinh"))])

    assert placed(known, "cong-sau") == place_of("cong-chinh")
