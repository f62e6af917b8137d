"""
A box out of its carton, put into service by a code held to its camera: real programs, real TLS, a real broker.

The services start door and bridge again when they end; here the test does.
"""

import http.cookiejar
import json
import re
import sqlite3
import subprocess
import urllib.parse
import urllib.request
from contextlib import ExitStack, closing
from datetime import UTC, datetime, timedelta

import pygame
import pytest

from collector.broker.authority import Authority
from hardware.simulated.codes import write_code
from kiosk.credentials import FOLDER
from kiosk.setup_codes import SetupCode, sign
from kiosk.store.handover import Handover
from kiosk.store.opening import FILE_NAME
from tests import people, traces
from tests.kiosk import admissions
from tests.kiosk.setup_codes import OTHER_KEY
from tests.mqtt_bridge.enrolment_centre import EnrolmentCentre
from tests.ports import free_port
from tests.programs import BIN, PATIENCE_S, Door, Program, eventually

PLACE, DOOR = "UBND phường Chiềng An", "Cửa sau"
PASSWORD = "hoa ban trắng 2026"
WIFI_PASSWORD = "hoa-ban-2026"
ITS_OWN = ("--set=kiosk.sets_up=true", "--set=door.same_code_s=1")
MOSQUITTO = "/usr/sbin/mosquitto"


