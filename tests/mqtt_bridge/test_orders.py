"""What comes down to a box: once each, on the disk, replied to; and whatever else comes, refused."""

import json
import logging
import queue
import sqlite3
from contextlib import closing
from datetime import timedelta
from uuid import uuid4

import paho.mqtt.client as paho
import pytest

from kiosk.model import Moment
from kiosk.store.inbox import COMMANDS_KEPT, Inbox
from kiosk.store.opening import FILE_NAME
from mqtt_bridge.orders import Downlink
from mqtt_bridge.topics import Channel, Topic
from mqtt_bridge.wire import MAX_SIGNED_BYTES, Sender
from mqtt_bridge.wire.orders import Identify, OutOfOrder, Restart
from tests.mqtt_bridge.centre import (
    KIOSK,
    NOW,
    SIGNER,
    Signer,
    command_claims,
    config_claims,
    enrol,
    neighbour,
    neighbours_claims,
    text,
)
from tests.programs import Bridge, Broker, eventually


class FakeLine:
    """A line that remembers what was posted; `is_up` is its lever."""

    def __init__(self):
        self.posted = []
        self.is_up = True

    def post(self, channel, payload, *, name="", retain=False):
        if not self.is_up:
            return None
        self.posted.append((channel, name, json.loads(payload)))
        return len(self.posted)


class Box:
    """The bridge's ear in one process, on a real disk; `now` is its lever."""

    def __init__(self, folder):
        self.folder = folder
        self.now = Moment(NOW, 1000.0, trusted=True)
        self.line = FakeLine()
        self.ended = 0
        self._turned_s = 0.0
        self.open()

    def open(self):
        """As after a restart."""
        self.inbox = Inbox(self.folder)
        self.ear = Downlink(
            sender=Sender(KIOSK, "Ủy ban nhân dân", "Cửa chính"),
            keys=SIGNER.keys,
            inbox=self.inbox,
            now=lambda: self.now,
            end=self._end,
        )

    def _end(self):
        self.ended += 1

    def hear(self, claims, name="identify", signer=SIGNER, channel=None):
        channel = channel or {
            "ConfigClaims": Channel.CONFIG,
            "CommandClaims": Channel.COMMAND,
            "NeighboursClaims": Channel.NEIGHBOURS,
        }.get(type(claims).__name__, Channel.CONFIG)
        payload = claims if isinstance(claims, bytes) else signer(claims)
        topic = Topic(KIOSK, channel, name if channel is Channel.COMMAND else "")
        self.ear.heard(topic, payload, self.line)

    def turn(self, line=True):
        self._turned_s += 2.0
        self.ear.turn(self.line if line else None, self._turned_s)

    def rows(self, query):
        with closing(sqlite3.connect(self.folder / FILE_NAME)) as db:
            return db.execute(query).fetchall()

    def door(self, statement):
        """What the door does meanwhile."""
        with closing(sqlite3.connect(self.folder / FILE_NAME)) as db, db:
            db.execute(statement)

    def configs(self):
        return [row[0] for row in self.rows("SELECT counter FROM config ORDER BY counter")]

    def commands(self):
        return self.rows("SELECT name, status FROM commands ORDER BY counter")


@pytest.fixture
def box(tmp_path):
    built = Box(tmp_path)
    yield built
    built.inbox.close()


def test_a_configuration_waits_for_the_door(box):
    box.hear(config_claims(5))

    ((counter, document, applied),) = box.rows("SELECT counter, document, applied FROM config")
    assert (counter, json.loads(document)["door"], applied) == (5, "Cửa sau", 0)


def test_a_later_configuration_takes_the_place_of_one_that_the_door_never_took_up(box):
    box.hear(config_claims(5))
    box.hear(config_claims(6))

    assert box.configs() == [6]


def test_the_one_in_force_stays_beside_the_one_that_waits(box):
    box.hear(config_claims(5))
    box.door("UPDATE config SET applied = 1")
    box.hear(config_claims(6))

    assert box.configs() == [5, 6]


@pytest.mark.parametrize("claims", [config_claims(5), neighbours_claims(5)], ids=["config", "neighbours"])
def test_the_same_message_again_is_no_news_and_no_trouble(box, caplog, claims):
    box.hear(claims)
    with caplog.at_level(logging.WARNING):
        box.hear(claims)

    assert caplog.messages == []


