"""The demo as a newcomer runs it, and the page that it ends with."""

import re
import subprocess
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageChops, ImageSequence

from hardware.simulated.demo.people import VISITORS
from tests.programs import BIN
from tests.stories import browsing

PICTURE = Path(__file__).parents[2] / "docs" / "pictures" / "morning.webp"
TIMES_SHARE = 0.01
"""No more of a screen than this are the digits of its times and counts."""


def demo(*arguments):
    return subprocess.run(
        [BIN / "kiosk", "demo", *arguments], capture_output=True, text=True, check=False, timeout=300
    )


@pytest.fixture(scope="module")
def recording(tmp_path_factory):
    """Where a morning was recorded before, and somebody keeps something else."""
    folder = tmp_path_factory.mktemp("recording")
    for name in ("999-waiting.png", "morning.webp", "notes.txt"):
        (folder / name).touch()
    return folder


@pytest.fixture(scope="module")
def morning(tmp_path_factory, recording):
    """A morning after one that was killed, and of which nothing is left; it is stopped at the end."""
    folder = tmp_path_factory.mktemp("demo")
    command = [BIN / "kiosk", "demo", "--folder", folder]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as first:
        assert any("The bridge, and the door" in line for line in first.stdout)
        first.kill()
    yield folder, demo("--folder", folder, "--record", recording)
    assert demo("--folder", folder, "--stop").stdout == "stopped 2 programs\n"
    assert demo("--folder", folder, "--stop").stdout == "nothing was running\n"


def page_after_login(said):
    """The page, seen by the user whom the demo made."""
    address, user, password = re.search(r"page +(\S+) +user (\S+) +password (\S+)", said).groups()
    return browsing.page(address, user, password)


def pictures(file):
    """Each picture of a moving one, and how long it stands, in milliseconds."""
    with Image.open(file) as moving:
        return [(one.convert("RGB"), one.info["duration"]) for one in ImageSequence.Iterator(moving)]


def test_the_morning_ends_well_with_page_screens_and_how_to_stop(morning):
    folder, done = morning

    assert done.returncode == 0, done.stdout + done.stderr
    assert "10 visits, all of them at the centre" in done.stdout
    assert f"pictures in {folder / 'screens'}" in done.stdout
    assert "to stop" in done.stdout


def test_the_page_lists_the_mornings_visits(morning):
    page = page_after_login(morning[1].stdout)

    for visitor in VISITORS:
        if visitor.code:
            assert page.count(visitor.code.split("|")[0]) == 2, "came and went"


def test_the_page_tells_place_and_door(morning):
    page = page_after_login(morning[1].stdout)

    assert page.count('class="door"><bdi>Cửa chính</bdi>') == 10
    assert "<strong><bdi>Ủy ban nhân dân" in page


def test_each_kind_of_screen_was_kept(morning):
    kept = {file.stem[4:] for file in (morning[0] / "screens").iterdir()}

    assert kept >= {"waiting", "typing", "welcome", "goodbye", "payment_code"}


def test_a_recording_takes_the_place_of_the_one_before_and_of_nothing_else(morning, recording):
    kept = {file.name for file in (morning[0] / "screens").iterdir()}

    assert {file.name for file in recording.iterdir()} == kept | {"morning.webp", "notes.txt"}


def test_the_readme_opens_with_the_screens_of_today(morning, recording):
    shown, today = pictures(PICTURE), pictures(recording / "morning.webp")

    assert [stands_ms for _, stands_ms in shown] == [stands_ms for _, stands_ms in today]
    for (before, _), (now, _) in zip(shown, today, strict=True):
        changed = np.asarray(ImageChops.difference(before, now)).any(axis=2)
        assert changed.mean() < TIMES_SHARE, "record it anew, as docs/virtual-door.md says"


@pytest.mark.parametrize("other", ["--web", "--stop"])
def test_only_a_morning_is_recorded(other, tmp_path):
    done = demo("--folder", tmp_path / "demo", "--record", tmp_path / "recording", other)

    assert done.returncode == 2
    assert "--record: only for the morning" in done.stderr


def test_no_recording_goes_where_the_next_demo_would_delete_it(tmp_path):
    done = demo("--folder", tmp_path, "--record", tmp_path / "recording")

    assert done.returncode == 2
    assert "choose a folder outside" in done.stderr


def test_no_log_of_the_morning_tells_of_anybody(morning):
    said = "".join(log.read_text() for log in morning[0].glob("*.log"))

    assert not any(personal in said for personal in ("Thử", "014150000001", "982000084"))
