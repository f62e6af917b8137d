"""A box's certificate: which one counts, what is taken for a new one, and the renewal over a real broker."""

import datetime as dt
import json
import re
import sqlite3
import stat
import subprocess
from contextlib import closing
from pathlib import Path

import pytest
from cryptography import x509

from collector.broker import certificates as authority
from collector.broker.certificates import Purpose, certificate_pem, key_pem, make_key, read_request
from kiosk.credentials import CA, CERTIFICATE, FOLDER, KEY
from mqtt_bridge import renewing
from mqtt_bridge.certificates import NEXT_KEY, RENEWED, CertificateRefused, Certificates
from mqtt_bridge.renewing import Renewing
from mqtt_bridge.topics import Channel, Topic
from tests.collector.broker_tls import TlsBroker
from tests.programs import BIN, Bridge, Program, eventually

NOW = dt.datetime(2026, 11, 23, 1, 5, tzinfo=dt.UTC)
YEAR, DAY, HOUR = dt.timedelta(days=365), dt.timedelta(days=1), dt.timedelta(hours=1)


class Authority:
    """Signs what a test wants signed."""

    def __init__(self, now: dt.datetime = NOW) -> None:
        self.now = now
        self.issuer = authority.make_issuer("Entrance kiosk", now=now - YEAR, lifetime=10 * YEAR)

    def issue(self, key, name="kiosk-1", *, lifetime=YEAR, purpose=Purpose.CLIENT, now=None):
        return certificate_pem(
            authority.issue(
                self.issuer, name=name, key=key, purpose=purpose, now=now or self.now, lifetime=lifetime
            )
        )

    def enrol(self, folder, **how):
        key = make_key()
        folder.mkdir(exist_ok=True)
        (folder / CA).write_bytes(certificate_pem(self.issuer.certificate))
        (folder / KEY).write_bytes(key_pem(key))
        (folder / CERTIFICATE).write_bytes(self.issue(key.public_key(), **how))


@pytest.fixture
def ca():
    return Authority()


@pytest.fixture
def folder(tmp_path, ca):
    ca.enrol(tmp_path / FOLDER)
    return tmp_path / FOLDER


@pytest.fixture
def held(folder):
    return Certificates(folder, "kiosk-1")


def asked_for(held):
    return read_request("kiosk-1", held.request())


