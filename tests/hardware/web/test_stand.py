"""The stand with all its real programs: what each lever leads to, and a new box."""

import http.client
import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from hardware.simulated.demo.people import VISITORS
from kiosk.store.opening import FILE_NAME
from tests.hardware.web import site
from tests.ports import free_port
from tests.programs import BIN, PATIENCE_S, eventually

A_WHILE_S = 600


def demo(*arguments):
    return subprocess.run(
        [BIN / "kiosk", "demo", *arguments], capture_output=True, text=True, check=False, timeout=150
    )


def programs_of(folder):
    """All that runs with this folder on its command line."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            command = (process / "cmdline").read_bytes()
        except OSError:
            continue
        if str(folder).encode() in command:
            found.append(command.replace(b"\0", b" ").decode())
    return found


class Page(site.Page):
    """A page, and what somebody does there."""

    _pressed_s = 0.0

    @property
    def view(self):
        return self.facts.get("view") or {}

    def pull(self, lever, *, on):
        """Pull a lever, and wait until it stands so."""
        self.ask("lever", lever=lever, on=on)
        self.until(lambda: self.facts["levers"][lever] is on)

    def presses(self, key):
        """Press a key, but not again at once: right after an answer the door is deaf for a while."""
        if time.monotonic() > self._pressed_s + 0.5:
            self._pressed_s = time.monotonic()
            self.ask("key", key=key)

    def until(self, true):
        try:
            eventually(true)
        except AssertionError:
            seen = {name: self.facts.get(name) for name in ("view", "levers", "box", "counts")}
            raise AssertionError(f"did not come to pass: {seen}, {self.happened[-5:]}") from None

    def until_view(self, **wanted):
        """Wait for a view in which all this is so."""
        self.until(lambda: all(self.view.get(key) == value for key, value in wanted.items()))


@pytest.fixture(scope="module")
def stand(tmp_path_factory):
    """A virtual door, begun as a newcomer does. Its stand is killed at the end, and the rest is found."""
    folder, port = tmp_path_factory.mktemp("virtual"), free_port()
    done = demo("--web", "--folder", folder, "--port", str(port))
    assert done.returncode == 0, done.stdout + done.stderr + (folder / "stand.log").read_text()
    yield folder, port, done.stdout
    os.kill(json.loads((folder / "running.json").read_text())["stand"][0], signal.SIGKILL)
    said = demo("--stop", "--folder", folder).stdout
    assert re.fullmatch(r"stopped [345] programs\n", said), said
    assert programs_of(folder) == []


@pytest.fixture
def page(stand):
    """A page before a door at which all is well and nobody stands."""
    made = Page(stand[1])
    made.until(lambda: {"view", "levers", "tray", "counts", "centre", "box"} <= made.facts.keys())
    made.until_view(state="waiting", signs=[])
    yield made
    made.close()


def welcome(page, visitor, *signs):
    """Somebody comes in, or goes home, and the door is free again."""
    page.ask("show", visitor=visitor)
    page.until(lambda: page.view.get("reason") in {"welcome", "goodbye"})
    page.until_view(state="waiting", signs=list(signs))


def last_visits(folder, most):
    """How many seconds ago the journal says that the latest visits were."""
    with closing(sqlite3.connect(folder / "box" / FILE_NAME)) as db:
        asked = "SELECT at FROM entries WHERE kind = 'visit' ORDER BY sequence DESC LIMIT ?"
        found = [datetime.fromisoformat(at) for (at,) in db.execute(asked, [most])]
    return [(datetime.now(UTC) - at).total_seconds() for at in found]


def test_it_is_said_where_the_page_is_who_the_manager_is_and_how_to_stop(stand):
    folder, port, said = stand

    assert f"http://127.0.0.1:{port}/" in said
    assert re.search(r"http://127\.0\.0\.1:\d+/ +user quanly password \S{12}", said)
    assert f"kiosk demo --stop --folder {folder}" in said
    assert re.search(rf"ssh -N -L {port}:127\.0\.0\.1:{port} -L \d+:", said)


def test_a_browser_is_the_manager_at_the_centre_and_may_frame_it(stand, page):
    line = http.client.HTTPConnection("127.0.0.1", stand[1], timeout=PATIENCE_S)
    line.request("GET", "/")
    cookies = [told.partition(";")[0] for told in line.getresponse().headers.get_all("Set-Cookie")]
    line.close()

    told = page.facts["centre"]
    line = http.client.HTTPConnection("127.0.0.1", told["port"], timeout=PATIENCE_S)
    line.request("GET", told["path"], headers={"Cookie": "; ".join(cookies)})
    answer = line.getresponse()

    assert answer.status == 200
    assert "UBND phường Chiềng An" in answer.read().decode()
    assert f"http://127.0.0.1:{stand[1]}" in answer.headers["Content-Security-Policy"]
    line.close()


def test_visits_of_a_box_whose_clock_was_wrong_get_their_right_time_once_it_is_set(stand, page):
    door = page.view["door"]
    page.pull("clock", on=False)
    page.until(lambda: page.view.get("door", 0) > door)
    page.until(lambda: "clock_untrusted" in page.view.get("signs", ()))
    welcome(page, "nguyen", "clock_untrusted")

    page.pull("clock", on=True)
    page.until_view(state="waiting", signs=[])
    welcome(page, "hoang")
    page.until(lambda: all(abs(ago_s) < A_WHILE_S for ago_s in last_visits(stand[0], 2)))


def test_a_clock_that_is_set_while_the_box_opens_is_right(stand, page):
    page.pull("clock", on=False)
    page.pull("clock", on=True)
    page.until_view(state="waiting", signs=[])

    welcome(page, "tran")

    assert abs(last_visits(stand[0], 1)[0]) < A_WHILE_S


def test_a_cable_that_is_pulled_while_the_box_opens_is_missed(page):
    page.pull("power", on=False)
    page.pull("power", on=True)
    page.pull("camera", on=False)
    page.until(lambda: "camera_lost" in page.view.get("signs", ()))

    page.pull("camera", on=True)
    page.until_view(state="waiting", signs=[])


def test_a_box_without_power_is_dark_and_wakes_as_it_was_wired(page):
    page.pull("power", on=False)
    page.until(lambda: page.facts["view"] is None)
    assert page.facts["door"]["is_open"] is False
    page.pull("camera", on=False)
    page.pull("power", on=False)

    page.pull("power", on=True)
    page.until(lambda: "camera_lost" in page.view.get("signs", ()))
    page.pull("camera", on=True)
    page.until_view(state="waiting", signs=[])


def test_a_new_box_that_is_put_back_into_service_needs_no_code(page):
    page.ask("in_service")  # it is: nothing happens
    page.ask("new_box")
    page.until_view(state="setting_up")

    page.ask("in_service")
    page.until(lambda: page.facts["box"]["stage"] == "in_service")
    page.until_view(state="waiting", signs=[])
    assert "setup" not in [thing["id"] for thing in page.facts["tray"]]


def test_a_technician_who_opens_a_box_in_service_finds_a_code_until_it_closes(page):
    page.ask("show", visitor="technician")
    page.until_view(state="setting_up")
    page.until(lambda: "setup" in [thing["id"] for thing in page.facts["tray"]])

    page.ask("key", key="*")
    page.until_view(state="waiting", signs=[])
    page.until(lambda: "setup" not in [thing["id"] for thing in page.facts["tray"]])


def test_who_begins_it_a_second_time_is_told_where_it_is(stand):
    done = demo("--web", "--folder", stand[0])

    assert done.returncode == 0
    assert "open already" in done.stdout
    assert f"http://127.0.0.1:{stand[1]}/" in done.stdout


def test_no_log_of_the_virtual_door_tells_of_anybody(stand, page):
    welcome(page, "lo")
    said = "".join(log.read_text() for log in stand[0].glob("*.log"))

    personal = [
        part for visitor in VISITORS for part in (*visitor.code.split("|")[:3], visitor.number) if part
    ]
    assert not [one for one in personal if one in said]
    assert page.facts["centre"]["password"] not in said


def test_a_stand_that_is_told_to_end_while_it_opens_takes_all_with_it(tmp_path):
    command = [
        sys.executable,
        "-m",
        "hardware.simulated.web",
        "--folder",
        tmp_path,
        "--port",
        str(free_port()),
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, stderr=subprocess.DEVNULL) as opening:
        eventually((tmp_path / "broker.log").exists)
        opening.send_signal(signal.SIGTERM)
        assert opening.wait(PATIENCE_S) == 0

    eventually(lambda: programs_of(tmp_path) == [])


def test_a_port_that_is_taken_is_said_in_a_line_and_nothing_is_left(stand, tmp_path):
    done = demo("--web", "--folder", tmp_path / "demo", "--port", str(stand[1]))

    assert done.returncode == 2
    assert re.fullmatch(rf"kiosk: port {stand[1]}: .*; name another with --port\n", done.stderr)
    assert programs_of(tmp_path) == []


def test_a_folder_of_something_else_is_left_alone(tmp_path):
    (tmp_path / "letter.txt").write_text("dear")

    done = demo("--web", "--folder", tmp_path)

    assert done.returncode == 2
    assert "holds something else" in done.stderr
    assert (tmp_path / "letter.txt").exists()
