"""Sealed persons, opened with the centre's keys."""

from functools import cache
from pathlib import Path

from django.conf import settings

from collector.keyring import Keyring
from collector.models import Visit
from mqtt_bridge.wire.persons import NotOpened, Person, SealedPerson, open_person


def keyring() -> Keyring:
    """The centre's keys, once for the whole process: their file is read again only when it has changed."""
    return _of(settings.DATA)


def open_visit(visit: Visit, keyring: Keyring) -> Person | None:
    """
    The personal fields of a visit, by name, and the answers that are personal; empty where none were kept.

    None when they cannot be read: their key was destroyed, or they are not what a door has sealed.
    """
    if visit.person is None:
        return {}
    private = keyring.sealing(visit.sealing_key)
    if private is None:
        return None
    try:
        sealed = SealedPerson(visit.sealing_key, bytes(visit.person))
        return open_person(sealed, private, kiosk=visit.kiosk, visit=str(visit.id))
    except NotOpened:
        return None


@cache
def _of(folder: Path) -> Keyring:
    return Keyring(folder)