class TestCertificates:
    def test_the_one_of_the_enrolment_counts_at_first(self, held, folder):
        tls = held.tls()

        assert (tls.ca, tls.certificate, tls.key) == (folder / CA, folder / CERTIFICATE, folder / KEY)
        assert held.expires() == NOW + YEAR

    def test_a_request_is_for_our_name_and_for_a_key_that_is_kept(self, held, folder):
        request = x509.load_pem_x509_csr(held.request())

        assert request.subject.rfc4514_string() == "CN=kiosk-1"
        assert stat.S_IMODE((folder / NEXT_KEY).stat().st_mode) == 0o600
        assert asked_for(held) == request.public_key()

    def test_what_was_asked_for_takes_the_place_of_the_old_one_in_one_file(self, held, folder, ca):
        ca.now = NOW + 300 * DAY
        taken = held.accept(ca.issue(asked_for(held)))

        tls = held.tls()
        assert tls.certificate == tls.key == folder / RENEWED
        assert stat.S_IMODE((folder / RENEWED).stat().st_mode) == 0o600
        assert held.expires() == taken.not_valid_after_utc == NOW + 300 * DAY + YEAR
        assert not (folder / NEXT_KEY).exists()
        assert sorted(path.name for path in folder.iterdir()) == sorted([CA, CERTIFICATE, KEY, RENEWED])

    def test_and_so_does_the_next(self, held, ca):
        for days in (300, 600, 900):
            ca.now = NOW + days * DAY
            held.accept(ca.issue(asked_for(held)))

        assert held.expires() == NOW + 900 * DAY + YEAR

    def test_a_box_that_is_enrolled_anew_uses_that(self, held, folder, ca):
        ca.now = NOW + 300 * DAY
        held.accept(ca.issue(asked_for(held)))
        ca.now = NOW + 301 * DAY
        ca.enrol(folder)

        assert held.tls().certificate == folder / CERTIFICATE

    def test_one_of_another_authority_is_left_alone(self, held, folder, ca):
        ca.now = NOW + 300 * DAY
        held.accept(ca.issue(asked_for(held)))
        other = Authority()
        other.enrol(folder)

        assert held.tls().certificate == folder / CERTIFICATE

    @pytest.mark.parametrize("content", [b"", b"-----BEGIN", b"\xff" * 100])
    def test_a_damaged_file_is_passed_over(self, held, folder, ca, content):
        ca.now = NOW + 300 * DAY
        held.accept(ca.issue(asked_for(held)))
        (folder / RENEWED).write_bytes(content)

        assert held.tls().certificate == folder / CERTIFICATE

    def test_a_key_that_belongs_to_another_certificate_is_passed_over(self, held, folder):
        (folder / KEY).write_bytes(key_pem(make_key()))

        assert held.certificate() is None
        assert held.tls().certificate == folder / CERTIFICATE, "for the broker to refuse aloud"

    def test_a_key_that_is_in_use_is_not_asked_for_again(self, held, folder, ca):
        """The power went after the new certificate was written, before the next key was taken away."""
        asked_for(held)
        key = (folder / NEXT_KEY).read_bytes()
        ca.now = NOW + 300 * DAY
        held.accept(ca.issue(asked_for(held)))
        (folder / NEXT_KEY).write_bytes(key)

        assert asked_for(held) != held.certificate().public_key()

    def test_a_next_key_that_is_damaged_is_made_anew(self, held, folder):
        (folder / NEXT_KEY).write_bytes(b"")

        assert asked_for(held)

    @pytest.mark.parametrize(
        ("wrong", "why"),
        [
            (lambda ca, key: ca.issue(make_key().public_key()), "another key"),
            (lambda ca, key: ca.issue(key, "kiosk-2"), "another name"),
            (lambda ca, key: ca.issue(key, purpose=Purpose.SERVER), "not one of a client"),
            (lambda ca, key: Authority(ca.now).issue(key), "not of the authority"),
            (lambda ca, key: ca.issue(key, now=NOW - DAY), "holds no longer"),
            (lambda ca, key: ca.issue(key, now=NOW), "holds no longer"),
            (lambda ca, key: b"", "no certificate in PEM"),
            (lambda ca, key: b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "in PEM"),
            (lambda ca, key: ca.issue(key)[:-100], "in PEM"),
        ],
    )
    def test_anything_else_is_refused_and_changes_nothing(self, held, folder, ca, wrong, why):
        ca.now = NOW + 300 * DAY
        key = asked_for(held)
        before = {path.name: path.read_bytes() for path in folder.iterdir()}

        with pytest.raises(CertificateRefused, match=why):
            held.accept(wrong(ca, key))

        assert {path.name: path.read_bytes() for path in folder.iterdir()} == before

    def test_an_answer_to_no_question_is_refused(self, held, ca):
        with pytest.raises(CertificateRefused, match="no certificate was asked for"):
            held.accept(ca.issue(make_key().public_key()))

    def test_keys_show_in_no_text(self, held):
        assert "PRIVATE" not in repr(held._held())


class FakeLine:
    """A line that remembers; the test answers."""

    def __init__(self) -> None:
        self.requests: list[bytes] = []
        self.given_up: list[str] = []
        self.up = True

    def post(self, channel, payload, *, name="", retain=False):
        assert (channel, retain) == (Channel.RENEWAL, False)
        if not self.up:
            return None
        self.requests.append(payload)
        return 1

    def give_up(self, why):
        self.given_up.append(why)


class World:
    """Renewing, with a clock that the test moves."""

    def __init__(self, held, ca) -> None:
        self.ca = ca
        self.line = FakeLine()
        self.is_quiet = True
        self.now = NOW
        self.now_s = 1000.0
        self.renewing = Renewing(held, lambda: self.is_quiet, lambda: self.now)
        self.renewing.came_up(self.line)

    def pass_s(self, seconds, step_s=1.0, line="up"):
        for _ in range(int(seconds / step_s)):
            self.now_s += step_s
            self.renewing.turn(self.line if line == "up" else None, self.now_s)

    def answer(self, pem=None):
        if pem is None:
            pem = self.ca.issue(read_request("kiosk-1", self.line.requests[-1]), now=self.now)
        self.renewing.heard(Topic("kiosk-1", Channel.CERTIFICATE), pem, self.line)