@pytest.mark.parametrize("make", [config_claims, command_claims, neighbours_claims])
def test_a_counter_that_was_passed_is_refused_even_after_a_restart(box, caplog, make):
    box.hear(make(5))
    box.inbox.close()
    box.open()
    with caplog.at_level(logging.WARNING):
        box.hear(make(4))

    assert "not above 5" in caplog.text
    assert box.inbox.last(type(make()).__name__.removesuffix("Claims").lower()) == 5


def test_each_kind_counts_by_itself(box):
    box.hear(command_claims(9))
    box.hear(config_claims(7))
    box.hear(neighbours_claims(8))

    assert (box.configs(), len(box.commands()), len(box.rows("SELECT * FROM neighbours"))) == ([7], 1, 1)


@pytest.mark.parametrize(
    ("message", "why"),
    [
        (b"", "not a signed message"),
        ('{"place": "Nguyễn"}'.encode(), "not a signed message"),
        (b"x" * (MAX_SIGNED_BYTES + 1), "more than"),
        (Signer()(config_claims(9)), "signature"),
        (Signer("key-9")(config_claims(9)), "no signing key"),
        (SIGNER(config_claims(9, aud="kiosk-2")), "another kiosk"),
        (SIGNER(command_claims(9)), "typ"),
        (SIGNER.raw({"kind": "config", "aud": KIOSK, "counter": 9, "body": {"place": "Nguyễn"}}), "body"),
    ],
)
def test_what_is_not_the_centres_is_refused_and_told_once_without_what_it_said(box, caplog, message, why):
    box.hear(config_claims(5))
    with caplog.at_level(logging.INFO):
        box.hear(message)
        box.hear(message)

    (told,) = caplog.messages
    assert why in told
    assert "Nguyễn" not in told
    assert (box.configs(), box.inbox.last("config")) == ([5], 5)


def test_many_different_forgeries_do_not_fill_the_memory(box):
    for number in range(200):
        box.hear(b"forged %d" % number)

    assert len(box.ear._refused) <= 64


def test_a_command_is_kept_for_the_door_and_replied_to_when_it_is_done(box):
    claims = command_claims(1)
    box.hear(claims)
    box.turn()
    assert (box.commands(), box.line.posted) == ([("identify", None)], [])

    box.door("UPDATE commands SET status = 'done'")
    box.turn()
    box.turn()

    assert box.line.posted == [(Channel.REPLY, str(claims.id), {"status": "done"})]


def test_a_command_that_comes_again_is_done_once_and_replied_to_again(box):
    claims = command_claims(1)
    box.hear(claims)
    box.hear(claims)
    box.door("UPDATE commands SET status = 'done'")
    box.turn()
    box.hear(claims)

    assert box.commands() == [("identify", "done")]
    assert [reply for *_, reply in box.line.posted] == [{"status": "done"}] * 2


def test_the_same_command_under_a_later_counter_is_still_the_same(box):
    command = uuid4()
    box.hear(command_claims(1, command=command))
    box.hear(command_claims(2, command=command))

    assert box.commands() == [("identify", None)]


def test_a_reply_waits_for_the_line(box):
    box.hear(command_claims(1))
    box.door("UPDATE commands SET status = 'refused', reason = 'no'")
    box.line.is_up = False
    box.turn()
    box.turn(line=False)
    box.line.is_up = True
    box.turn()

    assert [reply for *_, reply in box.line.posted] == [{"status": "refused", "reason": "no"}]


def test_a_reply_outlives_the_bridge(box):
    box.hear(command_claims(1))
    box.door("UPDATE commands SET status = 'done'")
    box.inbox.close()
    box.open()
    box.turn()

    assert len(box.line.posted) == 1


def test_a_command_past_its_deadline_is_not_for_the_door(box):
    box.hear(command_claims(1, late_s=-1))
    box.turn()

    assert box.commands() == [("identify", "expired")]
    assert box.line.posted[0][2]["status"] == "expired"


