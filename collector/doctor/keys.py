"""The keys: whether they can be read, and whether doors have something to seal names to."""

import datetime as dt
import os
from collections.abc import Iterator
from pathlib import Path

from collector import zones
from collector.doctor.finding import Finding, State, joined
from collector.keyring import Keyring
from collector.models import Place, SealingKey

SCANT_DAYS = 30
_SINGLE = {"signing.key": "COLLECTOR_SIGNING_KEY", "pseudonym.key": "COLLECTOR_PSEUDONYM_KEY"}


def check(data: Path, now: dt.datetime) -> Finding:
    """
    The keys. None is made.

    Raises:
        KeyUnusable: If one cannot be read.
        django.db.DatabaseError: If the database does not answer.
    """
    ring = Keyring(data)
    left = days_left(ring, now)
    says = f"sealing keys for {min(left.values())} days" if left else "no place keeps names yet"
    return joined(_faults(data, ring, left), Finding("keys", State.OK, says))


def days_left(ring: Keyring, now: dt.datetime) -> dict[int, int]:
    """
    For how many days from today there are sealing keys, by how many days names are kept.

    Only of places that keep names and have a box; 0 where there is none for today.

    Args:
        ring: The centre's keys.
        now: The present (aware).
    """
    named = Place.objects.filter(kind=Place.CHECKPOINT, kiosks__revoked_at=None, kiosks__isnull=False)
    found: dict[int, int] = {}
    for keep_days, zone in named.values_list("keep_days", "zone").distinct():
        today = now.astimezone(zones.named(zone)).date()
        keys = SealingKey.objects.filter(keep_days=keep_days, destroyed_at=None).order_by("begins")
        held = [key.begins for key in keys if ring.sealing(key.id) is not None]
        has_begun = any(begins <= now for begins in held)
        last = held[-1].astimezone(zones.named(zone)).date() if held else today
        left = max(0, (last - today).days + 1) if has_begun else 0
        found[keep_days] = min(left, found.get(keep_days, left))
    return found


def _faults(data: Path, ring: Keyring, left: dict[int, int]) -> Iterator[Finding]:
    for name, variable in _SINGLE.items():
        if not (data / name).exists() and not os.environ.get(variable):
            if left:  # a centre without boxes makes it when it first runs
                says = f"{data / name}: not there; put it back from a backup: boxes know no other"
                yield Finding("", State.WRONG, says)
        elif name == "signing.key":
            ring.signing()
        else:
            ring.place_key(0)
    for keep_days, days in sorted(left.items()):
        if days < SCANT_DAYS:
            state = State.WARNING if days else State.WRONG
            says = f"sealing keys for names kept {keep_days} days last {days} days"
            yield Finding("", state, f"{says}; run `collector retain`, and see that the centre runs")
