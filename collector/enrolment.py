"""Boxes made part of a place: the registry's row, and the credentials that go onto the box."""

import datetime as dt
import difflib
import logging
import os
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
from django.db import transaction
from django.utils import timezone

from collector import zones
from collector.broker.authority import Authority
from collector.broker.errors import BrokerUnusable
from collector.broker.settings import Settings
from collector.broker.shelf import CA_KEY, Shelf
from collector.broker.telling import RELOAD, require_told, tell
from collector.enrolling import codes, reaching
from collector.errors import EnrolmentRefused
from collector.figures import due
from collector.keyring import Keyring
from collector.models import Kiosk, Place, Visit
from collector.registering import fits
from collector.schedule import keys_for
from collector.whole import write_whole
from mqtt_bridge.topics import KIOSK_NAME
from mqtt_bridge.wire import enrolment as wire
from mqtt_bridge.wire.forms import Label

log = logging.getLogger(__name__)

CENTRE, BOX = "centre.json", "box.json"
CA, CERTIFICATE, KEY = "ca.crt", "kiosk.crt", "kiosk.key"
MAX_LETTERS = 80


@dataclass(frozen=True, slots=True)
class Identity:
    """
    By which a box proves itself to the broker, and the broker to it; all in PEM.

    Attributes:
        authority: The authority's certificate.
        certificate: The box's.
        key: The box's private key, in clear; empty where only the box has it.
    """

    authority: bytes
    certificate: bytes
    key: bytes = field(default=b"", repr=False)


def enrol(kiosk: str, place: str, door: str | None = None, *, new: bool = True) -> Kiosk:
    """
    Make a box one of a place's; the box is made if it is not there. A box that was revoked is let in again.

    A set-up code that was made for it before is worth nothing any more: it was for where the box stood then.
    What it sent before it belonged to any place is the place's from now on; what it sent since stays where it
    was sent from.

    Args:
        kiosk: The box's name.
        place: The place's name.
        door: Which door it stands at; None for where it is known to stand.
        new: Whether a place may be made although another is called much the same, or the box has one already.

    Raises:
        EnrolmentRefused: If the names will not do, or the place may be a slip of the pen.
    """
    if not KIOSK_NAME.fullmatch(kiosk):
        raise EnrolmentRefused(f'kiosk "{kiosk}": only lower-case letters, digits and hyphens in a name')
    for what, label in (("place", place), ("door", door or "")):
        if not fits(label, Label) or (what == "place" and not label):
            raise EnrolmentRefused(
                f"{what} {label[:20]!r}: not a name of one line and at most {MAX_LETTERS} letters"
            )
    if not new:
        _check_known(kiosk, place)
    where, _ = Place.objects.get_or_create(name=place)
    told = {} if door is None else {"door": door}
    with transaction.atomic():
        box, _ = Kiosk.objects.update_or_create(
            name=kiosk, defaults={"place": where, "revoked_at": None, **told}
        )
        codes.withdraw(box, timezone.now())
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


def credentials(box: Kiosk, keyring: Keyring, now: dt.datetime) -> wire.Centre:
    """
    What a box needs to know of its centre.

    Raises:
        KeyUnusable: If a key of the centre cannot be read.
    """
    zone = zones.named(box.place.zone)
    keys = sealing_keys(box.place, keyring, now.astimezone(zone).date())
    return wire.Centre(
        kiosk=box.name,
        place_key=_text(keyring.place_key(box.place.pk)),
        sealing_keys=[wire.SealingKey(**key) for key in keys],
        signing_keys={name: _text(key) for name, key in keyring.signing_keys().items()},
    )


def admission(
    box: Kiosk, keyring: Keyring, data: Path, now: dt.datetime, identity: Identity | None
) -> wire.Admission:
    """
    All that a box gets with which it is the centre's.

    Args:
        box: Its row.
        keyring: The centre's keys.
        data: The data folder.
        now: The present (aware).
        identity: By which it proves itself to the broker; None for a broker on the box itself, without TLS.

    Raises:
        KeyUnusable: If a key of the centre cannot be read.
        BrokerUnusable: If the broker's settings cannot be.
    """
    return wire.Admission(
        centre=credentials(box, keyring, now),
        broker=reaching.broker(data, tls=identity is not None),
        authority=identity.authority.decode() if identity else "",
        certificate=identity.certificate.decode() if identity else "",
        place=box.place.name,
        door=box.door,
        key=identity.key.decode() if identity else "",
    )


def identify(box: Kiosk, data: Path) -> Identity | None:
    """
    A new key and certificate for a box; one that was revoked is let in with it.

    Returns:
        None where the centre has no authority.

    Raises:
        CertificateRefused: If the authority does not make it.
        BrokerUnusable: If the authority's files cannot be read or written.
    """
    shelf = Shelf(data)
    if shelf.read(CA_KEY) is None:
        return None
    authority = Authority(data)
    was_out = authority.is_revoked(box.name)
    key, certificate = authority.issue_kiosk(box.name)
    settings = Settings.read(shelf)
    if settings is not None and settings.nodes:
        _tell_nodes(shelf)
    elif was_out:
        tell(shelf, os.environ.get(RELOAD, ""))
    return Identity(authority.ca_pem(), certificate, key)


def _tell_nodes(shelf: Shelf) -> None:
    """Have nodes know a new box: one that is not there yet reads of it when it starts."""
    try:
        require_told(shelf)
    except BrokerUnusable as error:
        log.warning("the box is refused until its nodes have read nats-users.conf: %s", error)


def write_folder(admitted: wire.Admission, folder: Path) -> None:
    """
    Write an admission as the folder that a box keeps it in.

    Raises:
        EnrolmentRefused: If it cannot be written.
    """
    own = {"kiosk": {"name": admitted.centre.kiosk}, "place": {"name": admitted.place}}
    own |= {"door": {"name": admitted.door}} if admitted.door else {}
    files = {}
    if admitted.certificate:
        own |= {"mqtt": msgspec.to_builtins(admitted.broker)}
        told = {CA: admitted.authority, KEY: admitted.key, CERTIFICATE: admitted.certificate}
        files = {name: text.encode() for name, text in told.items()}
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for name, content in {**files, BOX: _json(own), CENTRE: _json(admitted.centre)}.items():
            write_whole(folder / name, content, mode=0o600)
    except OSError as error:
        raise EnrolmentRefused(f"folder {folder}: {error.strerror}; choose another with --folder") from error


def write_file(admitted: wire.Admission, file: Path) -> None:
    """
    Write an admission as one file, for its box's eyes only: `kiosk enrol --file` reads it.

    Raises:
        EnrolmentRefused: If it cannot be written.
    """
    try:
        write_whole(file, _json(admitted), mode=0o600)
    except OSError as error:
        raise EnrolmentRefused(f"file {file}: {error.strerror}; name another with --file") from error


def sealing_keys(place: Place, keyring: Keyring, today: dt.date) -> list[dict[str, str]]:
    """The keys that a place's doors seal with, as they are told; none where no names are kept."""
    if place.kind == Place.PUBLIC:
        return []
    return [
        {"id": key.id, "public": _text(bytes(key.public)), "begins": key.begins.isoformat()}
        for key in keys_for(place.keep_days, today, zones.named(place.zone), keyring)
    ]


def _json(document: object) -> bytes:
    return msgspec.json.format(msgspec.json.encode(document), indent=1) + b"\n"


def _text(key: bytes) -> str:
    return urlsafe_b64encode(key).rstrip(b"=").decode()
