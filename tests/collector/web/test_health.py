"""What machines are told of how the centre is."""

import pytest
from django.db import connections
from django.test import Client

from collector.standing import standing
from collector.web import health


@pytest.fixture(autouse=True)
def line(monkeypatch):
    """A process that takes no visits in, and has not looked at its database yet."""
    monkeypatch.setattr(standing, "line_up", None)
    monkeypatch.setattr(health, "_schema", health._Schema())


@pytest.fixture
def away(on_sqlite, tmp_path):
    """A database that does not answer."""
    connections.close_all()
    connections["default"].settings_dict["NAME"] = tmp_path / "nowhere" / "x.sqlite3"


def ask(path):
    answer = Client().get(path)
    return answer.status_code, answer.json()


def test_a_process_that_answers_lives(away):
    assert ask("/health/live") == (200, {"status": "ok"})


def test_a_page_alone_is_ready(database):
    facts = {"status": "ok", "database": True, "up_to_date": True, "line_up": None}

    assert ask("/health/ready") == (200, facts)


@pytest.mark.parametrize(("up", "status"), [(True, 200), (False, 503)])
def test_an_intake_is_ready_while_its_line_is_up(on_sqlite, up, status):
    standing.tell_line(up)

    assert ask("/health/ready")[0] == status


def test_without_its_database_it_is_not_ready(away):
    assert ask("/health/ready")[0] == 503
    assert ask("/health")[0] == 503


def test_with_a_database_of_another_version_it_is_not_ready(on_sqlite):
    with connections["default"].cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'collector'")

    status, facts = ask("/health/ready")

    assert (status, facts["database"], facts["up_to_date"]) == (503, True, False)


def test_only_asking_is_allowed(db):
    for path in ("/health", "/health/live", "/health/ready", "/metrics"):
        assert Client().post(path).status_code == 405
