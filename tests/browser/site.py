"""A whole centre with its broker, people of every role, and a door that is online."""

import sqlite3
import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.auth.models import User
from django.db import connections
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice
from paho.mqtt import client as paho
from paho.mqtt.enums import CallbackAPIVersion

from collector import database
from collector.broker.authority import Authority
from collector.broker.settings import Settings
from collector.enrolment import enrol
from collector.keyring import Keyring
from collector.models import Grant, Kiosk, Place, Unit
from collector.schedule import keys_for
from kiosk.model import Direction, Format, Visitor
from kiosk.sealing import Sealer, SealingKey
from mqtt_bridge.topics import ROOT
from mqtt_bridge.wire import VisitEvent
from mqtt_bridge.wire.health import Clock, Health, Queue, encode_health
from mqtt_bridge.wire.health import Door as DoorHealth
from mqtt_bridge.wire.signed import ConfigClaims, Kind, believe
from tests.collector import conftest as road
from tests.collector.conftest import Broker, Centre, Door
from tests.collector.databases import Templates, used
from tests.ports import free_port

PASSWORD = "mot mat khau dai"
PEOPLE = ("Nguyễn Văn Thử", "Trần Thị Mẫu", "Lò Văn Giả", "Cầm Thị Ví Dụ", "Quàng Văn Nháp")
"""Nobody is called so."""
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
PAPER_CODES = 60
"""Every login takes one."""
ADDRESS = "https://vao.example.vn"
"""Under which phones would reach it."""
FRAMER = "http://127.0.0.1:4999"
"""Whose pages may show those of a place in a frame; nobody is there."""
RETAINED = frozenset({"availability", "health"})


@dataclass
class Site:
    """
    The centre as its users meet it.

    Attributes:
        address: Of its pages, without a slash at the end.
        folder: Its data folder.
        place: Where all happens.
        elsewhere: A place of another commune.
        province: Above both.
        door: A box at `place` that is online.
        broker: Between the two.
        names: Accounts by role.
        enrolment: Port at which new boxes ask to be taken.
        heard: What the centre has told the door since it is open: topics below the box's name, and messages.
    """

    address: str
    folder: Path
    place: Place
    elsewhere: Place
    province: Unit
    door: Door
    sealer: Sealer
    broker: Broker
    names: dict[str, str] = field(default_factory=dict)
    enrolment: int = 0
    heard: list[tuple[str, bytes]] = field(default_factory=list)
    _client: paho.Client = field(default_factory=lambda: paho.Client(CallbackAPIVersion.VERSION2))
    _sequence: int = 0
    _codes: Counter[str] = field(default_factory=Counter)

    def paper_code(self, role: str) -> str:
        """The next code on somebody's paper: each lets in once."""
        self._codes[role] += 1
        return f"paper{self._codes[role] - 1:02d}"

    def begin(self) -> None:
        """Let a morning be behind the place: some have come, and one has left."""
        now = datetime.now(ZONE)
        # Just after midnight the morning is short: nothing of it was yesterday.
        ago = min(timedelta(minutes=2), now - now.replace(hour=0, minute=0, second=0, microsecond=0))
        self.come(*PEOPLE[:3], at=now - ago)
        self.come(PEOPLE[0], direction=Direction.OUT, at=now - ago / 2)

    def listen(self) -> None:
        """Hear what the centre tells the door, and say that the door is online."""
        self._client.on_connect = lambda client, *_: client.subscribe(f"{ROOT}/{self.door.kiosk}/#", 1)
        self._client.on_message = lambda _client, _data, message: self.heard.append(
            (message.topic.removeprefix(f"{ROOT}/{self.door.kiosk}/"), message.payload)
        )
        self._client.reconnect_delay_set(1, 1)
        self._client.connect("127.0.0.1", self.broker.port)
        self._client.loop_start()
        self.greet()

    def greet(self) -> None:
        """Have the door say that it is online, and how it is, once it knows how to behave."""
        for client in (self._client, self.door._client):
            road.wait_until(client.is_connected, "the line is up")
        self.say("availability", b"online")
        road.wait_until(lambda: bool(self.told("config")), "the door knows how to behave")
        self.say("health", encode_health(_health(self.config.counter)))

    def say(self, topic: str, message: bytes) -> None:
        """Have the door say something; returns when the broker has it."""
        self._client.publish(
            f"{ROOT}/{self.door.kiosk}/{topic}", message, qos=1, retain=topic in RETAINED
        ).wait_for_publish(road.PATIENCE_S)

    @property
    def config(self) -> ConfigClaims:
        """What the door knows of how it is to behave, as a box believes it."""
        keys = Keyring(self.folder).signing_keys()
        claims = believe(self.told("config")[-1], kiosk=self.door.kiosk, expected=Kind.CONFIG, keys=keys)
        assert isinstance(claims, ConfigClaims)
        return claims

    def told(self, topic: str) -> list[bytes]:
        """What the door was told on topics that begin so."""
        return [message for said, message in self.heard if said.startswith(topic)]

    def close(self) -> None:
        """Let the door go."""
        self._client.disconnect()
        self._client.loop_stop()
        self.door.close()

    def visit(self, name: str, **facts: Any) -> VisitEvent:
        """A visit of an invented person, as the door seals it; now, if nothing else is said."""
        self._sequence += 1
        number = f"0140990{PEOPLE.index(name):05d}" if name in PEOPLE else f"01409{self._sequence:07d}"
        visitor = Visitor(
            Format.CCCD, **{"document": number, "name": name, "birth": "1999-02-01"} | facts.pop("known", {})
        )
        id_ = str(uuid.uuid4())
        whole = {
            "id": id_,
            "at": datetime.now(UTC),
            "direction": Direction.IN,
            "person": self.sealer.seal(visitor, id_, datetime.now(UTC)),
            "pseudonyms": self.sealer.pseudonyms(visitor),
            **facts,
        }
        return self.door.event(self._sequence, **whole)

    def come(self, *names: str, **facts: Any) -> None:
        """Let people come in at the door, now, and wait until the centre has said that it has them."""
        known = len(self.door.receipts)
        self.door.post(*(self.visit(name, **facts) for name in names))
        road.wait_until(lambda: len(self.door.receipts) > known, "the centre has them")


