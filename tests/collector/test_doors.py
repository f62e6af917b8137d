"""The list of doors as people read it; and days that end at the midnight of each door's place."""

import datetime as dt
import subprocess
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from collector import counting, days, intakes, listening, tending
from collector.broker.authority import Authority
from collector.broker.settings import Settings
from collector.broker.shelf import Shelf
from collector.doors import DoorNow, Presence
from collector.enrolment import enrol
from collector.errors import KeyUnusable
from collector.ingest.receiving import Received
from collector.ingest.storing import Store
from collector.models import Place
from tests.collector import managers
from tests.collector.conftest import run, visit

NOW = dt.datetime(2026, 11, 24, 1, 5, tzinfo=dt.UTC)
VIETNAM, PARIS = ZoneInfo("Asia/Ho_Chi_Minh"), ZoneInfo("Europe/Paris")
WELL = {
    "queue": {"waiting": 7, "sent": 0, "stored": 3, "aside": 1},
    "clock": {"trusted": True, "time": "2026-11-24T01:05:00Z"},
    "door": {"running": True, "state": "serving", "camera": True, "keypad": True},
    "config": 3,
}


def line(presence=Presence.ONLINE, seen_at=NOW, at="Cửa chính", sent=3, **health):
    found = DoorNow("kiosk-1", "UBND phường Thử", at, presence, seen_at, health, sent)
    return "  ".join(tending._line(found))


@pytest.mark.parametrize(
    ("found", "told"),
    [
        (
            line(**WELL),
            "kiosk-1  UBND phường Thử  Cửa chính  online  2026-11-24 08:05:00  7  1  yes  works  set  3",
        ),
        (
            line(Presence.NEVER_SEEN, None, "", 0),
            "kiosk-1  UBND phường Thử  —  never seen  —  —  —  —  —  —  —",
        ),
        (
            line(
                Presence.SILENT,
                **{**WELL, "door": {"running": True, "state": "out_of_order", "camera": False}},
            ),
            "kiosk-1  UBND phường Thử  Cửa chính  silent  2026-11-24 08:05:00  7  1  no  lost  set  3",
        ),
        (
            line(
                **{
                    **WELL,
                    "door": {"running": False, "state": None, "camera": None},
                    "clock": {"trusted": False},
                }
            ),
            "kiosk-1  UBND phường Thử  Cửa chính  online  2026-11-24 08:05:00  7  1  no  —  not set  3",
        ),
        # What an older or a newer centre has kept.
        (
            line(queue=7, door=[], clock=None, config="x", sent=0),
            "kiosk-1  UBND phường Thử  Cửa chính  online  2026-11-24 08:05:00  —  —  —  —  —  —",
        ),
        (
            line(sent=4, **WELL),
            "kiosk-1  UBND phường Thử  Cửa chính  online  2026-11-24 08:05:00  7  1  yes  works  set  3, not 4",
        ),
    ],
)
def test_a_door_is_told_in_a_line(found, told):
    assert found == told


def test_for_machines_all_that_a_box_has_said_is_told():
    found = DoorNow("kiosk-1", "UBND phường Thử", "", Presence.ONLINE, NOW, WELL, 4)

    assert tending._facts(found) == {
        "kiosk": "kiosk-1",
        "place": "UBND phường Thử",
        "door": "",
        "presence": "online",
        "seen_at": "2026-11-24T01:05:00+00:00",
        "config": 4,
        "health": WELL,
    }


def test_a_broker_on_another_machine_is_refused_without_tls(tmp_path):
    done = run("serve", "--mqtt-host", "broker.example.org", "--data", str(tmp_path))

    assert done.returncode == 2
    assert "--mqtt-host broker.example.org: a broker on another machine needs --mqtt-tls." in done.stderr


@pytest.mark.parametrize(
    ("host", "port", "tls", "found"),
    [
        ("127.0.0.1", None, False, 1883),
        ("::1", None, True, 8883),
        ("localhost", 1234, False, 1234),
        ("broker.example.org", None, True, 8883),
        ("broker.example.org", 1883, True, 1883),
    ],
)
def test_the_port_of_the_broker(host, port, tls, found):
    assert listening.broker_port(host, port, tls=tls) == found


