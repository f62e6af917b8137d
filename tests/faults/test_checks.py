"""A run that finds nothing is worth as much as what it would have found: each kind of harm, done by hand."""

import json
import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tests.faults import truth
from tests.faults.checks import of_centre, of_confirmations, of_journal
from tests.faults.levers import Lever, plan
from tests.faults.truth import Journal, Passage

AT = datetime(2026, 11, 23, 1, 5, tzinfo=UTC)
VISITS = [
    Passage(f"id-{number}", number, way, AT, (None, bytes([number // 2]), None))
    for number, way in enumerate(("in", "in", "out", "in", "out"), start=1)
]
CONFIRMED = [(visit.who, visit.direction) for visit in VISITS]
SOUND = Journal("epoch", VISITS, {("visit", "stored"): 5}, 0, [], "ok")


def test_nothing_is_found_where_nothing_is_wrong():
    assert of_centre(VISITS, list(VISITS)) == []
    assert of_journal(SOUND) == []
    assert of_confirmations(CONFIRMED, VISITS, 0) == []
    assert of_confirmations(CONFIRMED[:2] + CONFIRMED[3:], VISITS, 1) == [], "cut short"


@pytest.mark.parametrize(
    ("stored", "found"),
    [
        (VISITS[:3] + VISITS[4:], "1 lost [4]"),
        ([*VISITS, replace(VISITS[0], id="other", sequence=6)], "1 from nowhere [6]"),
        ([VISITS[1], VISITS[0], *VISITS[2:]], "another order"),
        ([*VISITS, VISITS[4]], "another order"),
        ([replace(VISITS[0], direction="out"), *VISITS[1:]], "other facts"),
        ([replace(VISITS[0], who=(None, b"another", None)), *VISITS[1:]], "other facts"),
        ([replace(VISITS[0], at=AT + timedelta(seconds=1)), *VISITS[1:]], "1 visits at another time"),
    ],
)
def test_what_the_centre_has_otherwise_is_found(stored, found):
    (problem,) = of_centre(VISITS, stored)
    assert found in problem


@pytest.mark.parametrize(
    "confirmed",
    [
        [*CONFIRMED, ((None, b"nobody", None), "in")],
        [CONFIRMED[1], CONFIRMED[0], *CONFIRMED[2:]],
        [*CONFIRMED, CONFIRMED[4]],
        [(CONFIRMED[0][0], "out"), *CONFIRMED[1:]],
    ],
)
def test_a_confirmation_that_is_not_in_the_journal_or_out_of_order_is_found(confirmed):
    assert of_confirmations(confirmed, VISITS, 5) != []


def test_a_visit_that_nobody_saw_confirmed_is_found():
    (problem,) = of_confirmations(CONFIRMED[1:], VISITS, 0)
    assert "1 visits in the journal were not confirmed" in problem


@pytest.mark.parametrize(
    "change",
    [{"missing": [3]}, {"health": "row 7 missing"}, {"aside": 1}, {"kinds": {("visit", "sent"): 1}}],
)
def test_a_journal_that_is_not_whole_and_settled_is_found(change):
    assert of_journal(replace(SOUND, **change)) != []


@pytest.mark.parametrize(
    "content",
    [
        b"..0912345678..",
        b"said 0912 345 678 aloud",
        b"1840912345678",
        b"+84912345678",
        "Văn Thử".encode(),
        json.dumps("Văn Thử").encode(),
    ],
)
def test_a_trace_of_somebody_is_found(tmp_path, content):
    file = tmp_path / "log"
    file.write_bytes(b"\0\xff" + content + b"\n")

    assert truth.traces([file], {"0912345678", "84912345678"}, ["Văn Thử"]) == {str(file): 1}


def test_what_tells_of_nobody_is_no_trace(tmp_path):
    file = tmp_path / "log"
    file.write_text("visit 912 saved at 1795545998.0912 with 0912345679 and 0982 *** 084")

    assert truth.traces([file], {"0912345678"}, ["Văn Thử"]) == {}


def test_a_plan_is_the_same_for_the_same_seed_and_has_every_kind():
    kinds = [
        Lever(name, 3, (0, 1), lambda *_: None, weight) for name, weight in (("a", 1), ("b", 3), ("c", 2))
    ]

    first, second = (plan(kinds, 30, 1.0, random.Random(5)) for _ in range(2))

    assert first == second
    assert {fault.lever.name for fault in first[:6]} == {"a", "b", "c"}
    assert 20 < len(first) < 45
