"""Boxes made part of a place: the registry's row, and the credentials that go onto the box."""

import datetime as dt
import difflib
import json
from base64 import urlsafe_b64encode
from pathlib import Path

from collector import zones
from collector.broker.authority import Authority
from collector.broker.shelf import CA_KEY, Shelf
from collector.broker.telling import tell
from collector.errors import EnrolmentRefused
from collector.figures import due
from collector.keyring import Keyring
from collector.models import Kiosk, Place, Visit
from collector.registering import fits
from collector.schedule import keys_for
from collector.whole import write_whole
from mqtt_bridge.topics import KIOSK_NAME
from mqtt_bridge.wire.forms import Label

CENTRE = "centre.json"
MAX_LETTERS = 80


def enrol(kiosk: str, place: str, door: str = "", *, new: bool = True) -> Kiosk:
    """
    Make a box one of a place's; the box is made if it is not there. A box that was revoked is let in again.

    What it sent before it belonged to any place is the place's from now on; what it sent since stays where it
    was sent from.

    Args:
        kiosk: The box's name.
        place: The place's name.
        door: Which door it stands at.
        new: Whether a place may be made although another is called much the same, or the box has one already.

    Raises:
        EnrolmentRefused: If the names will not do, or the place may be a slip of the pen.
    """
    if not KIOSK_NAME.fullmatch(kiosk):
        raise EnrolmentRefused(f'kiosk "{kiosk}": only lower-case letters, digits and hyphens in a name')
    for what, label in (("place", place), ("door", door)):
        if not fits(label, Label) or (what == "place" and not label):
            raise EnrolmentRefused(
                f"{what} {label[:20]!r}: not a name of one line and at most {MAX_LETTERS} letters"
            )
    if not new:
        _check_known(kiosk, place)
    where, _ = Place.objects.get_or_create(name=place)
    box, _ = Kiosk.objects.update_or_create(
        name=kiosk, defaults={"place": where, "door": door, "revoked_at": None}
    )
    if Visit.objects.filter(kiosk=kiosk, place=None).update(place=where):
        due.mark_visits(Visit.objects.filter(kiosk=kiosk, place=where))
    return box


def _check_known(kiosk: str, place: str) -> None:
    """Refuse a place that nobody knows, where a name that is known may have been meant."""
    known = list(Place.objects.values_list("name", flat=True))
    if place in known:
        return
    close = difflib.get_close_matches(place, known, n=1)
    home = Kiosk.objects.filter(name=kiosk).values_list("place__name", flat=True).first()
    if close or home:
        meant = f"did you mean {close[0]}?" if close else f"{kiosk} belongs to {home}."
        raise EnrolmentRefused(f"place {place!r}: not known; {meant} Make a place of this name with --new")


def write_credentials(box: Kiosk, folder: Path, keyring: Keyring, now: dt.datetime) -> None:
    """
    Write what a box needs to know of its centre into `centre.json` of a folder.

    Raises:
        EnrolmentRefused: If it cannot be written.
        KeyUnusable: If a key of the centre cannot be read.
    """
    zone = zones.named(box.place.zone)
    document = {
        "kiosk": box.name,
        "place_key": _text(keyring.place_key(box.place.pk)),
        "sealing_keys": sealing_keys(box.place, keyring, now.astimezone(zone).date()),
        "signing_keys": {name: _text(key) for name, key in keyring.signing_keys().items()},
    }
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_whole(folder / CENTRE, f"{json.dumps(document, indent=1)}\n".encode(), mode=0o600)
    except OSError as error:
        raise EnrolmentRefused(f"folder {folder}: {error.strerror}; choose another with --folder") from error


def write_certificate(box: Kiosk, folder: Path, data: Path) -> bool:
    """
    Write what a box needs for TLS into a folder: its key, its certificate, and the authority's.

    Returns:
        False where the centre has no authority, and nothing was written.

    Raises:
        EnrolmentRefused: If it cannot be written.
        CertificateRefused: If the authority does not make it.
        BrokerUnusable: If the authority's files cannot be read or written.
    """
    shelf = Shelf(data)
    if shelf.read(CA_KEY) is None:
        return False
    authority = Authority(data)
    was_out = authority.is_revoked(box.name)
    key, certificate = authority.issue_kiosk(box.name)
    try:
        write_whole(folder / "ca.crt", authority.ca_pem(), mode=0o600)
        write_whole(folder / "kiosk.key", key, mode=0o600)
        write_whole(folder / "kiosk.crt", certificate, mode=0o600)
    except OSError as error:
        raise EnrolmentRefused(f"folder {folder}: {error.strerror}; choose another with --folder") from error
    if was_out:
        tell(shelf)
    return True


def sealing_keys(place: Place, keyring: Keyring, today: dt.date) -> list[dict[str, str]]:
    """The keys that a place's doors seal with, as they are told; none where no names are kept."""
    if place.kind == Place.PUBLIC:
        return []
    return [
        {"id": key.id, "public": _text(bytes(key.public)), "begins": key.begins.isoformat()}
        for key in keys_for(place.keep_days, today, zones.named(place.zone), keyring)
    ]


def _text(key: bytes) -> str:
    return urlsafe_b64encode(key).rstrip(b"=").decode()
