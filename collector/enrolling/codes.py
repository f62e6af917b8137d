"""Set-up codes as the centre makes them: one open code a box, worth something for a while, and once."""

import datetime as dt
import hashlib
import secrets
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from django.db import transaction

from collector.broker.authority import Authority
from collector.enrolling import reaching
from collector.enrolling.options import CODE_MINUTES
from collector.errors import EnrolmentRefused
from collector.keyring import Keyring
from collector.models import Kiosk, SetupCode
from mqtt_bridge.wire import enrolment as wire
from mqtt_bridge.wire.enrolment import Wifi

LIFETIMES = tuple(dt.timedelta(minutes=int(minutes)) for minutes in CODE_MINUTES)
LIFETIME = LIFETIMES[1]
KEPT = dt.timedelta(days=30)
"""How long is known what became of a code."""
COMMAND_LINE = ""
"""Who made a code that no account has made: whoever runs the centre's commands."""
_TOKEN_BYTES = 16


class State(StrEnum):
    """What has become of a code."""

    OPEN = "open"
    USED = "used"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Made:
    """
    A code that was made just now.

    Attributes:
        text: To be drawn, and shown once. Who has it can be the box: it belongs into no log.
        row: What the centre remembers of it.
    """

    text: str = field(repr=False)
    row: SetupCode


@dataclass(frozen=True, slots=True)
class Office:
    """
    Where boxes are enrolled.

    Attributes:
        url: `https://HOST:PORT`.
        authority: SHA-256 of the authority's certificate: 32 bytes.
    """

    url: str
    authority: bytes


def office(data: Path) -> Office | None:
    """
    Where boxes are enrolled; None where this centre enrols none by code.

    Args:
        data: The data folder.

    Raises:
        BrokerUnusable: If there is no authority that a code could tell of.
    """
    url = reaching.enrolment()
    return Office(url, Authority(data).fingerprint()) if url else None


def make(
    box: Kiosk,
    office: Office,
    keyring: Keyring,
    now: dt.datetime,
    *,
    by: str,
    lifetime: dt.timedelta = LIFETIME,
    wifi: Wifi | None = None,
) -> Made:
    """
    Make a code for a box; those before are withdrawn.

    Args:
        box: The one that it will be.
        office: Where the code sends it.
        keyring: Has the key that signs.
        now: The present (aware).
        by: Name of the account that makes it; `COMMAND_LINE` for none.
        lifetime: From now on.
        wifi: What the box joins first; in the code only, kept nowhere.

    Raises:
        EnrolmentRefused: If the lifetime is none of `LIFETIMES`.
        KeyUnusable: If the key cannot be read.
    """
    if lifetime not in LIFETIMES:
        raise EnrolmentRefused(f"lifetime {lifetime}: not one of {', '.join(map(str, LIFETIMES))}")
    now = now.replace(microsecond=0)
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    _, key = keyring.signing()
    said = wire.SetupCode(office.url, office.authority, token, now + lifetime, wifi)
    with transaction.atomic():
        Kiosk.objects.select_for_update().get(pk=box.pk)
        _take_back(box, now)
        row = SetupCode.objects.create(
            kiosk=box, digest=digest(token), made_at=now, made_by=by, expires_at=said.expires
        )
    return Made(wire.sign(said, key.private_bytes_raw()), row)


def withdraw(box: Kiosk, now: dt.datetime) -> bool:
    """
    Take back what codes of a box there are.

    Returns:
        Whether one of them was open.
    """
    with transaction.atomic():
        last = latest(box)
        _take_back(box, now)
    return last is not None and state(last, now) is State.OPEN


def latest(box: Kiosk) -> SetupCode | None:
    """The code of a box that was made last; None where there is none, or it is long over."""
    return SetupCode.objects.filter(kiosk=box).order_by("-made_at", "-pk").first()


def state(code: SetupCode, now: dt.datetime) -> State:
    """What has become of a code by now (aware)."""
    if code.used_at is not None:
        return State.USED
    if code.withdrawn_at is not None:
        return State.WITHDRAWN
    return State.EXPIRED if code.expires_at <= now else State.OPEN


def digest(token: str) -> str:
    """By which a token is known."""
    return hashlib.sha256(token.encode()).hexdigest()


def forget(now: dt.datetime) -> int:
    """Forget codes that are long over; how many there were. What was done with them stands in the audit."""
    return SetupCode.objects.filter(expires_at__lt=now - KEPT).delete()[0]


def _take_back(box: Kiosk, now: dt.datetime) -> None:
    SetupCode.objects.filter(kiosk=box, withdrawn_at=None).update(withdrawn_at=now)