class Centre:
    """Broker and centre as a province runs them, and a technician before its page."""

    def __init__(self, folder):
        self.folder, self.data = folder, folder / "centre"
        self._programs = ExitStack()
        self.broker_port, self.port, self.web_port = free_port(), free_port(), free_port()
        host = ("--host", "localhost", "--listen", "127.0.0.1", "--port", str(self.broker_port))
        self.run("place", "set", PLACE, "--new", "languages=en")
        self.run("broker", *host, "--user", "root")
        self.run("user", "add", "thợ", "--role", "technician", "--password-stdin", told=f"{PASSWORD}\n")
        self.begin(MOSQUITTO, "-c", self.data / "broker" / "mosquitto.conf")
        self.centre = self.begin(
            *(BIN / "collector", "serve", "--data", self.data, "--mqtt-tls", "--no-second-factor"),
            *("--mqtt-port", str(self.broker_port), "--web-port", str(self.web_port)),
            *("--enrolment", f"127.0.0.1:{self.port}"),
        )
        assert "ready" in self.centre.lines.get(timeout=PATIENCE_S)
        cookies = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self._browser = urllib.request.build_opener(cookies)
        self.post("/doors/new", username="thợ", password=PASSWORD, next="/doors/new")

    def begin(self, *command):
        program = Program(*command)
        self._programs.callback(program.stop)
        return program

    def run(self, *arguments, told=None):
        done = subprocess.run(
            [BIN / "collector", *arguments, "--data", self.data],
            input=told,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def post(self, path, **form):
        """Fill in a form of a page, and send it; the page that comes."""
        with self._browser.open(f"http://127.0.0.1:{self.web_port}{path}") as page:
            where, shown = page.geturl(), page.read().decode()
        form["csrfmiddlewaretoken"] = re.search(r'csrfmiddlewaretoken" value="([^"]+)"', shown)[1]
        sent = urllib.request.Request(where, urllib.parse.urlencode(form).encode())
        with self._browser.open(sent) as answer:
            return answer.read().decode()

    def place(self):
        with closing(sqlite3.connect(self.data / "collector.sqlite3")) as db:
            return db.execute("SELECT id FROM collector_place WHERE name = ?", [PLACE]).fetchone()[0]

    def code(self, kiosk="front", **form):
        """A picture of the code that the centre's page shows for a new box."""
        page = self.post("/doors/new", place=self.place(), door=DOOR, kiosk=kiosk, minutes=60, **form)
        return self._picture(page)

    def code_again(self, kiosk="front"):
        """The same for a box that is known."""
        return self._picture(self.post(f"/doors/{kiosk}/code", minutes=60))

    def visits(self):
        with closing(sqlite3.connect(self.data / "collector.sqlite3")) as db:
            return db.execute("SELECT kiosk, place_id FROM collector_visit").fetchall()

    def close(self):
        self._programs.close()

    def _picture(self, page):
        drawn = re.search(r"<svg.*?</svg>", page, re.DOTALL)[0]
        file = self.folder / "code.svg"
        file.write_text(drawn)
        picture = pygame.Surface((760, 760))
        picture.fill("white")
        picture.blit(pygame.image.load_sized_svg(str(file), (760, 760)), (0, 0))
        pygame.image.save(picture, str(file.with_suffix(".png")))
        return file.with_suffix(".png")


class Box:
    """A box: its door, with a simulated camera, and its bridge."""

    def __init__(self, folder, *settings):
        self.folder, self.data = folder, folder / "box"
        self._settings = settings
        self.handover = Handover(self.data)
        self._programs = ExitStack()
        self.bridge = self._keep(
            Program(BIN / "mqtt-bridge", "--debug", "run", "--data", self.data, "--set=clock.flag=", *ITS_OWN)
        )
        self.door = self._keep(Door(self.data, *ITS_OWN, debug=True))

    def show(self, picture):
        self.door.say(f"show {picture}")

    def card(self, text):
        file = self.folder / f"{abs(hash(text))}.png"
        write_code(text, file)
        return file

    def refuses(self, picture, hitch):
        """Hold a code up, and see why it is not taken."""
        self.show(picture)
        self.door.next(cue="on_duty", state="setting_up")
        self.door.next(lamp="amber breathing")
        eventually(lambda: self.hitch == hitch)

    @property
    def hitch(self):
        return next((stage.hitch for stage in self.handover.told() if stage.hitch), None)

    def begin_anew(self):
        """What the service manager does once both have ended by themselves."""
        for program in (self.bridge, self.door):
            assert program.process.wait(PATIENCE_S) == 0, program.errors[-20:]
            program.stop()
            program.start()

    def waiting(self):
        with closing(sqlite3.connect(self.data / FILE_NAME)) as db:
            return db.execute("SELECT count(*) FROM entries WHERE state != 'stored'").fetchone()[0]

    def close(self):
        self._programs.close()

    def log(self):
        return "\n".join([*self.door.errors, *self.bridge.errors])

    def _keep(self, program):
        self._programs.callback(program.stop)
        return program


@pytest.fixture(scope="module")
def centre(tmp_path_factory):
    made = Centre(tmp_path_factory.mktemp("house"))
    yield made
    made.close()


@pytest.fixture
def box(tmp_path):
    made = Box(tmp_path)
    made.door.next(state="setting_up")
    yield made
    made.close()


def test_a_new_box_is_put_into_service_by_a_code_held_to_its_camera(centre, box):
    # Whoever comes before is served, and waits in the journal: there is no broker yet to be told.
    box.show(box.card(people.CAN_CUOC))
    box.door.next(cue="welcome")
    box.door.next(state="setting_up")

    picture = centre.code("front")
    box.show(picture)
    box.door.next(cue="on_duty", state="setting_up")
    box.begin_anew()

    # The centre's configuration is on the screen: a door that speaks English first.
    box.door.next(state="waiting", signs=[], language="en")
    box.show(box.card(people.CCCD))
    box.door.next(cue="welcome")
    eventually(lambda: box.waiting() == 0)
    assert centre.visits() == [("front", centre.place())] * 2

    settings = subprocess.run(
        [BIN / "kiosk", "settings", "--data", box.data], capture_output=True, text=True, check=True
    )
    known = json.loads(settings.stdout)
    assert (known["kiosk"]["name"], known["door"]["name"]) == ("front", DOOR)
    assert (known["mqtt"]["host"], known["mqtt"]["tls"]) == ("localhost", True)

    # The code is used up, and a box in service takes no other: it is answered like any that is not for here.
    box.show(picture)
    assert box.door.next(state="showing", reason="setup_code")

    # Until a technician opens it; then its centre's next code makes it anew.
    badge = box.folder / "badge.png"
    centre.run("technician", "badge", "thợ", "--file", badge)
    box.show(badge)
    box.door.next(state="setting_up", cue="on_duty")
    box.show(centre.code_again("front"))
    box.begin_anew()
    box.door.next(state="waiting", signs=[])


def test_a_new_box_refuses_what_is_no_good_and_takes_the_next_code(centre, box, tmp_path):
    used = centre.code("side")
    first = Box(tmp_path / "first")
    try:
        first.door.next(state="setting_up")
        first.show(used)
        first.begin_anew()
    finally:
        first.close()

    box.refuses(used, "used")
    withdrawn = centre.code("late").rename(tmp_path / "withdrawn.png")
    centre.code_again("late")
    box.refuses(withdrawn, "withdrawn")

    # Of somebody who knows where the centre is and who it is, but has not its key.
    expires = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=1)
    authority = Authority(centre.data).fingerprint()
    code = SetupCode(f"https://127.0.0.1:{centre.port}", authority, "invented-token-of-22-l", expires)
    box.refuses(box.card(sign(code, OTHER_KEY)), "forged")

    # Of somebody in the centre's place, who shows its authority and has no certificate of it.
    shown, its_own = admissions.Authority("the centre"), admissions.Authority("a stranger")
    stranger = EnrolmentCentre(tmp_path, shown, by=its_own)
    try:
        box.refuses(box.card(stranger.text()), "stranger")
        assert stranger.asked == []
    finally:
        stranger.close()

    assert not (box.data / FOLDER).exists()

    # It has no radio, but a cable, which does as well.
    box.show(centre.code("wireless", ssid="Trạm nước", psk=WIFI_PASSWORD))
    box.begin_anew()
    box.door.next(state="waiting", signs=[])
    secret = {WIFI_PASSWORD.encode()}
    assert not traces.found(secret, "\n".join([box.log(), *centre.centre.errors]).encode())
    assert not any(traces.found(secret, raw) for _, raw in traces.files(box.data, centre.data))


def test_a_box_without_a_network_is_enrolled_by_a_file(centre, box):
    file = box.folder / "box.enrol"
    centre.run("enrol", "back", "--place", PLACE, "--door", DOOR, "--file", file)
    subprocess.run(
        [BIN / "kiosk", "enrol", "--file", file, "--data", box.data], check=True, capture_output=True
    )
    box.begin_anew()

    box.door.next(state="waiting", signs=[], language="en")
