"""One visit as our wire writes it, with places where the load program fills in what differs."""

from datetime import UTC, datetime
from pathlib import Path

from kiosk.entries import Pseudonyms, SealedPerson, VisitEntry
from kiosk.model import Direction, Format, Source
from mqtt_bridge import wire

_KIOSK = "bench-9999"
_ID = "01a209b8-f8fd-77f9-adaa-3640e4a01733"
_EPOCH = "8d11b8e4-c260-421e-bc4f-23f67e1551fc"
_SEQUENCE = 7_777_777
_PERSON_BYTES = 32 + 128 + 16
"""HPKE's key, a person filled up to 128 bytes, and the tag."""


def write(path: Path) -> Path:
    """Write a template file; its path."""
    entry = VisitEntry(
        id=_ID,
        epoch=_EPOCH,
        sequence=_SEQUENCE,
        direction=Direction.IN,
        source=Source.CAMERA,
        operator=None,
        at=datetime(2026, 11, 23, 1, 5, tzinfo=UTC),
        clock_trusted=True,
        boot="0c9c4f8e-6a53-4d4e-9bb6-5a4f5ba7b8d9",
        monotonic_s=1234.5,
        format=Format.CCCD,
        pseudonyms=Pseudonyms(document=bytes(range(32))),
        person=SealedPerson("2026-1", bytes(range(_PERSON_BYTES))),
    )
    sender = wire.Sender(_KIOSK, place="UBND phường Chiềng An", door="Cửa chính")
    event = wire.encode([wire.event(sender, entry)])
    for value, word in (
        (_KIOSK, "@KIOSK@"),
        (_ID, "@ID@"),
        (_EPOCH, "@EPOCH@"),
        (f'"{_SEQUENCE}"', '"@SEQUENCE@"'),
    ):
        if event.count(value.encode()) != 1:
            raise RuntimeError(f"{value} does not stand once in a visit as it travels")
        event = event.replace(value.encode(), word.encode())
    path.write_bytes(event)
    return path
