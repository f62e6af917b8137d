"""The centre on the road: a real broker, a real process, and doors that send."""

import sqlite3

from kiosk.model import Direction
from mqtt_bridge import wire
from mqtt_bridge.topics import Channel
from tests.collector.conftest import Broker, Centre, Door, visit, wait_until


def test_visits_are_stored_once_though_sent_three_times(door, any_centre):
    any_centre.start()
    events = [door.event(number) for number in range(1, 6)]

    for _ in range(3):
        for event in events:
            door.post(event)

    wait_until(lambda: door.through == 5, "a receipt")
    assert sorted(any_centre.visits()["ids"]) == sorted(str(event.id) for event in events)


def test_a_backlog_arrives_in_batches(door, any_centre):
    any_centre.start()

    for start in range(1, 501, 50):
        door.post(*(door.event(number) for number in range(start, start + 50)))

    wait_until(lambda: door.through == 500, "all receipted")
    assert any_centre.total() == 500


def test_the_centre_counts_who_came_and_who_left(door, any_centre):
    any_centre.start()
    door.post(door.event(1), door.event(2, direction=Direction.OUT), door.event(3))
    wait_until(lambda: door.through == 3, "all receipted")

    told = any_centre.visits()

    assert (told["total"], told["in"], told["out"], told["set_aside"]) == (3, 2, 1, 0)
    assert told["kiosks"] == {"cong-chinh": 3}


def test_a_door_that_lost_its_receipt_gets_it_again(door, centre):
    centre.start()
    event = door.event(1)
    door.post(event)
    wait_until(lambda: door.through == 1, "the first receipt")
    door.receipts.clear()

    door.post(event)

    wait_until(lambda: door.through == 1, "the receipt again")


def test_nonsense_is_set_aside_and_blocks_nothing(door, any_centre):
    any_centre.start()
    for payload in (b"", b"\xff\xfe", b"[]", b"{}", b"x" * 300_000):
        door.post_bytes(Channel.VISIT, payload)
    door.post_bytes(Channel.VISITS, wire.encode([visit(9, kiosk="another")]))

    door.post(door.event(1))

    wait_until(lambda: door.through == 1, "a receipt after the nonsense")
    told = any_centre.visits()
    assert (told["total"], told["set_aside"]) == (1, 6)
    assert "Thử" not in any_centre.log.read_text()


def test_what_is_sent_while_the_centre_is_away_waits_at_the_broker(door, any_centre):
    any_centre.start()
    assert any_centre.end() == 0

    for number in range(1, 21):
        door.post(door.event(number))
    any_centre.start()

    wait_until(lambda: door.through == 20, "all receipted")
    assert any_centre.total() == 20


def test_a_centre_killed_again_and_again_stores_all_once(door, any_centre):
    for round_ in range(4):
        any_centre.start()
        for number in range(round_ * 100 + 1, round_ * 100 + 101):
            door.post(door.event(number))
        wait_until(lambda: door.through > 0, "at least one receipt")
        any_centre.kill()
    any_centre.start()

    wait_until(lambda: door.through == 400, "all receipted")
    assert any_centre.total() == 400
    assert len(set(any_centre.visits()["ids"])) == 400


def test_a_broker_that_lost_our_session_is_heard_again(door, centre, broker):
    centre.start()
    door.post(door.event(1))
    wait_until(lambda: door.through == 1, "the first receipt")

    broker.kill()
    broker.start()
    other = Door(broker.port, "cong-sau")

    def resend():
        """As a door does that has no receipt."""
        other.post(other.event(1, id="00000000-0000-7000-8000-000000000001"))
        return other.through == 1

    wait_until(resend, "heard again")
    other.close()
    assert centre.total() == 2


def test_a_broker_that_comes_late_is_waited_for(tmp_path):
    broker = Broker(tmp_path)
    centre = Centre(tmp_path, broker.port)
    try:
        centre.start(alone=True)
        broker.start()
        door = Door(broker.port)
        event = door.event(1)

        def resend():
            door.post(event)
            return door.through == 1

        wait_until(resend, "the visit is stored")
        assert centre.log.read_text().count("trying again") == 1
        door.close()
    finally:
        centre.kill()
        broker.kill()


def test_the_old_protocol_will_do(door, centre):
    centre.start("--protocol", "3.1.1")

    door.post(door.event(1))

    wait_until(lambda: door.through == 1, "a receipt")


def test_a_locked_database_is_waited_for_and_nothing_is_lost(door, centre):
    centre.start()
    database = sqlite3.connect(centre.data / "collector.sqlite3", isolation_level=None)
    database.execute("BEGIN EXCLUSIVE")

    door.post(door.event(1))
    wait_until(lambda: "database: database is locked" in centre.log.read_text(), "it says so")
    assert door.through == 0
    database.execute("ROLLBACK")
    database.close()

    wait_until(lambda: door.through == 1, "a receipt after all")
    assert "database: works again" in centre.log.read_text()


def test_the_page_can_read_while_the_intake_writes(door, centre):
    centre.start()
    door.post(door.event(1))
    wait_until(lambda: door.through == 1, "a receipt")

    with sqlite3.connect(centre.data / "collector.sqlite3") as database:
        assert database.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert centre.visits("--date", "2026-03-14")["total"] == 1
    assert centre.visits("--date", "2026-03-13")["total"] == 0


def test_a_server_killed_again_and_again_is_waited_for_and_nothing_is_lost(
    door, broker, tmp_path, postgresql
):
    """PostgreSQL ends as in a power cut, in the middle of the work; the centre connects anew by itself."""
    name = postgresql.create()
    centre = Centre(tmp_path, broker.port, postgresql.url(name))

    def complaints():
        return centre.log.read_text().count("database: ") - centre.log.read_text().count("works again")

    try:
        centre.start()
        for began in (0, 200, 400):
            for number in range(began + 1, began + 201):
                door.post(door.event(number))
                if number == began + 100:
                    before = complaints()
                    postgresql.kill()
            wait_until(lambda before=before: complaints() > before, "it says so")
            postgresql.start()
            wait_until(lambda last=began + 200: door.through == last, "all receipted")

        assert (centre.total(), centre.visits()["set_aside"]) == (600, 0)
        assert "works again" in centre.log.read_text()
        assert "Traceback" not in centre.log.read_text()
    finally:
        centre.kill()
        postgresql.start()
        postgresql.drop(name)
