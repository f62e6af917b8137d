"""Where the centre's database is: what the option takes, and one line for what will not do."""

import json
import select
import sys
import threading
import uuid
from datetime import UTC, datetime

import psycopg
import pytest
from django.db import DatabaseError, OperationalError, connection, transaction

from collector import database
from collector.database import DatabaseUnusable
from collector.ingest.receiving import Received
from collector.ingest.storing import Store
from collector.models import Visit
from tests.cluster.postgresql import Pair
from tests.collector.conftest import PATIENCE_S, run, visit
from tests.collector.databases import used
from tests.ports import free_port
from tests.postgresql import PASSWORD

SECRET = "geheim"
NOW = datetime(2026, 3, 14, 2, tzinfo=UTC)


def complaint(done):
    """The one line that a mistake gets; it never repeats a password."""
    assert done.returncode == 2, done
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1, done.stderr
    assert done.stderr.startswith("collector: ")
    assert SECRET not in done.stderr
    assert PASSWORD not in done.stderr
    return done.stderr


def test_without_an_address_it_is_a_file_in_the_data_folder(tmp_path):
    found = database.parse("", tmp_path)

    assert found["NAME"] == tmp_path / "collector.sqlite3"
    assert "synchronous=FULL" in found["OPTIONS"]["init_command"]


def test_an_address_tells_all_that_a_server_wants_to_know(tmp_path):
    found = database.parse("postgresql://an:a%2Fb%40@[::1]:5433/centre?sslmode=require", tmp_path)

    assert (found["HOST"], found["PORT"], found["NAME"]) == ("::1", "5433", "centre")
    assert (found["USER"], found["PASSWORD"]) == ("an", "a/b@")
    assert found["OPTIONS"]["connect_timeout"] == "5"
    assert found["OPTIONS"]["sslmode"] == "require"


@pytest.mark.parametrize(
    ("hosts", "host", "port"), [("h1:5432,h2:5433", "h1,h2", "5432,5433"), ("h", "h", "")]
)
def test_a_host_that_can_be_written_to_is_meant(tmp_path, hosts, host, port):
    found = database.parse(f"postgresql://an@{hosts}/centre", tmp_path)

    assert (found["HOST"], found["PORT"]) == (host, port)
    assert found["OPTIONS"]["target_session_attrs"] == "read-write"


def test_whoever_wants_any_of_several_hosts_may_say_so(tmp_path):
    found = database.parse("postgresql://an@h1,h2/centre?target_session_attrs=any", tmp_path)

    assert found["OPTIONS"]["target_session_attrs"] == "any"