def test_a_command_that_the_door_does_not_take_up_in_time_is_given_up(box):
    box.hear(command_claims(1, late_s=10))
    box.turn()
    box.now = Moment(NOW + timedelta(seconds=11), 1011.0, trusted=True)
    box.turn()
    box.turn()

    assert box.commands() == [("identify", "expired")]
    assert len(box.line.posted) == 1


def test_while_the_clock_is_not_set_the_counter_alone_tells_old_from_new(box, caplog):
    box.now = Moment(NOW + timedelta(days=400), 1000.0, trusted=False)
    box.hear(command_claims(7))
    assert box.commands() == [("identify", None)]

    box.now = Moment(NOW - timedelta(days=400), 1000.0, trusted=False)
    box.hear(command_claims(6))

    assert box.commands() == [("identify", None)]
    assert "not above 7" in caplog.text


def test_a_restart_is_replied_to_before_the_bridge_ends_and_never_repeated(box):
    claims = command_claims(1, body=Restart())
    box.hear(claims, "restart")
    box.turn()
    assert box.ended == 0
    box.door("UPDATE commands SET status = 'done'")
    box.turn()
    assert (box.ended, len(box.line.posted)) == (1, 1)

    box.inbox.close()
    box.open()
    box.turn()
    box.hear(claims, "restart")
    box.turn()

    assert (box.ended, len(box.line.posted)) == (1, 2)


def test_a_command_that_this_box_does_not_know_is_refused_and_replied_to(box):
    told = {"kind": "command", "aud": KIOSK, "counter": 3, "id": str(uuid4()), "exp": 2**31}
    token = SIGNER.raw(told | {"body": {"name": "dance"}}, typ="door-command+jwt")
    for _ in range(2):
        box.hear(token, "dance", channel=Channel.COMMAND)
    box.turn()

    assert box.commands() == [("dance", "refused")]
    assert {reply["status"] for *_, reply in box.line.posted} == {"refused"}


def test_a_command_on_the_topic_of_another_is_refused(box, caplog):
    box.hear(command_claims(1, body=Restart()), "identify")

    assert "name" in caplog.text
    assert box.commands() == []


def test_commands_of_long_ago_are_forgotten_but_not_that_the_door_is_out_of_order(box):
    box.hear(command_claims(1, body=OutOfOrder(on=True)), "out_of_order")
    box.door("UPDATE commands SET status = 'done'")
    for counter in range(2, COMMANDS_KEPT + 20):
        box.hear(command_claims(counter, body=Identify()))
        box.door("UPDATE commands SET status = 'done'")
        box.turn()

    names = [name for name, _ in box.commands()]
    assert names[0] == "out_of_order"
    assert COMMANDS_KEPT <= len(names) <= COMMANDS_KEPT + 2


def test_neighbours_are_kept_once_each_with_their_last_time(box):
    box.hear(neighbours_claims(1, visits=(neighbour(1), neighbour(2))))
    box.hear(neighbours_claims(2, visits=(neighbour(2, NOW + timedelta(hours=1)), neighbour(3))))

    times = dict(box.rows("SELECT id, at FROM neighbours"))
    assert len(times) == 3
    assert sum("02:05" in at for at in times.values()) == 1


def test_a_new_key_is_believed_once_a_known_one_has_told_of_it(box, caplog):
    new = Signer("key-2")
    box.hear(config_claims(2), signer=new)
    assert box.configs() == []
    box.hear(config_claims(1, signing_keys={name: text(key) for name, key in new.keys.items()}))
    box.hear(config_claims(2), signer=new)
    assert box.configs() == [2]

    # Which in its turn speaks of the old key only: the new one was not to stay.
    box.hear(config_claims(3), signer=new)

    assert box.configs() == [2]


def test_a_new_key_is_still_believed_after_a_restart(box):
    new = Signer("key-2")
    box.hear(config_claims(1, signing_keys={name: text(key) for name, key in new.keys.items()}))
    box.inbox.close()
    box.open()

    assert box.ear.keys == SIGNER.keys | new.keys


def test_visits_bear_the_names_of_the_configuration_that_the_door_has_adopted(box):
    own = box.ear.sender()
    box.hear(config_claims(1, door=""))
    box.turn()
    assert box.ear.sender() == own

    box.door("UPDATE config SET applied = 1")
    box.turn()

    assert box.ear.sender() == Sender(KIOSK, "UBND phường Chiềng An", "Cửa chính")


