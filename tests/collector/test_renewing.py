"""Certificates at the centre: signed for who asks, all that came at once, and not too often."""

import pytest

from collector.broker.errors import BrokerUnusable, CertificateRefused
from collector.ingest.renewing import PACE_S, RenewalDesk
from mqtt_bridge.topics import Channel, Topic
from tests.collector.down import enrol


class Authority:
    """Signs what it is asked to, and remembers what came at once."""

    def __init__(self):
        self.asked = []

    def __call__(self, requests):
        self.asked.append(dict(requests))
        if b"no way" in requests.values():
            raise BrokerUnusable("not told")
        return {
            kiosk: CertificateRefused("revoked") if request == b"refuse" else b"for " + request
            for kiosk, request in requests.items()
        }


class World:
    def __init__(self):
        self.authority, self.now_s, self.posted = Authority(), 0.0, {}
        self.desk = RenewalDesk(self.authority, lambda: self.now_s)

    def post(self, topic, payload):
        assert topic.channel is Channel.CERTIFICATE
        self.posted[topic.kiosk] = payload

    def turn(self, **requests):
        """Let these ask, and the desk have its turn; who has an answer."""
        self.posted.clear()
        for kiosk, request in requests.items():
            self.desk.heard(Topic(kiosk, Channel.RENEWAL), request, self)
        self.desk.turn(self, self.now_s)
        return dict(self.posted)


@pytest.fixture
def world(on_sqlite):
    enrol("front", "back")
    return World()


def test_all_that_ask_in_one_turn_are_signed_for_together(world):
    assert world.turn(front=b"1", back=b"2", stranger=b"3") == {"front": b"for 1", "back": b"for 2"}
    assert world.authority.asked == [{"front": b"1", "back": b"2"}]


def test_who_has_just_been_answered_is_not_again(world):
    world.turn(front=b"1")
    assert world.turn(front=b"2") == {}

    world.now_s += PACE_S
    assert world.turn(front=b"3") == {"front": b"for 3"}


def test_one_that_is_refused_keeps_nobody_from_theirs(world):
    assert world.turn(front=b"refuse", back=b"2") == {"back": b"for 2"}


def test_what_the_nodes_were_not_told_of_is_kept_back(world):
    assert world.turn(front=b"no way", back=b"2") == {}
