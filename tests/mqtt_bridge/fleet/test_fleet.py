"""The real `mqtt-bridge fleet` against a real Mosquitto, with a centre that the test plays or a real one."""

import json
import re
import sqlite3
import subprocess
import sys
from base64 import b64encode
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest

from kiosk.credentials import CENTRE
from mqtt_bridge import topics
from mqtt_bridge.fleet import ledger
from mqtt_bridge.topics import Channel
from tests.collector.broker_tls import Client, TlsBroker, centre_pair
from tests.fleet import Fleet, names
from tests.mqtt_bridge.centre import SIGNER, Signer
from tests.mqtt_bridge.fleet.centre import Centre
from tests.programs import BIN, Broker, Collector, eventually

RUNNING = Path(__file__).parents[3] / "docs" / "running.md"


@pytest.fixture(scope="module")
def broker(tmp_path_factory):
    program = Broker(tmp_path_factory.mktemp("broker"), watched=())
    yield program
    program.stop()


@pytest.fixture
def centres(broker):
    made = []

    def make(**how):
        made.append(Centre(broker.port, **how))
        return made[-1]

    yield make
    for centre in made:
        centre.close()


@pytest.fixture
def fleets(broker, tmp_path):
    started = []

    def start(*options, port=None, doors=4, **how):
        host = f"127.0.0.1:{port or broker.port}"
        started.append(Fleet(host, tmp_path / "ledger", *options, doors=doors, **how))
        return started[-1]

    yield start
    for fleet in started:
        fleet.stop()


def key(signer):
    return f"{signer.key}:{b64encode(signer.public).decode()}"


def test_each_visit_that_is_in_the_ledger_as_confirmed_is_stored_once_by_a_real_centre(
    broker, tmp_path, fleets
):
    data, box = tmp_path / "centre", tmp_path / "box"
    enrolled = [BIN / "collector", "enrol", "real-00001", "--place", "P", "--data", data, "--folder", box]
    subprocess.run(enrolled, check=True, capture_output=True)
    collector = Collector(data, broker.port, "serve", "--web-port", "0")
    trust = ("--prefix", "real", "--trust", box / CENTRE)

    summary = fleets("--backlog", "70", "--seconds", "2", *trust, rate=40).done()
    collector.stop()

    assert summary["code"] == 0
    assert summary["written"] == summary["confirmed"] > 4 * 70
    file = tmp_path / "ledger"
    expected = [(id_, kiosk) for kiosk in ledger.confirmed(file) for id_ in ledger.ids(file, kiosk)]
    assert sorted(stored(data)) == sorted(expected)
    assert len(expected) == summary["confirmed"]


def stored(data):
    with sqlite3.connect(data / "collector.sqlite3") as database:
        return [
            (UUID(id_), kiosk) for id_, kiosk in database.execute("SELECT id, kiosk FROM collector_visit")
        ]


def test_what_is_written_and_when_follows_from_the_seed(fleets, centres):
    centre = centres()
    first, again, other = (visits_of(fleets, centre, seed) for seed in (1, 1, 2))

    assert again.keys() == first.keys()
    assert all(abs(again[visit] - first[visit]) <= timedelta(milliseconds=1) for visit in first)
    assert other.keys() != first.keys()


def visits_of(fleets, centre, seed):
    """By door and sequence number: how long after the first visit of all."""
    centre.events.clear()
    fleets("--seed", str(seed), "--visits", "40", rate=200).done()
    times = {visit: event.time for visit, event in centre.events.items()}
    return {visit: at - min(times.values()) for visit, at in times.items()}


def test_doors_come_again_after_a_broker_was_killed_and_send_again_what_has_no_receipt(tmp_path, fleets):
    broker = Broker(tmp_path / "own", watched=())
    centre = Centre(broker.port, answers=False)
    fleet = fleets(port=broker.port, doors=5, rate=20)
    fleet.next(lambda line: line.get("written", 0) >= 10)
    broker.kill()
    centre.answers = True
    broker.start()
    fleet.next(lambda line: line.get("reconnects") == 5)
    fleet.process.terminate()

    summary = fleet.done()
    centre.close()
    broker.stop()

    assert summary["code"] == 0
    assert summary["confirmed"] == summary["written"] == len(centre.events)
    assert summary["resent"] >= 10
    assert sum(line.resent for line in ledger.lines(tmp_path / "ledger")) == summary["resent"]