def test_a_configuration_that_the_disk_has_spoiled_ends_nothing(box):
    box.hear(config_claims(1))
    box.door("UPDATE config SET applied = 1, document = '{'")
    box.inbox.close()
    box.open()
    box.turn()

    assert box.ear.keys == SIGNER.keys


def test_a_disk_that_refuses_ends_nothing_and_what_it_kept_out_can_come_again(box, caplog):
    box.inbox._db.execute("PRAGMA query_only = 1")
    for _ in range(2):
        box.hear(config_claims(1))
    assert len([message for message in caplog.messages if "disk" in message]) == 1
    box.inbox._db.execute("PRAGMA query_only = 0")
    box.turn()
    box.hear(config_claims(1))

    assert box.configs() == [1]


def test_a_reply_that_the_disk_does_not_let_us_remember_is_not_sent_for_ever(box):
    box.hear(command_claims(1))
    box.door("UPDATE commands SET status = 'done'")
    box.inbox._db.execute("PRAGMA query_only = 1")
    for _ in range(5):
        box.turn()

    assert len(box.line.posted) == 1


def test_over_a_real_broker_only_the_centre_is_heard(tmp_path):
    """Retained, repeated, forged, for others, out of time: what a stranger on the broker can try."""
    data = tmp_path / "data"
    enrol(data)
    broker = Broker(tmp_path / "broker")
    heard = queue.Queue()
    client = paho.Client(paho.CallbackAPIVersion.VERSION2)
    client.on_message = lambda _client, _data, message: heard.put(
        (message.topic, json.loads(message.payload))
    )
    client.on_connect = lambda client, *_: client.subscribe(f"doors/v1/{KIOSK}/reply/+", qos=1)
    client.connect("127.0.0.1", broker.port)
    client.loop_start()

    def say(channel, payload, retain=False):
        client.publish(f"doors/v1/{KIOSK}/{channel}", payload, qos=1, retain=retain).wait_for_publish(10)

    def rows(query):
        with closing(sqlite3.connect(data / FILE_NAME)) as db:
            return db.execute(query).fetchall()

    say("config", SIGNER(config_claims(5)), retain=True)
    bridge = Bridge(data, broker.port, "clock.flag=")
    try:
        eventually(
            lambda: (data / FILE_NAME).exists() and any("for the door" in line for line in bridge.errors)
        )
        late = command_claims(1, late_s=-(10**8))
        says = [
            ("config", SIGNER(config_claims(4)), "not above 5"),
            ("config", Signer()(config_claims(6)), "signature"),
            ("config", SIGNER(config_claims(6, aud="kiosk-2")), "another kiosk"),
            ("config", '{"place": "Nguyễn"}'.encode(), "not a signed message"),
            ("config", b"x" * (MAX_SIGNED_BYTES + 1), "more than"),
            ("config", SIGNER.raw({"kind": "config", "aud": KIOSK, "counter": 6, "body": []}), "body"),
            ("command/restart", Signer()(command_claims(1, body=Restart())), "signature"),
            ("command/identify", b"", "not a signed message"),
            ("neighbours", SIGNER(config_claims(7)), "typ"),
        ]
        for channel, payload, why in says:
            before = len(bridge.errors)
            say(channel, payload)
            eventually(lambda why=why, before=before: any(why in line for line in bridge.errors[before:]))
        say("command/identify", SIGNER(late))
        assert heard.get(timeout=10) == (f"doors/v1/{KIOSK}/reply/{late.id}", EXPIRED)
        say("command/identify", SIGNER(late))
        assert heard.get(timeout=10) == (f"doors/v1/{KIOSK}/reply/{late.id}", EXPIRED)

        assert rows("SELECT counter FROM config") == [(5,)]
        assert rows("SELECT count(*) FROM commands") == [(1,)]
        assert not any("Nguyễn" in line for line in bridge.errors)
        assert bridge.process.poll() is None
    finally:
        client.loop_stop()
        bridge.stop()
        broker.stop()


EXPIRED = {"status": "expired", "reason": "it came after its deadline"}
