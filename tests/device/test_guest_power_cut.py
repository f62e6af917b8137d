"""The plug is pulled while people come in: whoever was welcomed is in the journal, whenever that was."""

import json
import random
import subprocess
import threading

import pytest

from tests.device.guest.machine import BOOT_S, MAKING_S, Machine

ROUNDS = 3
FIRST_YEAR = "2000-01-01T00:00:00"
"""What the clock of a box says that has none, until it has asked somebody."""
DATA = "/var/lib/entrance-kiosk"
PYTHON = ("env", "PYTHONPATH=/srv/door", "/opt/door/bin/python")
WELCOMED = '"reason": "welcome"'

pytestmark = [pytest.mark.guest, pytest.mark.timeout(MAKING_S + (ROUNDS + 1) * (BOOT_S + 120))]


def kiosk(*words):
    return (*PYTHON, "-m", "kiosk", *words)


@pytest.fixture(scope="module")
def disk(tmp_path_factory):
    """The card of a box: an ext4, as Raspberry Pi OS has."""
    path = tmp_path_factory.mktemp("disk") / "card.img"
    with path.open("wb") as file:
        file.truncate(64 << 20)
    subprocess.run(["/sbin/mke2fs", "-q", "-t", "ext4", path], check=True)
    return path


def test_no_welcome_is_lost_when_the_plug_is_pulled_again_and_again(guest, disk):
    """After each cut the box starts with what it has, and goes on; no round begins anew."""
    pick = random.Random(7)  # the same moments each time, as far as a machine under emulation keeps time
    welcomed = 0
    numbers = iter(range(912_000_000, 913_000_000))
    for _ in range(ROUNDS):
        with Machine(guest, disk=disk, clock=FIRST_YEAR) as machine:
            if welcomed:
                assert_kept(machine, welcomed)
            assert machine.shell("date +%Y") == "2000"
            door = machine.start(*kiosk("run", "--simulated", "--data", DATA))
            door.until(lambda said: '"state": "waiting"' in said)
            door.say(*(f"key 0{next(numbers)}#" for _ in range(60)))
            for _ in range(3):
                door.until(lambda said: WELCOMED in said)
            threading.Event().wait(pick.uniform(0, 2))
            machine.cut_power()
            welcomed += sum(WELCOMED in said for said in door.last_words())
    with Machine(guest, disk=disk, clock=FIRST_YEAR) as machine:
        assert_kept(machine, welcomed)
    assert welcomed >= 3 * ROUNDS


def assert_kept(machine, welcomed):
    counts = json.loads(machine.run(*kiosk("journal", "--json", "--data", DATA)).splitlines()[-1])
    assert counts["total"] >= welcomed
    assert counts["set_aside"] == 0
    whole = 'import sqlite3, sys; print(sqlite3.connect(sys.argv[1]).execute("pragma integrity_check").fetchone()[0])'
    assert machine.run("python3", "-c", whole, f"{DATA}/journal.sqlite3").strip() == "ok"
