"""Persons as a door seals them, and how the centre opens them, or seals them itself."""

from kiosk.entries import SealedPerson
from kiosk.errors import NotOpened
from kiosk.fields import MAX_NAME_LETTERS, READ_LETTERS, visible
from kiosk.fields import name as read_name
from kiosk.fields import with_slashes as read_birth
from kiosk.sealing import Person, SealingKey
from kiosk.sealing import opened as open_person
from kiosk.sealing import sealed as seal_person

__all__ = [
    "MAX_NAME_LETTERS",
    "READ_LETTERS",
    "NotOpened",
    "Person",
    "SealedPerson",
    "SealingKey",
    "open_person",
    "read_birth",
    "read_name",
    "seal_person",
    "visible",
]
