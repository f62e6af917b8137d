"""Two offices with a door each, visits as doors seal them, and people of every role who are logged in."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from django_otp import DEVICE_ID_SESSION_KEY
from django_otp.plugins.otp_static.models import StaticDevice

from collector import schedule
from collector.enrolment import enrol
from collector.ingest.receiving import Received
from collector.ingest.storing import Store
from collector.keyring import Keyring
from collector.models import Grant, Kiosk, Place, Unit
from collector.schedule import keys_for
from kiosk.model import Format, Visitor
from kiosk.sealing import Sealer, SealingKey
from mqtt_bridge.wire import VisitEvent
from tests.collector.conftest import visit

KNOWN = {"document": "014099000001", "name": "Nguyễn Văn Thử", "birth": "1999-02-01"}
PASSWORD = "mot mat khau dai"


@dataclass
class Offices:
    """
    A province with two communes, a place in each, a box at each.

    Attributes:
        province: Above all.
        commune: The unit of `place`.
        place: Where all happens.
        elsewhere: A place of another commune.
        box: Of `place`.
        other_box: Of `elsewhere`.
    """

    province: Unit
    commune: Unit
    place: Place
    elsewhere: Place
    box: Kiosk
    other_box: Kiosk


@pytest.fixture(autouse=True)
def quick_passwords(settings) -> None:
    """Hashing that is not slow on purpose: hundreds of accounts are made here."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def keyring(db, tmp_path, settings) -> Keyring:
    """The centre's keys, in a folder of their own."""
    settings.DATA = tmp_path
    return Keyring(tmp_path)


@pytest.fixture
def offices(keyring) -> Offices:
    province = Unit.objects.create(name="Sơn La")
    communes = [Unit.objects.create(name=name, parent=province) for name in ("Chiềng An", "Tô Hiệu")]
    boxes = [
        enrol("cong-chinh", "UBND phường Chiềng An", "Cửa chính"),
        enrol("cong-to-hieu", "UBND phường Tô Hiệu", "Cửa chính"),
    ]
    for box, commune in zip(boxes, communes, strict=True):
        Place.objects.filter(pk=box.place_id).update(unit=commune)
        box.place.refresh_from_db()
    here, there = (box.place for box in boxes)
    return Offices(province, communes[0], here, there, *boxes)


@pytest.fixture(autouse=True)
def forget_tries() -> None:
    """What strangers have tried in one test holds up nobody in the next."""
    cache.clear()


@pytest.fixture
def few_keys(monkeypatch) -> None:
    """Keys of some days ahead only: nobody waits here for 120."""
    monkeypatch.setattr(schedule, "DAYS_AHEAD", 3)
    monkeypatch.setattr(schedule, "TOPPED_UP_AT", 2)


@pytest.fixture
def store(offices, keyring, few_keys) -> Callable[..., list[VisitEvent]]:
    """
    Store visits, of which the facts that are told differ from `tests.collector.conftest.visit`.

    Facts may also be `known` (of the visitor) and `answered`. Sequence numbers go on; persons are sealed to the
    key of today whatever their day, and pseudonyms are those of the box's place.
    """
    epochs: dict[str, str] = {}
    numbers: dict[str, int] = {}

    def sealed(box: Kiosk, *, known: dict[str, str] = KNOWN, answered: Any = (), **facts: Any) -> VisitEvent:
        today = timezone.localdate()
        (key, *_) = keys_for(box.place.keep_days, today, timezone.get_default_timezone(), keyring)
        place_key = keyring.place_key(box.place_id)
        sealer = Sealer(
            box.name, place_key, (SealingKey(key.id, bytes(key.public), datetime(2020, 1, 1, tzinfo=UTC)),)
        )
        visitor = Visitor(Format.CCCD, **known)
        id_ = str(facts.pop("id", None) or uuid.uuid4())
        numbers[box.name] = numbers.get(box.name, 0) + 1
        whole = {
            "id": id_,
            "kiosk": box.name,
            "epoch": epochs.setdefault(box.name, str(uuid.uuid4())),
            "sequence": numbers[box.name],
            "person": sealer.seal(visitor, id_, timezone.now(), answered),
            "pseudonyms": sealer.pseudonyms(visitor),
            "answers": {one.question: one.answer for one in answered if not one.personal},
            **facts,
        }
        return visit(**whole)

    def store(*visits: dict[str, Any], box: Kiosk | None = None) -> list[VisitEvent]:
        box = box or offices.box
        events = [sealed(box, **facts) for facts in visits]
        Store().commit([Received(box.name, events)], timezone.now())
        return events

    return store


@pytest.fixture
def client_of(offices) -> Callable[..., Client]:
    """
    A browser of somebody with a role, logged in; by default the manager of `offices.place`, proven twice.

    `role` None is somebody without any; "administrator" is one.
    """

    def client_of(
        role: str | None = "manager",
        *,
        place: Place | None = None,
        unit: Unit | None = None,
        everywhere: bool = False,
        proven: bool = True,
    ) -> Client:
        user = User.objects.create_user(f"{role or 'nobody'}-{uuid.uuid4().hex[:6]}", password=PASSWORD)
        if role == "administrator":
            user.is_superuser = user.is_staff = True
            user.save()
        elif role is not None:
            if place is None and unit is None and not everywhere:
                place = offices.place
            Grant.objects.create(user=user, role=role, place=place, unit=unit)
        client = Client()
        client.force_login(user)
        if proven:
            prove(client, user)
        client.user = user
        return client

    return client_of


@pytest.fixture
def client(client_of) -> Client:
    """The manager of `offices.place`."""
    return client_of()


def prove(client: Client, user: User) -> None:
    """Have a browser's session show a second factor."""
    device = StaticDevice.objects.create(user=user, name="test")
    session = client.session
    session[DEVICE_ID_SESSION_KEY] = device.persistent_id
    session.save()