@pytest.fixture
def world(held, ca):
    return World(held, ca)


def grow_old(world):
    world.now = NOW + 250 * DAY


class TestRenewing:
    def test_a_young_certificate_is_left_alone(self, world):
        world.now = NOW + 240 * DAY
        world.pass_s(120)

        assert world.line.requests == []

    def test_when_less_than_a_third_is_left_it_is_asked_for_a_new_one(self, world):
        grow_old(world)
        world.pass_s(65)

        assert len(world.line.requests) == 1

    def test_and_again_each_hour_for_the_same_key_until_there_is_an_answer(self, world):
        grow_old(world)
        world.pass_s(3 * 3600 + 65, step_s=10)

        assert len(world.line.requests) == 4
        assert len({read_request("kiosk-1", one).public_numbers().x for one in world.line.requests}) == 1

    def test_a_new_connection_asks_again_soon_but_not_at_once(self, world):
        grow_old(world)
        world.pass_s(2)
        for _ in range(5):
            world.renewing.came_up(world.line)
            world.pass_s(2)
        assert len(world.line.requests) == 1

        world.pass_s(120)
        assert len(world.line.requests) == 2

    def test_nothing_is_asked_while_the_line_is_down(self, world):
        grow_old(world)
        world.pass_s(7200, step_s=10, line="down")
        world.line.up = False
        world.pass_s(120)
        assert world.line.requests == []

        world.line.up = True
        world.pass_s(61)
        assert len(world.line.requests) == 1

    def test_the_answer_has_the_line_dialled_anew_once(self, world, held):
        grow_old(world)
        world.pass_s(2)
        world.answer()
        world.pass_s(300)

        assert world.line.given_up == ["hung up by ourselves, to use the renewed certificate"]
        assert held.expires() == NOW + 250 * DAY + YEAR
        assert len(world.line.requests) == 1

    def test_not_while_visits_are_on_their_way(self, world):
        grow_old(world)
        world.is_quiet = False
        world.pass_s(2)
        world.answer()
        world.pass_s(600)
        assert world.line.given_up == []

        world.is_quiet = True
        world.pass_s(2)
        assert len(world.line.given_up) == 1

    def test_not_when_the_line_went_down_by_itself_meanwhile(self, world):
        grow_old(world)
        world.is_quiet = False
        world.pass_s(2)
        world.answer()
        world.pass_s(10)
        world.renewing.came_up(world.line)
        world.is_quiet = True
        world.pass_s(60)

        assert world.line.given_up == []

    def test_a_wrong_answer_is_told_and_waited_on(self, world, caplog):
        grow_old(world)
        world.pass_s(2)
        world.answer(b"nonsense")
        world.pass_s(60)

        assert "certificate not taken: no certificate in PEM" in caplog.text
        assert world.line.given_up == []
        world.answer()
        world.pass_s(60)
        assert len(world.line.given_up) == 1

    def test_the_same_answer_again_is_an_answer_to_no_question(self, world, caplog):
        grow_old(world)
        world.pass_s(2)
        answer = world.ca.issue(read_request("kiosk-1", world.line.requests[-1]), now=world.now)
        world.answer(answer)
        world.answer(answer)

        assert "no certificate was asked for" in caplog.text

    def test_a_clock_that_is_years_ahead_asks_no_more_than_once_a_day(self, world):
        world.now = NOW + 100 * YEAR
        for _ in range(100):
            world.pass_s(1800, step_s=30)
            if world.line.requests and len(world.line.given_up) < len(world.line.requests):
                world.ca.now += HOUR
                pem = world.ca.issue(read_request("kiosk-1", world.line.requests[-1]))
                world.answer(pem)

        assert len(world.line.requests) <= 3

    def test_a_full_disk_is_told_and_tried_again(self, world, held, folder, caplog, monkeypatch):
        def full(*_):
            raise OSError(28, "No space left on device")

        grow_old(world)
        monkeypatch.setattr(held, "_write", full)
        world.pass_s(130)
        assert caplog.text.count("certificate not renewed: No space left on device") == 3
        monkeypatch.undo()
        world.pass_s(61)
        monkeypatch.setattr(held, "_write", full)
        world.answer()
        assert "certificate not taken: No space left on device" in caplog.text

        monkeypatch.undo()
        world.answer()
        world.pass_s(30)
        assert len(world.line.given_up) == 1

    def test_the_pace_is_that_of_the_contract(self):
        assert renewing.ASK_AGAIN_S == 3600


