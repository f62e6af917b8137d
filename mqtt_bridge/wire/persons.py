"""Persons as a door seals them, and how the centre opens them."""

from kiosk.entries import SealedPerson
from kiosk.errors import NotOpened
from kiosk.sealing import opened as open_person

__all__ = ["NotOpened", "SealedPerson", "open_person"]
