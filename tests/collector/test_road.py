"""The centre on the road: a real broker, a real process, and doors that send."""

import sqlite3

from mqtt_bridge import wire
from mqtt_bridge.topics import Channel
from tests.collector.conftest import Broker, Centre, Door, wait_until


def test_visits_are_stored_once_though_sent_three_times(door, centre):
    centre.start()
    events = [door.event(number) for number in range(1, 6)]

    for _ in range(3):
        for event in events:
            door.post(event)

    wait_until(lambda: door.through == 5, "a receipt")
    assert sorted(centre.visits()["ids"]) == sorted(event.entry.id for event in events)


def test_a_backlog_arrives_in_batches(door, centre):
    centre.start()

    for start in range(1, 501, 50):
        door.post(*(door.event(number) for number in range(start, start + 50)))

    wait_until(lambda: door.through == 500, "all receipted")
    assert centre.total() == 500


def test_the_centre_counts_who_came_and_who_left(door, centre):
    centre.start()
    door.post(door.event(1), door.event(2, direction=wire.Direction.OUT), door.event(3))
    wait_until(lambda: door.through == 3, "all receipted")

    told = centre.visits()

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


def test_nonsense_is_set_aside_and_blocks_nothing(door, centre):
    centre.start()
    for payload in (b"", b"\xff\xfe", b"[]", b"{}", b"x" * 300_000):
        door.post_bytes(Channel.VISIT, payload)
    door.post_bytes(
        Channel.VISITS, wire.encode_visit(wire.VisitMessage(wire.Sender("another"), door.event(9).entry))
    )

    door.post(door.event(1))

    wait_until(lambda: door.through == 1, "a receipt after the nonsense")
    told = centre.visits()
    assert (told["total"], told["set_aside"]) == (1, 6)
    assert "Thử" not in centre.log.read_text()


def test_what_is_sent_while_the_centre_is_away_waits_at_the_broker(door, centre):
    centre.start()
    assert centre.end() == 0

    for number in range(1, 21):
        door.post(door.event(number))
    centre.start()

    wait_until(lambda: door.through == 20, "all receipted")
    assert centre.total() == 20


def test_a_centre_killed_again_and_again_stores_all_once(door, centre):
    for round_ in range(4):
        centre.start()
        for number in range(round_ * 100 + 1, round_ * 100 + 101):
            door.post(door.event(number))
        wait_until(lambda: door.through > 0, "at least one receipt")
        centre.kill()
    centre.start()

    wait_until(lambda: door.through == 400, "all receipted")
    with sqlite3.connect(centre.data / "collector.sqlite3") as database:
        assert database.execute(
            "SELECT count(*), count(DISTINCT sequence) FROM collector_visit"
        ).fetchone() == (
            400,
            400,
        )


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
