"""One run: a house is built, people come, things go wrong, all is let to drain, and the books are compared."""

import random
import shutil
import sqlite3
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from tests.faults import truth
from tests.faults.checks import Figures, check
from tests.faults.crowd import ANSWER_S, Crowd
from tests.faults.databases import Database, PostgresqlDatabase, SqliteDatabase
from tests.faults.house import House
from tests.faults.levers import Chaos, levers, plan

DOORS = 3
GAP_S = 1.0
OPEN_S = 30.0
DRAIN_S = 150.0
"""A bridge that could not reach its broker for long waits up to a minute before it knocks again."""
LOOK_S = 0.2
KINDS = ("sqlite", "postgresql")


@dataclass(frozen=True)
class Outcome:
    """
    What a run found.

    Attributes:
        wrong: Everything that is not as it should be; empty when all is well.
        line: The figures, in one line.
        evidence: The folder that is kept because something is wrong; None when nothing is.
    """

    wrong: list[str]
    line: str
    evidence: Path | None


def run(kind: str, *, seconds: float, seed: int, gap_s: float = GAP_S, doors: int = DOORS) -> Outcome:
    """
    Have faults happen for so long, to a house that stores in a database of this kind.

    Args:
        kind: `sqlite` or `postgresql`.
        seconds: How long things go wrong.
        seed: Of who comes, and of what goes wrong.
        gap_s: Seconds from one fault to the next, on average.
        doors: How many.
    """
    folder = Path(tempfile.mkdtemp(prefix=f"faults-{kind}-"))
    database: Database = SqliteDatabase(folder / "centre") if kind == "sqlite" else PostgresqlDatabase()
    house = House(folder, database, doors)
    crowds = [Crowd(box.door, folder / "cards" / box.name, f"{seed} {box.name}") for box in house.boxes]
    chaos = Chaos()
    try:
        house.start()
        for crowd in crowds:
            crowd.start()
        problems = _until(lambda: all(crowd.confirmed for crowd in crowds), OPEN_S, "the doors never opened")
        faults = plan(levers(house), seconds, gap_s, random.Random(f"{seed} {kind}"))
        chaos.run(faults)
        for line in house.lines:
            line.heal()
        problems += _leave(crowds)
        during = truth.stored(database)
        began_s = time.monotonic()
        problems += _until(lambda: _is_drained(house), DRAIN_S, "never drained")
        drained_s = time.monotonic() - began_s
        house.stop()
        figures = check(house, crowds)
    finally:
        for crowd in crowds:
            crowd.stopped.set()
        house.stop()
        house.close()
    wrong = problems + [f"lever broke: {broken}" for broken in chaos.failed] + figures.wrong
    if not wrong:
        shutil.rmtree(folder)
    lost = sum(line.lost for line in house.lines)
    line = _line(
        kind,
        seed,
        seconds,
        figures=figures,
        injected=chaos.injected,
        during=during,
        drained_s=drained_s,
        lost=lost,
    )
    return Outcome(wrong, line, folder if wrong else None)


def _leave(crowds: list[Crowd]) -> list[str]:
    """Whoever stands at a door gets an answer; nobody more comes."""
    for crowd in crowds:
        crowd.stopped.set()
    for crowd in crowds:
        crowd.join(ANSWER_S)
    return [f"{crowd.name}: still waits for an answer" for crowd in crowds if crowd.is_alive()]


def _is_drained(house: House) -> bool:
    try:
        return all(truth.unstored(box.disk.folder) == 0 for box in house.boxes)
    except sqlite3.Error:
        return False


def _until(true, patience_s: float, complaint: str) -> list[str]:
    pause = threading.Event()
    end_s = time.monotonic() + patience_s
    while not true():
        if time.monotonic() >= end_s:
            return [f"{complaint} in {patience_s:.0f} s"]
        pause.wait(LOOK_S)
    return []


def _line(
    kind: str,
    seed: int,
    seconds: float,
    *,
    figures: Figures,
    injected: Counter[str],
    during: int,
    drained_s: float,
    lost: int,
) -> str:
    told = ", ".join(f"{name} {number}" for name, number in sorted(injected.items()))
    return (
        f"faults, {kind}, seed {seed}, {seconds:.0f} s: {figures.confirmed} confirmed, {figures.stored} stored"
        f" ({during} of them under fire, the rest drained in {drained_s:.1f} s), {figures.unconfirmed} unconfirmed"
        f" at {figures.kills} killed doors, {figures.not_saved} refused as not saved, {figures.opened} persons opened,"
        f" {lost} receipts lost; {injected.total()} faults: {told}; {len(figures.wrong)} wrong"
    )