@contextmanager
def open_site(templates: Templates, folder: Path) -> Iterator[Site]:
    """Make all in a folder, and start it; to be used where tests may ask the database."""
    data = folder / "data"
    data.mkdir()
    with (
        closing(sqlite3.connect(templates.file())) as source,
        closing(sqlite3.connect(data / database.DATABASE)) as copy,
    ):
        source.backup(copy)
    with used("", data):
        yield from _opened(folder, data)


def _opened(folder: Path, data: Path) -> Iterator[Site]:
    province = Unit.objects.create(name="Sơn La")
    boxes = [_box(province, *told) for told in (("cong-chinh", "Chiềng An"), ("cong-to-hieu", "Tô Hiệu"))]
    keyring = Keyring(data)
    place = boxes[0].place
    names = {role: _account(role, place, province) for role in (*Grant.Role.values, "administrator")}
    (key, *_) = keys_for(place.keep_days, datetime.now(ZONE).date(), ZONE, keyring)
    sealer = Sealer(
        "cong-chinh",
        keyring.place_key(place.pk),
        (SealingKey(key.id, bytes(key.public), datetime(2020, 1, 1, tzinfo=UTC)),),
    )
    connections.close_all()
    broker = Broker(folder)
    broker.start()
    centre = Centre(folder, broker.port)
    try:
        port = _authority(data)
        centre.start("--address", ADDRESS, "--enrolment", f"127.0.0.1:{port}", "--framed-by", FRAMER)
        address = centre.address.rstrip("/")
        site = Site(
            address, data, place, boxes[1].place, province, Door(broker.port), sealer, broker, names, port
        )
        site.listen()
        yield site
        site.close()
    finally:
        centre.kill()
        broker.kill()


def _authority(data: Path) -> int:
    """Let the centre be ready for new boxes; the port at which they will ask."""
    authority = Authority(data)
    authority.prepare(Settings(("127.0.0.1",), free_port(), "127.0.0.1", authority.shelf.owner()))
    return free_port()


def _box(province: Unit, kiosk: str, commune: str) -> Kiosk:
    box = enrol(kiosk, f"UBND phường {commune}", "Cửa chính")
    box.place.unit = Unit.objects.create(name=commune, parent=province)
    box.place.save()
    return box


def _account(role: str, place: Place, province: Unit) -> str:
    """Somebody with this role, and codes on paper for the second factor; their name."""
    user = User.objects.create_user(role, password=PASSWORD)
    if role == "administrator":
        user.is_superuser = user.is_staff = True
        user.save()
    else:
        at_place = role in {"manager", "clerk"}
        Grant.objects.create(
            user=user, role=role, place=place if at_place else None, unit=None if at_place else province
        )
    TOTPDevice.objects.create(user=user, name="app", confirmed=True)
    paper = StaticDevice.objects.create(user=user, name="paper")
    for number in range(PAPER_CODES):
        paper.token_set.create(token=f"paper{number:02d}")
    return user.username


def _health(config: int) -> Health:
    now = datetime.now(UTC)
    return Health(
        version="0.1.0",
        boot=uuid.uuid4(),
        uptime_s=3 * 3600,
        queue=Queue(waiting=0, sent=0, stored=1204, aside=0),
        last_receipt=now,
        clock=Clock(trusted=True, time=now),
        door=DoorHealth(running=True, state="serving", camera=True, keypad=True),
        disk_free_mb=21_000,
        temperature_c=48.0,
        throttled=None,
        config=config,
        enrolled=True,
        keeps_names=True,
        certificate_expires=now + timedelta(days=200),
    )
