"""A province with a month behind it: a thousand places, a million visits, as the centre stores them."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from django.contrib.auth.models import User

from collector.ingest.receiving import Received
from collector.ingest.storing import Store
from collector.keyring import Keyring
from collector.models import Grant, Kiosk, Place, Unit
from collector.schedule import keys_for
from kiosk.entries import Pseudonyms, VisitEntry
from kiosk.model import Direction, Format, Source, Visitor
from kiosk.sealing import Sealer, SealingKey
from mqtt_bridge import wire
from mqtt_bridge.wire import Sender, VisitEvent

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
PLACES, DAYS, A_DAY = 1000, 30, 33
BUSY_TODAY = 300
"""Visits of the place that is looked at: as many as a busy commune has."""
BATCH = 1000
PASSWORD = "mot mat khau dai"
NUMBER = "014099000001"
"""Of somebody who came to the busy place every day."""


@dataclass(frozen=True)
class Province:
    """
    What was made.

    Attributes:
        busy: The place that is looked at.
        unit: Above all places.
        manager: An account that may see all.
    """

    busy: Place
    unit: Unit
    manager: User


def make(data: Path, *, places: int = PLACES, days: int = DAYS) -> Province:
    """Fill the database that Django is set to; only the persons of the busy place's last days can be opened."""
    unit = Unit.objects.create(name="Sơn La")
    Place.objects.bulk_create(Place(name=f"UBND xã {number:04}", unit=unit) for number in range(places))
    known = list(Place.objects.order_by("pk"))
    Kiosk.objects.bulk_create(
        Kiosk(name=f"box-{number:04}", place=place) for number, place in enumerate(known)
    )
    store = Store()
    keyring = Keyring(data)
    today = datetime.now(ZONE).date()
    (key, *_) = keys_for(known[0].keep_days, today, ZONE, keyring)
    sealer = Sealer(
        "box-0000",
        keyring.place_key(known[0].pk),
        (SealingKey(key.id, bytes(key.public), datetime(2020, 1, 1, tzinfo=UTC)),),
    )
    boxes = [_Box(f"box-{number:04}", sealer if number == 0 else None) for number in range(places)]
    for back in range(days - 1, -1, -1):
        begins = datetime.combine(today - timedelta(days=back), datetime.min.time(), ZONE).astimezone(UTC)
        received = [
            Received(box.name, list(box.day(begins, BUSY_TODAY if box is boxes[0] and not back else A_DAY)))
            for box in boxes
        ]
        for first in range(0, places, BATCH // A_DAY):
            store.commit(received[first : first + BATCH // A_DAY], begins + timedelta(hours=10))
    user = User.objects.create_user("an", password=PASSWORD)
    Grant.objects.create(user=user, role="manager")
    return Province(known[0], unit, user)


class _Box:
    """A box of a place; without a sealer, of people whom nobody will look at."""

    def __init__(self, name: str, sealer: Sealer | None) -> None:
        self.name = name
        self._sealer = sealer
        self._epoch = str(uuid.uuid4())
        self._sequence = 0

    def day(self, begins: datetime, many: int) -> Iterator[VisitEvent]:
        """A day: people come, and go as the next one comes, over nine hours."""
        for nth in range(many):
            yield self._visit(nth, begins + timedelta(seconds=int(nth * 9 * 3600 / many)))

    def _visit(self, nth: int, at: datetime) -> VisitEvent:
        self._sequence += 1
        id_ = str(uuid.uuid4())
        document = NUMBER if nth < 2 else f"01409{nth // 2:07d}"
        visitor = Visitor(
            Format.CCCD,
            document=document,
            name=f"Nguyễn Văn {_GIVEN[nth // 2 % len(_GIVEN)]}",
            birth="1999-02-01",
        )
        entry = VisitEntry(
            id=id_,
            epoch=self._epoch,
            sequence=self._sequence,
            direction=Direction.OUT if nth % 2 else Direction.IN,
            source=Source.CAMERA if nth % 5 else Source.KEYPAD,
            operator=None if nth % 5 else "Lò Văn Giả",
            at=at,
            clock_trusted=True,
            boot="0c9c4f8e-6a53-4d4e-9bb6-5a4f5ba7b8d9",
            monotonic_s=float(nth),
            format=Format.CCCD,
            pseudonyms=self._sealer.pseudonyms(visitor) if self._sealer else _OTHERS[nth // 2 % len(_OTHERS)],
            person=self._sealer.seal(visitor, id_, at) if self._sealer else None,
        )
        return wire.event(Sender(self.name), entry, 0)


_GIVEN = ("Thử", "Mẫu", "Giả", "Nháp", "Ví Dụ", "Tạm", "Phỏng")
_OTHERS = [Pseudonyms(document=uuid.UUID(int=nth).bytes * 2) for nth in range(200)]
