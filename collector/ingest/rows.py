"""What a row of the table of visits holds, and which tables fill places of a journal."""

from collections.abc import Mapping
from operator import itemgetter

import msgspec

from collector.models import Clock, Gap, SetAside, Visit

COLUMNS = (
    "id",
    "kiosk",
    "place_id",
    "door",
    "epoch",
    "sequence",
    "direction",
    "via",
    "operator",
    "verified",
    "corrects",
    "answers",
    "at",
    "clock_trusted",
    "boot",
    "monotonic",
    "format",
    "document",
    "phone",
    "other",
    "sealing_key",
    "person",
)
"""Of the table of visits, in the order of a row; `received_at`, which a batch has in common, comes after."""
CONTENT = (
    "kiosk",
    "epoch",
    "sequence",
    "direction",
    "via",
    "operator",
    "verified",
    "corrects",
    "answers",
    "boot",
    "monotonic",
    "format",
)
"""
By what a visit is the same when it is sent again. Not by the time, which the door puts right later; not by
the person, which retention takes away.
"""
content = itemgetter(*(COLUMNS.index(name) for name in CONTENT))
"""Of a row."""

FILLING = ((Visit, "sequence"), (Clock, "sequence"), (SetAside, "sequence"), (Gap, "through"))
"""What fills places in a journal, from `sequence` on, and the column of the last place."""

_encode = msgspec.json.Encoder(order="deterministic").encode


def answers(given: Mapping[str, str]) -> str:
    """Answers as the column holds them: the same is the same text."""
    return _encode(given).decode()
