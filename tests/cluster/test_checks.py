"""A run that finds nothing is worth as much as what it would have found: each kind of harm, done by hand."""

import random
from dataclasses import replace

import pytest
from click.testing import CliRunner

from tests.cluster.__main__ import cluster
from tests.cluster.checks import Door, Stored, compare
from tests.cluster.plan import Kind, plan, shares
from tests.cluster.watching import Tick, outage

DOORS = {
    name: Door(epoch, 4, 4, tuple(f"{name}-{number}" for number in range(1, 5)))
    for name, epoch in (("a", "e1"), ("b", "e2"))
}
ROWS = [
    Stored(name, door.epoch, number, id_)
    for name, door in DOORS.items()
    for number, id_ in enumerate(door.ids, start=1)
]


def test_nothing_is_found_where_nothing_is_wrong():
    books = compare(DOORS, ROWS)

    assert books.wrong == []
    assert (books.written, books.confirmed, books.stored, books.duplicates, books.lost) == (8, 8, 8, 0, 0)


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        (ROWS[1:], "1 confirmed and not stored: ('a', 1)"),
        ([*ROWS, ROWS[5]._replace(id="new")], "1 places in a journal stored more than once"),
        ([*ROWS, ROWS[5]], "1 ids stored more than once: b-2"),
        ([*ROWS[1:], ROWS[0]._replace(id="new")], "1 visits stored under another id than the door's"),
        ([*ROWS, Stored("a", "e1", 5, "a-5")], "1 visits stored that no door wrote: ('a', 5)"),
        ([*ROWS, Stored("a", "e2", 1, "other")], "1 visits stored that no door wrote"),
        ([*ROWS, Stored("nobody", "e1", 1, "other")], "1 visits stored that no door wrote"),
    ],
)
def test_what_is_stored_otherwise_is_found(rows, found):
    assert any(found in problem for problem in compare(DOORS, rows).wrong)


def test_a_visit_that_is_never_confirmed_is_found():
    waits = DOORS | {"a": replace(DOORS["a"], through=3)}

    assert compare(waits, ROWS).wrong == ["1 doors still wait for receipts: ('a', 1)"]


def test_a_visit_that_was_not_confirmed_and_is_not_stored_is_waited_for_and_not_lost():
    books = compare(DOORS | {"a": replace(DOORS["a"], through=3)}, [row for row in ROWS if row.id != "a-4"])

    assert books.lost == 0
    assert books.wrong == ["1 doors still wait for receipts: ('a', 1)"]


def test_a_visit_that_is_stored_twice_is_counted_as_a_duplicate_and_once_as_stored():
    books = compare(DOORS, [*ROWS, ROWS[0], ROWS[0]])

    assert (books.stored, books.duplicates) == (8, 2)


KINDS = [Kind("a", 1), Kind("b", 3, each=True), Kind("c", 2), Kind("d", 1, once=True)]


def test_a_plan_is_the_same_for_the_same_seed_and_has_every_kind_at_every_target_that_it_needs():
    first, second = (plan(KINDS, random.Random(5)) for _ in range(2))
    steps = [next(first) for _ in range(40)]

    assert steps == [next(second) for _ in range(40)]
    assert {step.kind.name for step in steps if step.lap == 0} == {"a", "b", "c", "d"}
    assert {step.target for step in steps if step.lap == 0 and step.kind.name == "b"} == {0, 1, 2}
    assert sum(step.kind.name == "d" for step in steps) == 1


OWN = {"standby": ["promoted"], "shards": ["front killed"]}


def test_each_fault_has_its_turn_in_one_of_the_runs():
    assert shares(["a", "b", "c"], OWN) == {
        "standby": ["a", "c", "promoted"],
        "shards": ["b", "front killed"],
    }


def test_a_run_in_which_nothing_of_what_is_wanted_can_go_wrong_is_left_out():
    assert shares(["a", "b", "c"], OWN, ["b"]) == {"standby": ["b"]}
    assert shares(["a", "b", "c"], OWN, ["front killed"]) == {"shards": ["front killed"]}


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--only", "nonsense"), "'nonsense' is not one of 'node killed', "),
        (
            ("--only", "shard killed", "--database", "standby"),
            "'shard killed': does not happen with --database standby",
        ),
        (("--only", "node slow", "--clear"), "'node slow': does not happen with --database all --clear"),
    ],
)
def test_a_fault_that_cannot_happen_is_refused_before_anything_is_built(options, said):
    done = CliRunner().invoke(cluster, options)

    assert done.exit_code == 2
    assert said in done.stderr


def ticks(*waiting: int) -> list[Tick]:
    """A second each, ten visits written in it."""
    return [Tick(float(at), 10 * at, 10 * at - left, 0) for at, left in enumerate(waiting)]


def test_an_outage_lasts_until_no_more_wait_than_before():
    assert outage(ticks(1, 2, 1, 11, 21, 31, 4, 2, 1), began_s=2.5, usual=5) == 3.5


def test_what_nobody_noticed_was_no_outage():
    assert outage(ticks(1, 2, 1, 2, 3, 2, 1), began_s=2.5, usual=5) == 0


def test_an_outage_that_has_not_ended_is_none_that_can_be_measured():
    assert outage(ticks(1, 2, 1, 11, 21), began_s=2.5, usual=5) is None
