"""What a row of the table of visits holds."""

from operator import itemgetter

COLUMNS = (
    "id",
    "kiosk",
    "place",
    "door",
    "epoch",
    "sequence",
    "direction",
    "via",
    "operator",
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
    "received_at",
)
"""Of the table of visits, in the order of a row."""
CONTENT = ("kiosk", "epoch", "sequence", "direction", "via", "operator", "boot", "monotonic", "format")
"""
By what a visit is the same when it is sent again. Not by the time, which the door puts right later; not by
the person, which retention takes away.
"""
content = itemgetter(*(COLUMNS.index(name) for name in CONTENT))
"""Of a row."""
