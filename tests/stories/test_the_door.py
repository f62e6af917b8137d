"""The door alone, driven by lines as a script would."""

import contextlib
import json
import os
import subprocess

import pytest

from tests import people
from tests.programs import BIN

SUDO = [] if os.geteuid() == 0 else ["sudo", "-n"]


def door(data, lines, *arguments):
    done = subprocess.run(
        [BIN / "kiosk", "run", "--simulated", "--data", data, *arguments],
        input="\n".join(lines) + "\n",
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    return done, [json.loads(line) for line in done.stdout.splitlines()]


def test_a_door_without_a_road_serves_all_the_same(tmp_path, house):
    card = house.card(people.CCCD)

    done, lines = door(tmp_path / "data", [f"show {card}", "wait 0.2", "quit"])

    assert done.returncode == 0, done.stderr
    assert [line["reason"] for line in lines if line["cue"]] == ["welcome"]


def test_the_end_of_input_closes_the_door(tmp_path):
    done, lines = door(tmp_path / "data", ["wait 0.1"])

    assert (done.returncode, lines[0]["state"]) == (0, "waiting")


def test_keys_pressed_just_before_the_end_still_count(tmp_path):
    _, lines = door(tmp_path / "data", ["key 0912345678#", "quit"])

    assert lines[-1]["reason"] == "welcome"


def test_each_screen_is_kept_as_a_picture(tmp_path):
    screens = tmp_path / "screens"

    _, lines = door(tmp_path / "data", ["key 09", "wait 0.1", "quit"], "--screens", screens)

    assert sorted(line["screen"] for line in lines) == sorted(file.name for file in screens.iterdir())


def test_a_lost_camera_is_a_sign_and_the_keypad_still_serves(tmp_path):
    script = ["camera lost", "wait 0.5", "key 0912345678#", "wait 0.2", "camera found", "wait 1.5", "quit"]

    _, lines = door(tmp_path / "data", script)

    assert any("camera_lost" in line["signs"] and line["reason"] == "welcome" for line in lines)
    assert "camera_lost" not in lines[-1]["signs"]


def test_without_camera_and_keypad_the_door_is_out_of_order(tmp_path):
    _, lines = door(tmp_path / "data", ["camera lost", "keypad lost", "wait 1", "quit"])

    assert lines[-1]["state"] == "out_of_order"


@pytest.fixture
def small_disk(tmp_path):
    """A disk of one megabyte."""
    folder = tmp_path / "small"
    folder.mkdir()
    subprocess.run([*SUDO, "mount", "-t", "tmpfs", "-o", "size=1m,mode=777", "tmpfs", folder], check=True)
    yield folder
    subprocess.run([*SUDO, "umount", "-l", folder], check=True)


def test_a_full_disk_is_said_aloud_until_a_key_is_pressed_and_the_next_visit_is_saved_when_there_is_room(
    small_disk, house
):
    running = house.open_door("--data", small_disk)
    filler = small_disk / "filler"
    with contextlib.suppress(OSError), filler.open("wb", buffering=0) as file:
        while True:
            file.write(bytes(4096))
    running.say(f"show {house.card(people.CCCD)}")
    failed = running.next(state="showing")
    assert (failed["reason"], failed["cue"], failed["lamp"]) == ("not_saved", "alarm", "red blinking")

    filler.unlink()
    running.say("wait 2.1", "key #", f"show {house.card(people.CAN_CUOC)}")

    assert running.next(cue="welcome")["reason"] == "welcome"


@pytest.mark.parametrize(
    ("lines", "complaint"),
    [
        (["show /none.png"], "/none.png"),
        (["shwo x.png"], "did you mean `show`?"),
        (["key x"], "key"),
        (["wait long"], "wait"),
        (["camera broken"], "camera"),
    ],
)
def test_a_line_that_cannot_be_played_is_told_and_the_rest_goes_on(tmp_path, lines, complaint):
    done, shown = door(tmp_path / "data", [*lines, "key 5", "wait 0.1", "quit"])

    assert done.returncode == 2
    assert complaint in done.stderr
    assert any(line["state"] == "typing" for line in shown)
