"""The doors of a place hear of each other's visits, and of nobody else's."""

import itertools
from datetime import timedelta

import pytest

from collector.down import neighbours
from collector.down.neighbours import CatchUpDesk, NewsDesk
from collector.ingest.receiving import Received
from collector.ingest.storing import Store
from collector.models import Kiosk
from kiosk.entries import ClockEntry, Pseudonyms
from kiosk.model import Direction
from mqtt_bridge import wire
from mqtt_bridge.topics import Channel, Topic
from mqtt_bridge.wire import Sender
from tests.collector.conftest import visit
from tests.collector.down import NOW, Road, Wall, enrol

EARLY = NOW - timedelta(hours=1)
BOOT = "0c9c4f8e-6a53-4d4e-9bb6-5a4f5ba7b8d9"


@pytest.fixture
def wall():
    return Wall()


@pytest.fixture
def road(database, tmp_path):
    enrol("front", "back", "side")
    enrol("lonely", place="UBND phường Tô Hiệu")
    return Road(tmp_path)


@pytest.fixture
def desk(road, wall):
    desk = NewsDesk(road.pen, wall)
    road.turn(desk)
    return desk


@pytest.fixture
def late(road, wall):
    desk = CatchUpDesk(road.pen, wall)
    road.turn(desk)
    return desk


def person(number):
    return Pseudonyms(document=bytes([number]) * 32)


def passed(sequence, kiosk="front", **change):
    return visit(sequence, kiosk=kiosk, **{"at": EARLY, "pseudonyms": person(sequence), **change})


def store(*events):
    """As the intake does before the desks hear of it."""
    by_kiosk = {event.kiosk: [one for one in events if one.kiosk == event.kiosk] for event in events}
    Store().commit([Received(kiosk, events=those) for kiosk, those in by_kiosk.items()], NOW)
    return events


def told(road, desk, *events):
    road.posted.clear()
    desk.stored(events, road)
    return {
        topic.kiosk: [
            one.id
            for claims in [found for at, found in road.posted if at == topic]
            for one in claims.body.visits
        ]
        for topic, _ in road.posted
    }


def comes_online(road, desk, kiosk):
    desk.heard(Topic(kiosk, Channel.AVAILABILITY), b"online", road)
    return road.turn(desk)


def test_what_passes_a_door_is_told_to_the_others_of_the_place(road, desk):
    event = passed(1)

    assert told(road, desk, event) == {"back": [event.id], "side": [event.id]}
    (_, claims) = road.posted[0]
    assert claims.body.visits[0].direction is Direction.IN
    assert claims.body.visits[0].at == EARLY
    assert claims.body.visits[0].pseudonyms.document == bytes([1]) * 32


def test_doors_that_pass_visitors_at_once_hear_of_each_other(road, desk):
    front, back = passed(1, "front"), passed(2, "back")

    assert told(road, desk, front, back) == {
        "back": [front.id],
        "side": [front.id, back.id],
        "front": [back.id],
    }


@pytest.mark.parametrize(
    "event",
    [passed(1, "lonely"), passed(1, "stranger"), passed(1, at=NOW - timedelta(hours=9))],
    ids=["one door only", "no place", "yesterday"],
)
def test_what_concerns_no_other_door_is_told_to_none(road, desk, event):
    assert told(road, desk, event) == {}


def test_a_revoked_door_is_told_nothing(road, desk, wall):
    Kiosk.objects.filter(name="back").update(revoked_at=wall.now)
    road.turn(desk, passed_s=60)

    assert told(road, desk, passed(1)).keys() == {"side"}


def test_of_many_visits_each_person_is_told_once_with_the_last(road, desk):
    came, left = passed(1, pseudonyms=person(7)), passed(2, pseudonyms=person(7), direction=Direction.OUT)
    other = passed(3)

    assert told(road, desk, came, other, left)["back"] == [other.id, left.id]


def taken_back(sequence, event, **change):
    """As a guard does at the door: the other way, with the id of what did not take place."""
    return passed(
        sequence,
        event.kiosk,
        **{"corrects": str(event.id), "direction": Direction.OUT, "operator": "bao-ve-1", **change},
    )


def test_a_visit_that_is_taken_back_is_told_as_one_the_other_way(road, desk):
    came = passed(1, pseudonyms=person(7))
    undone = taken_back(2, came, pseudonyms=person(7))
    told(road, desk, *store(came))

    assert told(road, desk, *store(undone)) == {"back": [undone.id], "side": [undone.id]}
    assert road.posted[0][1].body.visits[0].direction is Direction.OUT


