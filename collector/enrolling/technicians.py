"""
Technicians' badges: codes that the centre signs, which open setting up at a box that is in service.

They are kept nowhere, and hold at every door of the centre until their time is over: doors do not know who is
a technician, and nobody can take a badge back, so it holds for some days only. When another key takes the
place of the one that signs, all are worthless.
"""

import datetime as dt

from django.contrib.auth.models import User

from collector import rights
from collector.enrolling.options import MOST_BADGE_DAYS
from collector.errors import RegistryRefused
from collector.keyring import Keyring
from collector.registering import meant
from collector.rights import Right
from mqtt_bridge.wire.codes import Purpose, SignedCode, sign

_NAME_LETTERS = 40


def badge(user: User, days: int, keyring: Keyring, now: dt.datetime) -> tuple[str, dt.datetime]:
    """
    Make a badge for an account.

    Args:
        user: Whose it is.
        days: How long it holds: 1 to 7.
        keyring: Has the key.
        now: The present (aware).

    Returns:
        The text of the code, and from when on it is worth nothing. Who has it can set boxes up: it belongs
        into no log.

    Raises:
        RegistryRefused: If it would hold for too long.
        KeyUnusable: If the key cannot be read.
    """
    if not 1 <= days <= MOST_BADGE_DAYS:
        raise RegistryRefused(f"days {days}: not from 1 to {MOST_BADGE_DAYS}")
    ends = now.replace(microsecond=0) + dt.timedelta(days=days)
    _, key = keyring.signing()
    code = SignedCode(Purpose.TECHNICIAN, str(user.pk), ends, name=user.get_username()[:_NAME_LETTERS])
    return sign(code, key.private_bytes_raw()), ends


def named(name: str) -> User:
    """
    The technician whose account is called so.

    Raises:
        RegistryRefused: If there is none, or it may not set boxes up.
    """
    found = User.objects.filter(username=name, is_active=True).first()
    if found is None:
        raise RegistryRefused(
            f"account {name[:80]!r}: not known{meant(name, _names())}; see `collector user list`"
        )
    if not rights.has(found, Right.ENROL_DOORS):
        raise RegistryRefused(
            f"account {name}: may not set boxes up; give it the role with `collector user grant {name}"
            " --role technician`"
        )
    return found


def _names() -> list[str]:
    return list(User.objects.filter(is_active=True).values_list("username", flat=True))
