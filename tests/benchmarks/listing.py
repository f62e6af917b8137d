"""One list of a hundred thousand visits, written in a process of its own; `tests.benchmarks.export` starts it."""

import csv
import os
import sys
import time
import uuid
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from tests.benchmarks.road import memory_mb

VISITS, A_DAY = 100_000, 1000
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
FIRST = date(2026, 1, 1)
_BATCH = 1000
_PLAIN = "id, at, direction, door, via, operator, verified, clock_trusted, answers, kiosk, sealing_key"


def make(folder: Path) -> None:
    """Fill the database: a person a minute, in and out by turns, all sealed to one key."""
    from django.core.management import call_command
    from django.utils import timezone

    from collector.enrolment import enrol
    from collector.ingest.receiving import Received
    from collector.ingest.storing import Store
    from collector.keyring import Keyring
    from collector.models import SealingKey
    from kiosk.sealing import Sealer
    from kiosk.sealing import SealingKey as PublicKey

    call_command("migrate", interactive=False, verbosity=0)
    place = enrol("cong-chinh", "UBND phường Chiềng An", "Cửa chính").place
    keyring = Keyring(folder)
    begins = datetime(2020, 1, 1, tzinfo=UTC)
    public = keyring.make_sealing(["bench"])["bench"]
    SealingKey.objects.create(id="bench", public=public, begins=begins, keep_days=30)
    sealer = Sealer("cong-chinh", keyring.place_key(place.pk), (PublicKey("bench", public, begins),))
    store, epoch = Store(), str(uuid.uuid4())
    for first in range(1, VISITS + 1, _BATCH):
        events = [_event(number, epoch, sealer) for number in range(first, first + _BATCH)]
        store.commit([Received("cong-chinh", events)], timezone.now())


def ours(kind: str) -> Callable[[Path, Path], int]:
    """As the page has it written."""

    def work(folder: Path, path: Path) -> int:
        from collector.exporting.selection import Selection
        from collector.exporting.writing import write
        from collector.keyring import Keyring
        from collector.models import Place

        return write(
            path,
            kind,
            place=Place.objects.get(),
            selection=Selection(FIRST, FIRST + timedelta(days=VISITS // A_DAY)),
            language="vi",
            user="an",
            keyring=Keyring(folder),
            tell=lambda _done: None,
        )

    return work


def bare(_folder: Path, path: Path) -> int:
    """The columns that are no person's, as the database gives them."""
    with path.open("w", newline="", encoding="utf-8") as file:
        return _written(csv.writer(file), _rows(_PLAIN))


def opened(folder: Path, path: Path) -> int:
    """The same, and each person opened."""
    from collector.keyring import Keyring
    from kiosk.entries import SealedPerson
    from kiosk.sealing import opened as open_person

    keyring = Keyring(folder)

    def open_(row: tuple[Any, ...]) -> tuple[Any, ...]:
        *plain, person = row
        kiosk, key = plain[-2:]
        private = keyring.sealing(key)
        sealed = SealedPerson(key, bytes(person))
        told = open_person(sealed, private, kiosk=kiosk, visit=str(uuid.UUID(str(plain[0]))))
        return (*plain, *told.values())

    with path.open("w", newline="", encoding="utf-8") as file:
        return _written(csv.writer(file), map(open_, _rows(f"{_PLAIN}, person")))


WORKS: dict[str, Callable[[Path, Path], int]] = {
    "csv": ours("csv"),
    "xlsx": ours("xlsx"),
    "bare": bare,
    "opened": opened,
}


def _written(writer: Any, rows: Iterable[tuple[Any, ...]]) -> int:
    count = 0
    for row in rows:
        writer.writerow(row)
        count += 1
    return count


def _rows(columns: str) -> Iterator[tuple[Any, ...]]:
    """Off a cursor of the driver: of the server, where there is one."""
    from django.db import connection

    query = f"SELECT {columns} FROM collector_visit WHERE place_id = 1 ORDER BY at, id"
    connection.ensure_connection()
    if connection.vendor == "postgresql":
        with connection.connection.transaction(), connection.connection.cursor("bench") as cursor:
            cursor.itersize = 1000
            yield from cursor.execute(query)
    else:
        yield from connection.connection.cursor().execute(query)


def _event(number: int, epoch: str, sealer: Any) -> Any:
    from kiosk.entries import VisitEntry
    from kiosk.model import Direction, Format, Source, Visitor
    from mqtt_bridge import wire
    from mqtt_bridge.wire import Sender

    nth = number - 1
    begins = datetime.combine(FIRST + timedelta(days=nth // A_DAY), datetime.min.time(), ZONE)
    at = (begins + timedelta(hours=7, seconds=30 * (nth % A_DAY))).astimezone(UTC)
    id_ = str(uuid.uuid4())
    visitor = Visitor(
        Format.CCCD, document=f"01409{nth // 2 % 5000:07d}", name="Nguyễn Văn Thử", birth="1999-02-01"
    )
    entry = VisitEntry(
        id=id_,
        epoch=epoch,
        sequence=number,
        direction=Direction.OUT if nth % 2 else Direction.IN,
        source=Source.CAMERA,
        operator=None,
        at=at,
        clock_trusted=True,
        boot="0c9c4f8e-6a53-4d4e-9bb6-5a4f5ba7b8d9",
        monotonic_s=float(nth),
        format=Format.CCCD,
        pseudonyms=sealer.pseudonyms(visitor),
        person=sealer.seal(visitor, id_, at),
    )
    return wire.event(Sender("cong-chinh", door="Cửa chính"), entry)


def main() -> None:
    """Do one work; say how many rows a second, and the memory before and at most, in MB."""
    what, folder = sys.argv[1], Path(os.environ["COLLECTOR_DATA"])
    os.environ["DJANGO_SETTINGS_MODULE"] = "collector.settings"
    import django

    django.setup()
    if what == "make":
        make(folder)
        return
    from django.db import connection

    connection.ensure_connection()
    before_mb, _ = memory_mb(os.getpid())
    began_s = time.perf_counter()
    rows = WORKS[what](folder, folder / f"list.{what}")
    took_s = time.perf_counter() - began_s
    _, most_mb = memory_mb(os.getpid())
    assert rows == VISITS, rows
    print(rows / took_s, before_mb, most_mb)


if __name__ == "__main__":
    main()