def test_a_door_that_was_away_hears_that_who_was_taken_back_is_out(road, late):
    came = passed(1, pseudonyms=person(7))
    undone = taken_back(2, came, pseudonyms=person(7), at=EARLY + timedelta(minutes=1))
    store(came, undone)

    ((_, claims),) = comes_online(road, late, "back")

    assert [(one.id, one.direction) for one in claims.body.visits] == [(undone.id, Direction.OUT)]


def test_many_are_told_in_parts_each_with_a_counter_of_its_own(road, desk):
    events = [passed(number, pseudonyms=person(number)) for number in range(1, 121)]

    ids = told(road, desk, *events)

    assert ids["back"] == [event.id for event in events]
    sizes = [len(claims.body.visits) for topic, claims in road.posted if topic.kiosk == "back"]
    counters = [claims.counter for topic, claims in road.posted if topic.kiosk == "back"]
    assert sizes == [50, 50, 20]
    assert counters == sorted(set(counters))


def test_a_visit_whose_time_is_not_right_is_told_when_it_is(road, desk):
    event = passed(1, at=NOW - timedelta(days=9000), clock_trusted=False, boot=BOOT, monotonic_s=60.0)
    assert told(road, desk, *store(event)) == {}

    entry = ClockEntry(
        id="01a209b9-3a11-7c55-8f10-bb6b31a3f2c4",
        epoch=str(event.epoch),
        sequence=2,
        at=NOW,
        boot=BOOT,
        started=EARLY,
    )
    clock = wire.event(Sender("front"), entry)

    assert told(road, desk, *store(clock)) == {"back": [event.id], "side": [event.id]}
    assert road.posted[0][1].body.visits[0].at == EARLY + timedelta(seconds=60)


def test_a_door_that_comes_online_hears_what_it_missed_today(road, late):
    came = passed(1, pseudonyms=person(7))
    left = passed(2, pseudonyms=person(7), direction=Direction.OUT, at=EARLY + timedelta(minutes=5))
    own = passed(3, "back")
    old = passed(4, at=NOW - timedelta(days=1))
    store(came, left, own, old, passed(5, "lonely"))

    ((topic, claims),) = comes_online(road, late, "back")

    assert (str(topic), [one.id for one in claims.body.visits]) == ("doors/v1/back/neighbours", [left.id])
    assert road.turn(late) == []


def test_who_goes_offline_or_is_alone_or_unknown_is_told_nothing(road, late):
    store(passed(1), passed(2, "lonely"))
    late.heard(Topic("back", Channel.AVAILABILITY), b"offline", road)

    assert comes_online(road, late, "lonely") == []
    assert comes_online(road, late, "stranger") == []


def test_a_door_that_was_enrolled_a_moment_ago_is_known(road, desk, late):
    before, meanwhile, after = (passed(number, "lonely") for number in (1, 2, 3))
    store(before)
    enrol("second", place="UBND phường Tô Hiệu")

    assert comes_online(road, late, "second") == []
    ((topic, _),) = road.turn(late, passed_s=neighbours.REGISTRY_S)
    told(road, desk, *store(meanwhile))
    road.turn(desk, passed_s=60)
    ((_, again),) = road.turn(late)

    assert topic.kiosk == "second"
    assert [one.id for one in again.body.visits] == [before.id, meanwhile.id]
    assert told(road, desk, after) == {"second": [after.id]}


def test_the_registry_is_not_asked_for_each_that_comes_online_and_has_no_neighbours(road, late, monkeypatch):
    asked = []
    monkeypatch.setattr(neighbours, "_homes", lambda: asked.append(1) or {})
    for _ in range(30):
        comes_online(road, late, "lonely")

    assert len(asked) == 30 / neighbours.REGISTRY_S


def test_when_all_come_online_at_once_they_are_told_some_a_turn(road, wall):
    ticks = itertools.count(0.0, neighbours.CATCH_UP_S / 2)
    late = CatchUpDesk(road.pen, wall, ticks.__next__)
    road.turn(late)
    store(passed(1, "front"), passed(2, "back"))
    for kiosk in ("front", "back", "side"):
        late.heard(Topic(kiosk, Channel.AVAILABILITY), b"online", road)

    assert [topic.kiosk for topic, _ in road.turn(late)] == ["front", "back"]
    assert [topic.kiosk for topic, _ in road.turn(late)] == ["side"]
