"""What doors write follows from seed and start, and from nothing else."""

from datetime import UTC, datetime
from itertools import pairwise
from statistics import fmean

import pytest

from kiosk.entries import SealedPerson
from mqtt_bridge.fleet.journal import Journal
from mqtt_bridge.fleet.script import WEEK_MS, Script

STARTED_MS = int(datetime(2026, 11, 23, 1, 5, tzinfo=UTC).timestamp() * 1000)
SCRIPT = Script(seed=7, started_ms=STARTED_MS, doors=20, rate=10.0, backlog=3)


def writings(script, door, visits):
    journal = Journal(script, door)
    for _ in range(visits):
        journal.write()
    times = [journal.at_ms(sequence, STARTED_MS + 5000) for sequence in range(1, journal.written + 1)]
    return [script.id(door, sequence, at) for sequence, at in enumerate(times, 1)], times


def test_a_ledger_knows_the_ids_of_all_that_a_door_wrote():
    ids, _ = writings(SCRIPT, 4, 50)

    assert list(SCRIPT.ids(4, 53, STARTED_MS + 5000, {})) == ids


def test_a_ledger_knows_the_ids_of_those_who_came_with_a_storm_too():
    journal = Journal(SCRIPT, 1)
    journal.write()
    journal.write_in_storm(77.5)
    journal.write()
    times = [journal.at_ms(sequence, STARTED_MS) for sequence in range(1, 7)]
    ids = [SCRIPT.id(1, sequence, at) for sequence, at in enumerate(times, 1)]

    assert times[4] == STARTED_MS + 77_500
    assert list(SCRIPT.ids(1, 6, STARTED_MS, journal.storms)) == ids


def test_ids_tell_the_time_of_the_visit_and_no_two_are_alike():
    ids = []
    for door in range(1, 21):
        made, times = writings(SCRIPT, door, 40)
        assert [id_.int >> 80 for id_ in made] == times
        assert {(id_.version, id_.variant) for id_ in made} == {(7, "specified in RFC 4122")}
        ids += made

    assert len(set(ids)) == 20 * 43


def test_a_backlog_is_spread_over_the_week_before_the_start():
    script = Script(seed=1, started_ms=STARTED_MS, doors=1, rate=0, backlog=700)

    waited = [script.waited_ms(1, sequence) for sequence in range(1, 701)]

    assert all(later < earlier for earlier, later in pairwise(waited))
    assert 0 < waited[-1] < waited[0] <= WEEK_MS
    assert fmean(waited) == pytest.approx(WEEK_MS / 2, rel=0.02)


def test_all_doors_together_have_as_many_visitors_as_was_said():
    """Twenty doors, ten a second: each has one in two seconds on average."""
    pauses = [SCRIPT.pause_s(door, sequence) for door in range(1, 21) for sequence in range(1, 200)]

    assert fmean(pauses) == pytest.approx(2, rel=0.1)


def test_the_same_seed_plays_the_same_in_another_run_under_other_ids():
    again = Script(seed=7, started_ms=STARTED_MS + 60_000, doors=20, rate=10.0, backlog=3)

    assert [again.pause_s(3, number) for number in range(9)] == [
        SCRIPT.pause_s(3, number) for number in range(9)
    ]
    assert again.epoch(3) != SCRIPT.epoch(3)
    assert again.id(3, 1, STARTED_MS) != SCRIPT.id(3, 1, STARTED_MS)


def test_another_seed_plays_other_visits():
    other = Script(seed=8, started_ms=STARTED_MS, doors=20, rate=10.0, backlog=3)

    assert other.pause_s(3, 1) != SCRIPT.pause_s(3, 1)
    assert other.epoch(3) != SCRIPT.epoch(3)


def test_who_comes_in_goes_again():
    def entry(sequence):
        person = SealedPerson("fleet", b"x")
        return SCRIPT.entry(1, sequence, STARTED_MS, epoch="", boot="", person=person)

    first, second, third = entry(1), entry(2), entry(3)

    assert (first.direction, second.direction, third.direction) == ("in", "out", "in")
    assert first.pseudonyms == second.pseudonyms != third.pseudonyms


def test_a_journal_forgets_what_is_settled_and_tells_when_that_was():
    journal = Journal(SCRIPT, 1)
    times = []
    for _ in range(4):
        times.append(journal.next_s)
        journal.write()

    assert list(journal.settle(5)) == times[:2]
    assert list(journal.settle(4)) == []
    assert journal.at_ms(6, 0) == int(times[2] * 1000)
    assert list(journal.settle(99)) == times[2:]
    assert (journal.settled, journal.written) == (7, 7)
