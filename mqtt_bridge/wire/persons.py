"""Persons as a door seals them, and how the centre opens them, or seals them itself."""

from kiosk.entries import SealedPerson
from kiosk.errors import NotOpened
from kiosk.fields import visible
from kiosk.sealing import Person, SealingKey
from kiosk.sealing import opened as open_person
from kiosk.sealing import sealed as seal_person

__all__ = ["NotOpened", "Person", "SealedPerson", "SealingKey", "open_person", "seal_person", "visible"]
