"""One process attends: on a PostgreSQL that several machines share, whoever comes second is told so."""

import pytest
from django.db import connection

from collector.errors import SeatTaken
from collector.seat import Seat


@pytest.fixture
def seats():
    seats = [Seat(patience_s=0), Seat(patience_s=0)]
    yield seats
    for seat in seats:
        seat.stop()


def cut_all_others():
    """As when the server is started anew: it knows no lock of before."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


def test_a_second_one_is_refused_as_long_as_the_first_is_there(on_postgresql, seats):
    first, second = seats
    first.take()

    with pytest.raises(SeatTaken, match="stop one of the two"):
        second.take()

    first.stop()
    second.take()


def test_whoever_finds_it_taken_after_an_outage_of_the_database_asks_its_process_to_end(
    on_postgresql, seats, monkeypatch, caplog
):
    first, second = seats
    asked = []
    monkeypatch.setattr("collector.seat.os.kill", lambda _pid, number: asked.append(number.name))
    monkeypatch.setattr("collector.seat.LOOK_S", 0.01)
    first.take()
    cut_all_others()
    second.take()

    first.run()

    assert asked == ["SIGTERM"]
    assert "another `collector attend`" in caplog.text


def test_a_file_in_a_folder_is_one_machines_and_needs_no_seat(on_sqlite, seats):
    for seat in seats:
        seat.take()