@pytest.fixture(scope="module")
def broker(tmp_path_factory):
    broker = TlsBroker(tmp_path_factory.mktemp("centre") / "data")
    yield broker
    broker.stop()


@pytest.fixture(scope="module")
def centre(broker):
    """`collector serve` over TLS."""
    program = Program(
        *(BIN / "collector", "serve", "--data", broker.authority.shelf.data, "--web-port", "0"),
        *("--mqtt-tls", "--mqtt-port", broker.settings.port),
    )
    eventually(lambda: any("connected" in line for line in program.errors))
    yield program
    program.stop()


def collector(broker, *arguments):
    done = subprocess.run(
        [BIN / "collector", *arguments, "--data", broker.authority.shelf.data],
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout


def enrol(tmp_path, broker, kiosk):
    """Enrolled by the centre, with a certificate that has an hour to live: of its life, less than a third."""
    folder = tmp_path / FOLDER
    collector(broker, "enrol", kiosk, "--place", "UBND phường Thử", "--folder", folder)
    key, certificate = broker.authority.issue_kiosk(kiosk, HOUR)
    (folder / KEY).write_bytes(key)
    (folder / CERTIFICATE).write_bytes(certificate)
    return folder


def door_of(broker, kiosk):
    """How the centre knows a box."""
    (found,) = (door for door in json.loads(collector(broker, "doors", "--json")) if door["kiosk"] == kiosk)
    return found


def bridge_of(tmp_path, broker, kiosk):
    settings = ("mqtt.tls=true", "mqtt.host=localhost", f"kiosk.name={kiosk}")
    return Bridge(tmp_path, broker.settings.port, *settings)


def test_a_box_renews_its_certificate_over_the_real_broker_and_comes_back_with_it(tmp_path, broker, centre):
    folder = enrol(tmp_path, broker, "kiosk-1")
    bridge = bridge_of(tmp_path, broker, "kiosk-1")
    held = Certificates(folder, "kiosk-1")

    eventually((folder / RENEWED).exists)
    eventually(lambda: sum("line up" in line for line in bridge.errors) >= 2)
    assert held.expires() > dt.datetime.now(dt.UTC) + 364 * DAY
    assert not (folder / NEXT_KEY).exists()
    assert any("to use the renewed certificate" in line for line in bridge.errors)
    assert not any("another box" in line for line in bridge.errors)

    # The first one is not needed any more.
    (folder / CERTIFICATE).unlink()
    bridge.kill()
    bridge.errors.clear()
    bridge.start()
    eventually(lambda: any("line up" in line for line in bridge.errors))

    # Neither of the two would leave an image of its memory on the disk.
    for program in (bridge, centre):
        limits = Path(f"/proc/{program.process.pid}/limits").read_text(encoding="ascii")
        assert re.search(r"Max core file size +0 +0 ", limits)

    # And all the while the centre was told how the box is.
    eventually(lambda: door_of(broker, "kiosk-1")["presence"] == "online")
    door = door_of(broker, "kiosk-1")
    assert door["place"] == "UBND phường Thử"
    assert door["health"]["enrolled"]
    assert door["health"]["keeps_names"]
    assert door["health"]["door"]["running"] is False
    assert door["health"]["certificate_expires"].startswith(str(held.expires().date()))
    assert bridge.stop() == 0
    assert not any("PRIVATE" in line for line in [*bridge.errors, *centre.errors])


def test_a_box_that_the_registry_has_revoked_gets_no_certificate(tmp_path, broker, centre):
    """Where the broker still lets it in, it can ask."""
    folder = enrol(tmp_path, broker, "kiosk-2")
    with closing(sqlite3.connect(broker.authority.shelf.data / "collector.sqlite3")) as database, database:
        database.execute(
            "UPDATE collector_kiosk SET revoked_at = '2026-11-23 01:05:00' WHERE name = 'kiosk-2'"
        )
    bridge = bridge_of(tmp_path, broker, "kiosk-2")

    eventually(lambda: any("kiosk-2: asks for a certificate, but is" in line for line in centre.errors))

    assert not (folder / RENEWED).exists()
    assert bridge.stop() == 0
