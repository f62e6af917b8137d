"""A line that only remembers, and boxes in the registry, for the desks that send things down."""

from datetime import UTC, datetime, timedelta

from collector.down.pen import Pen
from collector.keyring import Keyring
from collector.models import Kiosk, Place
from mqtt_bridge.topics import Channel
from mqtt_bridge.wire.signed import Kind, believe

NOW = datetime(2026, 11, 23, 1, 5, tzinfo=UTC)
"""08:05 in Vietnam."""
PLACE = "UBND phường Chiềng An"


class Wall:
    """The centre's clock; it moves when told."""

    def __init__(self):
        self.now = NOW

    def __call__(self):
        return self.now

    def move(self, **passed):
        self.now += timedelta(**passed)


class Road:
    """What went down, as the boxes read it."""

    def __init__(self, folder):
        self.keyring = Keyring(folder)
        self.pen = Pen(self.keyring)
        self.posted = []
        self._turned_s = 0.0

    def post(self, topic, payload, *, retain=False):
        keys = self.keyring.signing_keys()
        claims = believe(payload, kiosk=topic.kiosk, expected=Kind(topic.channel), keys=keys)
        assert retain is (topic.channel is Channel.CONFIG)
        self.posted.append((topic, claims))

    def turn(self, desk, passed_s=1.0):
        """Give a desk its turn; what it posted."""
        self._turned_s += passed_s
        self.posted.clear()
        desk.turn(self, self._turned_s)
        return list(self.posted)


def enrol(*kiosks, place=PLACE, **facts):
    where, _ = Place.objects.get_or_create(name=place, defaults=facts)
    for kiosk in kiosks:
        Kiosk.objects.create(name=kiosk, place=where, door=f"Cửa {kiosk}")
    return where
