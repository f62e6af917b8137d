"""Visits at the other doors of a place: the body of a message on `neighbours`."""

from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from kiosk.model import Direction
from mqtt_bridge.wire.events import Pseudonyms, Time

MAX_NEIGHBOURS = 50
"""Most visits in one message."""


class NeighbourVisit(Struct, frozen=True, gc=False, kw_only=True):
    """
    Somebody passed another door of the place.

    Attributes:
        id: The visit's id. It may come again, with a time that was put right.
        direction: Which way.
        at: When, by a clock that was right.
        pseudonyms: By what the person is known again; they are the same at all doors of a place.
    """

    id: UUID
    direction: Direction
    at: Time
    pseudonyms: Pseudonyms


class Neighbours(Struct, frozen=True):
    """Some of them, oldest first."""

    visits: Annotated[tuple[NeighbourVisit, ...], Meta(min_length=1, max_length=MAX_NEIGHBOURS)]
