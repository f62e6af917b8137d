"""Persons as a door seals them, and how the centre opens them."""

from kiosk.entries import SealedPerson
from kiosk.errors import NotOpened
from kiosk.fields import visible
from kiosk.sealing import Person
from kiosk.sealing import opened as open_person

__all__ = ["NotOpened", "Person", "SealedPerson", "open_person", "visible"]