def test_tls_without_certificates_says_what_makes_them(tmp_path):
    with pytest.raises(KeyUnusable, match=r"ca\.crt cannot be read; run `collector broker`"):
        intakes._tls(Shelf(tmp_path))


class TestDays:
    @pytest.fixture(autouse=True)
    def two_places(self, database):
        """A door in Vietnam, one in Paris, and one of nobody's."""
        enrol("hanoi-1", "UBND phường Thử")
        enrol("paris-1", "Lãnh sự quán Thử")
        Place.objects.filter(name="Lãnh sự quán Thử").update(zone="Europe/Paris")

    def see(self, kiosk, *times):
        store = Store()
        for sequence, at in enumerate(times, 1):
            store.commit([Received(kiosk, (visit(sequence, kiosk=kiosk, at=at),))], NOW)

    def kiosks(self, date):
        return counting.count(days.of(date, VIETNAM)).kiosks

    def test_midnight_is_that_of_the_place(self):
        day = dt.date(2026, 11, 23)
        for kiosk, zone in (("hanoi-1", VIETNAM), ("paris-1", PARIS), ("nobodys", VIETNAM)):
            begins = dt.datetime(2026, 11, 23, tzinfo=zone)
            ends = dt.datetime(2026, 11, 24, tzinfo=zone)
            second = dt.timedelta(seconds=1)
            self.see(kiosk, begins - second, begins, ends - second, ends)

        assert self.kiosks(day) == {"hanoi-1": 2, "nobodys": 2, "paris-1": 2}
        assert self.kiosks(day - dt.timedelta(days=1)) == {"hanoi-1": 1, "nobodys": 1, "paris-1": 1}
        assert self.kiosks(day + dt.timedelta(days=1)) == {"hanoi-1": 1, "nobodys": 1, "paris-1": 1}

    def test_a_day_that_has_25_hours_there_has_them_here(self):
        self.see(
            "paris-1",
            *(dt.datetime(2026, 10, 24, 22, tzinfo=dt.UTC) + dt.timedelta(hours=n) for n in range(26)),
        )

        assert self.kiosks(dt.date(2026, 10, 25)) == {"paris-1": 25}

    def test_a_zone_that_is_none_is_the_centres(self):
        Place.objects.update(zone="Nowhere/At_All")
        self.see("paris-1", dt.datetime(2026, 11, 23, tzinfo=VIETNAM))

        assert self.kiosks(dt.date(2026, 11, 23)) == {"paris-1": 1}

    def test_the_page_tells_the_time_of_the_place(self):
        self.see("paris-1", dt.datetime(2026, 11, 23, 23, 30, tzinfo=PARIS))
        place = Place.objects.get(kiosks="paris-1")

        html = managers.browser().get(f"/places/{place.pk}/", {"date": "2026-11-23"}).content.decode()

        assert ">23:30:00<" in html


def test_a_box_that_is_enrolled_where_there_is_an_authority_gets_its_certificate(tmp_path):
    data, box = tmp_path / "data", tmp_path / "box"
    authority = Authority(data)
    authority.prepare(Settings(("localhost",), 8883, "127.0.0.1", Path.home().owner()))

    done = run("enrol", "kiosk-1", "--place", "UBND phường Thử", "--folder", str(box), "--data", str(data))

    assert "no TLS files" not in done.stdout
    files = ["box.json", "ca.crt", "centre.json", "kiosk.crt", "kiosk.key"]
    assert sorted(path.name for path in box.iterdir()) == files
    assert {path.stat().st_mode & 0o777 for path in box.iterdir()} == {0o600}
    checked = subprocess.run(
        ["openssl", "verify", "-CAfile", box / "ca.crt", "-purpose", "sslclient", box / "kiosk.crt"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert checked.stdout.endswith("OK\n")