def test_a_storm_of_all_doors_is_over_when_all_are_back(fleets, centres):
    centre = centres()
    fleet = fleets("--storm", doors=200)
    fleet.event("connected")

    fleet.lose_lines()
    over = fleet.event("reconnected"), fleet.event("served")
    fleet.process.terminate()

    assert [event["doors"] for event in over] == [200, 200]
    assert over[0]["seconds"] <= over[1]["seconds"]
    summary = fleet.done()
    assert (summary["reconnects"], summary["confirmed"], summary["code"]) == (200, 200, 0)
    eventually(lambda: all(centre.availability[name] == "offline" for name in names(200)))


def test_how_the_boxes_are_is_told(fleets, centres):
    centre = centres()
    fleets("--visits", "0", "--prefix", "well").done()

    assert json.loads(centre.health["well-00001"])["door"]["running"] is True


def test_receipts_of_a_stranger_confirm_nothing(fleets, centres):
    centres(signer=Signer())
    fleet = fleets("--visits", "3", "--patience", "2", "--trust", key(SIGNER), rate=50)

    summary = fleet.done()

    assert summary["code"] == 1
    assert (summary["confirmed"], summary["written"]) == (0, 3)
    assert summary["disbelieved"] >= 1


def test_signed_receipts_are_believed(fleets, centres):
    centres(signer=SIGNER)

    assert fleets("--visits", "3", "--trust", key(SIGNER), rate=50).done()["code"] == 0


def test_told_to_stop_it_waits_for_receipts_and_no_longer_when_told_again(fleets, centres):
    centre = centres(answers=False)
    fleet = fleets(rate=50)
    fleet.next(lambda line: line.get("written"))
    fleet.process.terminate()
    written = fleet.next(lambda line: "event" not in line)["written"]
    assert fleet.next(lambda line: True)["written"] == written
    fleet.process.terminate()

    summary = fleet.done()

    assert (summary["code"], summary["confirmed"]) == (1, 0)
    eventually(lambda: all(centre.availability[name] == "offline" for name in names(4)))


def test_each_door_comes_with_its_own_certificate_made_as_the_guide_says(tmp_path):
    """The broker lets it write under the certificate's name only."""
    broker = TlsBroker(tmp_path / "centre")
    recipe = re.search(r"```python\n(from pathlib.*?)```", RUNNING.read_text(), re.DOTALL)[1]
    for said, here in (("range(1, 5001)", "range(1, 4)"), ('"trial"', '"centre"')):
        assert said in recipe
        recipe = recipe.replace(said, here)
    subprocess.run([sys.executable, "-c", recipe], cwd=tmp_path, check=True)
    fleet = Fleet(
        f"localhost:{broker.settings.port}",
        tmp_path / "ledger",
        *("--visits", "0"),
        doors=3,
        certificates=tmp_path / "boxes",
    )
    assert fleet.done()["code"] == 0

    hears = (topics.everyone(Channel.AVAILABILITY),)
    centre = Client(broker, centre_pair(broker.authority), tmp_path, hears=hears)
    eventually(lambda: len(centre.heard) == 3)
    centre.close()
    broker.stop()

    assert sorted(centre.heard) == [(f"doors/v1/{name}/availability", b"offline") for name in names(3)]


def test_of_several_brokers_those_that_answer_serve(broker, centres, tmp_path):
    centres()
    hosts = f"127.0.0.1:1 127.0.0.1:{broker.port} [::1]:1"
    fleet = Fleet(hosts, tmp_path / "ledger", "--visits", "2", doors=6, rate=50)

    assert fleet.done()["confirmed"] == 2
    assert any("down: broker 127.0.0.1:1: " in line for line in fleet.errors)


def test_doors_that_are_not_let_in_are_told_in_the_end(fleets):
    fleet = fleets("--seconds", "1", "--patience", "0.5", port=1, doors=3)

    assert fleet.event("missing")["doors"] == 3
    summary = fleet.done()
    assert (summary["code"], summary["connected"]) == (1, 0)
    assert "broker 127.0.0.1:1: " in next(iter(summary["troubles"]))