def test_a_server_lets_go_of_what_somebody_has_locked_who_is_silent(on_postgresql):
    """A collector without power would otherwise stop all others for hours."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name, setting::int FROM pg_settings"
            " WHERE name ~ '^tcp_keepalives' OR name IN ('tcp_user_timeout', 'idle_in_transaction_session_timeout')"
        )
        found = dict(cursor.fetchall())

    idle_ms = found.pop("idle_in_transaction_session_timeout")
    assert idle_ms == database.IDLE_S * 1000
    assert found == {
        "tcp_keepalives_idle": 10,
        "tcp_keepalives_interval": 5,
        "tcp_keepalives_count": 2,
        "tcp_user_timeout": 20_000,
    }


@pytest.mark.parametrize(
    ("before", "statement", "passes"),
    [
        ("SET TRANSACTION READ ONLY", "CREATE TABLE one (two int)", True),
        ("SET LOCAL idle_in_transaction_session_timeout = 1", "SELECT 1", True),
        ("SELECT 1", "SELECT nothing", False),
    ],
    ids=["a server that only reads", "a transaction that stood still", "a bug"],
)
def test_a_trouble_that_passes_is_told_from_a_bug(on_postgresql, before, statement, passes):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(before)
        if "idle" in before:
            select.select([connection.connection.fileno()], [], [], PATIENCE_S)  # Until it has ended that.
        with pytest.raises(DatabaseError) as trouble:
            cursor.execute(statement)
        transaction.set_rollback(True)
    connection.close()

    assert database.passes(trouble.value) == passes


def test_several_hosts_are_shown_without_their_password(tmp_path, monkeypatch):
    monkeypatch.setenv(
        "COLLECTOR_DATABASE", "postgresql://an:geheim@[::1]:5432,[::2]:5433/centre?sslmode=require"
    )

    assert database.name(tmp_path) == "postgresql://[::1]:5432,[::2]:5433/centre"


@pytest.mark.parametrize(
    "url",
    [
        "mysql://an:geheim@127.0.0.1/centre",
        "an:geheim@127.0.0.1/centre",
        "postgresql:an:geheim@//127.0.0.1",
        "postgresql://an:geheim@127.0.0.1:99999/centre",
        "postgresql://an:geheim/x@127.0.0.1/centre",
        "postgresql://an:geheim@[::1/centre",
        "postgresql://an:geheim@h1:5432,h2:99999/centre",
        "postgresql://an:geheim@h1:5432,h2:fast/centre",
        "postgresql://an:geheim@127.0.0.1",
        "postgresql://an:geheim@127.0.0.1/",
    ],
)
def test_an_address_that_is_none_gets_one_line_without_its_password(url, tmp_path):
    told = complaint(run("migrate", "--data", str(tmp_path), "--database", url))

    assert "--database" in told
    assert "postgresql://USER@HOST" in told


def test_an_address_in_the_environment_is_held_to_the_same(tmp_path):
    told = complaint(
        run("visits", "--data", str(tmp_path), COLLECTOR_DATABASE="mysql://an:geheim@127.0.0.1/centre")
    )

    assert "mysql" in told


def test_a_server_that_is_not_there_gets_one_line(tmp_path):
    url = f"postgresql://an:geheim@127.0.0.1:{free_port()}/centre"

    told = complaint(run("migrate", "--data", str(tmp_path), "--database", url))

    assert url.replace("an:geheim@", "") in told
    assert "is the server running" in told


def test_a_host_that_is_none_gets_one_line(tmp_path):
    assert "nowhere.invalid" in complaint(
        run("migrate", "--data", str(tmp_path), "--database", "postgresql://an:geheim@nowhere.invalid/centre")
    )


def test_an_option_that_no_server_knows_gets_one_line(tmp_path):
    url = "postgresql://an:geheim@127.0.0.1/centre?colour=red"

    assert "colour" in complaint(run("migrate", "--data", str(tmp_path), "--database", url))


def test_a_wrong_password_gets_one_line(tmp_path, postgresql):
    url = f"postgresql://centre:{SECRET}@127.0.0.1:{postgresql.port}/postgres"

    told = complaint(run("migrate", "--data", str(tmp_path), "--database", url))

    assert "password authentication failed" in told


def test_a_database_that_the_server_does_not_have_gets_one_line(tmp_path, postgresql):
    told = complaint(run("migrate", "--data", str(tmp_path), "--database", postgresql.url("nothing")))

    assert "nothing" in told


def test_without_psycopg_it_is_said_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "psycopg", None)

    with pytest.raises(DatabaseUnusable, match=r"entrance-kiosk\[collector,postgresql\]"):
        database.parse("postgresql://127.0.0.1/centre", tmp_path)


def test_a_database_that_is_not_up_to_date_gets_one_line(tmp_path, postgresql):
    name = postgresql.create()
    try:
        told = complaint(run("visits", "--data", str(tmp_path), "--database", postgresql.url(name)))
    finally:
        postgresql.drop(name)

    assert "collector migrate" in told


def test_a_server_needs_its_data_folder_for_the_keys(tmp_path):
    url = "postgresql://127.0.0.1/centre"

    assert "collector migrate" in complaint(
        run("visits", "--data", str(tmp_path / "none"), "--database", url)
    )


def test_the_commands_do_on_a_server_what_they_do_on_a_file(tmp_path, postgresql):
    name, data = postgresql.create(), str(tmp_path / "data")
    told = {"COLLECTOR_DATABASE": postgresql.url(name)}
    try:
        assert (
            run("migrate", "--data", data, **told).stdout
            == f"database up to date: postgresql://127.0.0.1:{postgresql.port}/{name}\n"
        )
        assert json.loads(run("visits", "--json", "--data", data, **told).stdout)["total"] == 0
        assert (
            "Password: "
            in run("user", "add", f"an-{uuid.uuid4()}", "--role", "manager", "--data", data, **told).stdout
        )
        assert not (tmp_path / "data" / "collector.sqlite3").exists()
    finally:
        postgresql.drop(name)


def test_who_takes_over_is_found_by_the_same_address(tmp_path, django_db_blocker):
    pair = Pair()
    try:
        name, data = pair.primary.create(), str(tmp_path / "data")
        address = pair.url(name)
        assert run("migrate", "--data", data, COLLECTOR_DATABASE=address).returncode == 0
        with django_db_blocker.unblock(), used(address, tmp_path):
            store, first, second = Store(), visit(1), visit(2)
            store.commit([Received(first.kiosk, events=(first,))], NOW)

            pair.take_over()
            with pytest.raises(OperationalError):
                store.commit([Received(second.kiosk, events=(second,))], NOW)
            connection.close()
            store.commit([Received(second.kiosk, events=(second,))], NOW)

            assert sorted(Visit.objects.values_list("sequence", flat=True)) == [1, 2]
    finally:
        pair.close()


def test_a_commit_waits_for_the_standby_until_somebody_says_that_it_need_not():
    pair = Pair()
    try:
        pair.standby.kill_9()
        with psycopg.connect(pair.primary.url("postgres"), autocommit=True) as line:
            done = threading.Event()
            writing = threading.Thread(
                target=lambda: (line.execute("CREATE TABLE told (one int)"), done.set())
            )
            writing.start()
            assert not done.wait(0.5)

            pair.primary.set(synchronous_standby_names="")

            assert done.wait(PATIENCE_S)
            writing.join()
    finally:
        pair.close()
