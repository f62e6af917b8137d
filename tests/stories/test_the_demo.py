"""The demo as a newcomer runs it, and the page that it ends with."""

import re
import subprocess

import pytest

from hardware.simulated.demo.people import VISITORS
from tests.programs import BIN
from tests.stories import browsing


def demo(*arguments):
    return subprocess.run(
        [BIN / "kiosk", "demo", *arguments], capture_output=True, text=True, check=False, timeout=150
    )


@pytest.fixture(scope="module")
def morning(tmp_path_factory):
    """A morning that was played twice, and is stopped at the end: the first leaves nothing behind."""
    folder = tmp_path_factory.mktemp("demo")
    demo("--folder", folder)
    yield folder, demo("--folder", folder)
    assert demo("--folder", folder, "--stop").stdout == "stopped 2 programs\n"
    assert demo("--folder", folder, "--stop").stdout == "nothing was running\n"


def page_after_login(said):
    """The page, seen by the user whom the demo made."""
    address, user, password = re.search(r"page +(\S+) +user (\S+) +password (\S+)", said).groups()
    return browsing.page(address, user, password)


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


def test_no_log_of_the_morning_tells_of_anybody(morning):
    said = "".join(log.read_text() for log in morning[0].glob("*.log"))

    assert not any(personal in said for personal in ("Thử", "014150000001", "982000084"))
