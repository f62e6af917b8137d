"""A support bundle that the centre asks for: made beside the road's work, sent whole, replied to after."""

import gzip
import json
import logging
from datetime import timedelta
from threading import Event
from uuid import uuid4

import pytest

from kiosk.store.inbox import CommandRow, Inbox
from kiosk.verbosity import OWN
from mqtt_bridge.supporting import COMMAND, Supporting, by_program
from mqtt_bridge.topics import Channel
from mqtt_bridge.wire import MAX_MESSAGE_BYTES
from mqtt_bridge.wire.orders import LogLevel, SupportBundle
from tests.mqtt_bridge.centre import NOW, command_claims
from tests.mqtt_bridge.test_orders import Box
from tests.programs import eventually

BUNDLE = gzip.compress(b"{}")


class Road:
    """A line that remembers, and a bundle that is made when the test lets it; `turn()` lets time pass."""

    def __init__(self, folder):
        self.inbox = Inbox(folder)
        self.posted = []
        self.is_up = True
        self.may_end = Event()
        self.may_end.set()
        self.bundle = BUNDLE
        self.made = 0
        self.now_s = 0.0
        self.supporting = Supporting(Inbox(folder), self.collect)

    def collect(self):
        self.made += 1
        self.may_end.wait(10)
        if isinstance(self.bundle, Exception):
            raise self.bundle
        return self.bundle

    def post(self, channel, payload, *, name="", retain=False):
        if not self.is_up:
            return None
        self.posted.append((channel, name, payload))
        return 1

    def ask(self):
        command = str(uuid4())
        self.inbox.keep_command(
            CommandRow(
                counter=self.inbox.last("command") + 1,
                id=command,
                name=COMMAND,
                arguments="{}",
                deadline=NOW + timedelta(minutes=1),
            )
        )
        return command

    def turn(self, line=True):
        self.now_s += 2
        self.supporting.turn(self if line else None, self.now_s)

    def settles(self):
        eventually(lambda: self.turn() or not self.inbox.open(COMMAND))
        return [(result.status, result.reason) for result in self.inbox.results()]


@pytest.fixture
def road(tmp_path):
    built = Road(tmp_path)
    yield built
    built.may_end.set()
    built.inbox.close()


def test_it_is_sent_under_the_commands_id_and_the_command_is_done(road):
    command = road.ask()

    assert road.settles() == [("done", "")]
    assert road.posted == [(Channel.SUPPORT, command, BUNDLE)]


def test_nothing_is_made_unasked(road):
    for _ in range(3):
        road.turn()

    assert (road.made, road.posted) == (0, [])


def test_while_it_is_made_the_road_goes_on_and_the_command_stays_open(road):
    road.may_end.clear()
    road.ask()
    for _ in range(5):
        road.turn()

    assert (road.made, road.posted, len(road.inbox.open(COMMAND))) == (1, [], 1)


def test_several_who_ask_at_once_get_the_same(road):
    first, second = road.ask(), road.ask()

    assert road.settles() == [("done", "")] * 2
    assert road.made == 1
    assert [name for _, name, _ in road.posted] == [first, second]


def test_one_that_the_line_did_not_take_is_made_again(road):
    road.ask()
    road.turn()
    eventually(lambda: road.made == 1)
    road.is_up = False
    road.turn()
    road.turn()
    assert road.inbox.open(COMMAND)

    road.is_up = True
    assert road.settles() == [("done", "")]


@pytest.mark.parametrize(
    ("bundle", "why"),
    [
        (OSError("no room"), "the bundle could not be made; see the box's log"),
        (b"x" * (MAX_MESSAGE_BYTES + 1), f"the bundle has {MAX_MESSAGE_BYTES + 1} bytes: too many"),
    ],
)
def test_one_that_cannot_be_had_is_refused_with_the_reason(road, bundle, why):
    road.bundle = bundle
    road.ask()

    assert road.settles() == [("refused", why)]
    assert road.posted == []


def test_the_program_makes_one_of_the_box_that_the_options_choose(tmp_path):
    made = by_program(["--simulated", f"--data={tmp_path}", "--set=kiosk.name=kiosk-9"])

    assert json.loads(gzip.decompress(made))["kiosk"] == "kiosk-9"


def test_a_program_that_fails_is_told(tmp_path):
    with pytest.raises(OSError, match="ended with 2"):
        by_program(["--nonsense"])


def test_the_bridge_logs_more_at_once_and_the_door_has_still_to_do_it(tmp_path):
    box = Box(tmp_path)
    try:
        box.hear(command_claims(1, body=LogLevel("debug", 5)), "log_level")
        assert logging.getLogger("mqtt_bridge").level == logging.DEBUG
        assert box.commands() == [("log_level", None)]
    finally:
        box.inbox.close()
        for name in OWN:
            logging.getLogger(name).setLevel(logging.NOTSET)


def test_a_bundle_that_is_asked_for_waits_for_the_bridge_itself(tmp_path):
    box = Box(tmp_path)
    box.hear(command_claims(1, body=SupportBundle()), "support_bundle")

    assert box.inbox.open(COMMAND) == [box.rows("SELECT id FROM commands")[0][0]]
    box.inbox.close()
