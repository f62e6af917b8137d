"""Figures for Prometheus: who gets them, what they say, and that they name nobody."""

import re
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from collector import meters, schedule
from collector.backup import stamp
from collector.ingest.storing import Outcome
from collector.models import Kiosk
from collector.standing import standing
from tests.collector.conftest import wait_until
from tests.collector.web.conftest import KNOWN

RUNNING = Path(__file__).parents[3] / "docs" / "running.md"


def scraped(client=None, **headers):
    answer = (client or Client()).get("/metrics", headers=headers)
    assert answer.status_code == 200, answer.content
    return {
        (sample.name, *sorted(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(answer.content.decode())
        for sample in family.samples
    }


def test_boxes_and_their_queues_are_told(offices):
    Kiosk.objects.filter(pk="cong-chinh").update(
        online=True, seen_at=timezone.now(), health={"queue": {"waiting": 7, "sent": 2, "aside": 1}}
    )

    told = scraped()

    assert told["entrance_boxes", ("presence", "online")] == 1
    assert told["entrance_boxes", ("presence", "never_seen")] == 1
    assert told["entrance_box_up", ("kiosk", "cong-chinh")] == 1
    assert told["entrance_box_up", ("kiosk", "cong-to-hieu")] == 0
    assert told["entrance_box_queue", ("kiosk", "cong-chinh")] == 9
    assert told["entrance_box_set_aside", ("kiosk", "cong-chinh")] == 1


def test_visits_are_told(offices, store):
    store({}, {}, {})

    told = scraped()

    assert told["entrance_database_up",] == 1
    assert told["entrance_entries_stored_total",] == 3
    assert 0 <= told["entrance_last_visit_age_seconds",] < 60
    assert told["entrance_messages_set_aside",] == 0
    assert told["entrance_database_bytes",] >= 0


def test_what_runs_out_is_told(offices, store, tmp_path):
    store({})
    stamp.tell(tmp_path, "database", timezone.now() - timedelta(hours=1))

    told = scraped()

    assert told["entrance_sealing_key_days_left", ("keep_days", "30")] == schedule.DAYS_AHEAD
    assert 3600 <= told["entrance_backup_age_seconds", ("holds", "database")] < 3700


def test_the_intake_of_this_process_is_told(db):
    before = scraped()

    meters.committed(Outcome(stored=20, repeated=3), 0.004)

    told = scraped()
    stored = ("entrance_intake_visits_total", ("outcome", "stored"))
    assert told[stored] == before[stored] + 20
    assert (
        told["entrance_intake_commit_seconds_count",] == before["entrance_intake_commit_seconds_count",] + 1
    )
    assert told["process_resident_memory_bytes",] > 0


@pytest.mark.parametrize("up", [True, False, None])
def test_the_line_is_told_where_it_is_ours(db, monkeypatch, up):
    monkeypatch.setattr(standing, "line_up", up)

    assert scraped().get(("entrance_line_up",)) == (None if up is None else int(up))


def test_strangers_get_nothing(db):
    answer = Client(REMOTE_ADDR="192.0.2.7").get("/metrics")

    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Bearer")
    assert b"entrance_" not in answer.content


@pytest.mark.parametrize("address", ["", "unknown", "192.0.2.7, 127.0.0.1"])
def test_who_comes_from_nowhere_gets_nothing(db, address):
    assert Client(REMOTE_ADDR=address).get("/metrics").status_code == 401


def test_who_comes_by_a_proxy_of_this_machine_gets_nothing(db):
    assert Client().get("/metrics", secure=True).status_code == 401


def test_who_knows_the_token_gets_all_from_anywhere(db, monkeypatch):
    monkeypatch.setenv("COLLECTOR_METRICS_TOKEN", "ein-langes-wort")
    stranger = Client(REMOTE_ADDR="192.0.2.7")

    assert scraped(stranger, authorization="Bearer ein-langes-wort")
    for told in ("Bearer ein-anderes-wort", "Bearer ", "ein-langes-wort", "Bearer ﷺ"):
        assert stranger.get("/metrics", headers={"authorization": told}).status_code == 401


def test_no_token_at_all_is_nobodys_token(db, monkeypatch):
    monkeypatch.setenv("COLLECTOR_METRICS_TOKEN", "")

    answer = Client(REMOTE_ADDR="192.0.2.7").get("/metrics", headers={"authorization": "Bearer "})

    assert answer.status_code == 401


def test_nobody_is_named(offices, store, client_of):
    client_of("manager")
    store({}, {})

    told = Client().get("/metrics").content.decode()

    for name in (*KNOWN.values(), "Nguy", offices.place.name, offices.province.name, "manager"):
        assert name not in told


def test_a_thousand_boxes_cost_a_handful_of_questions(offices):
    place = offices.place
    Kiosk.objects.bulk_create(
        Kiosk(name=f"box-{number}", place=place, seen_at=timezone.now(), online=True, health={"queue": {}})
        for number in range(1000)
    )
    with CaptureQueriesContext(connection) as asked:
        began_s = time.perf_counter()
        told = scraped()
        took_s = time.perf_counter() - began_s

    assert told["entrance_boxes", ("presence", "online")] == 1000
    assert len(asked) < 15
    assert took_s < 5


def test_a_commit_is_counted_in_microseconds(db):
    outcome = Outcome(stored=20)
    began_s = time.perf_counter()
    for _ in range(1000):
        meters.committed(outcome, 0.004)

    assert (time.perf_counter() - began_s) / 1000 < 0.0002


def test_every_figure_stands_in_the_guide(offices, store, tmp_path, monkeypatch):
    """And the guide tells of none that is not there."""
    monkeypatch.setattr(standing, "line_up", True)
    store({})
    stamp.tell(tmp_path, "database", datetime.now(UTC))
    answer = Client().get("/metrics").content.decode()
    told = set(re.findall(r"^# TYPE (entrance_\w+) ", answer, re.MULTILINE))

    rows = re.findall(r"^\| `(entrance_\w+)`", RUNNING.read_text(encoding="utf-8"), re.MULTILINE)

    assert sorted(rows) == sorted(name for name in told if not name.endswith("_created"))


def test_a_running_centre_counts_what_it_takes_in(any_centre, door):
    import urllib.request

    any_centre.start()
    door.post(*(door.event(number) for number in range(1, 21)))
    wait_until(lambda: door.through == 20, "all receipted")

    with urllib.request.urlopen(f"{any_centre.address}metrics") as answer:
        told = answer.read().decode()

    assert 'entrance_intake_visits_total{outcome="stored"} 20.0' in told
    assert "entrance_line_up 1.0" in told
