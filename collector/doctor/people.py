"""What the law wants: names that are forgotten in time, and accounts that prove who uses them."""

import datetime as dt
from pathlib import Path

import django_otp
from django.conf import settings
from django.contrib.auth.models import User

from collector import retention, rights
from collector.doctor.finding import Finding, State
from collector.keyring import Keyring

_SLACK = dt.timedelta(days=1, hours=2)
"""A running centre forgets once a day."""


def forgetting(data: Path, now: dt.datetime) -> Finding:
    """
    Whether names are still there whose time is over.

    Raises:
        KeyUnusable: If the keys cannot be read.
        django.db.DatabaseError: If the database does not answer.
    """
    due = retention.retain(Keyring(data), now - _SLACK, dry_run=True)
    if due.visits or due.set_aside or due.destroyed:
        says = f"{due.visits} visits still have names whose time is over, {due.destroyed} keys are left"
        return Finding("retention", State.WRONG, f"{says}; run `collector retain`, and let the centre run")
    if due.left:
        says = f"{len(due.left)} keys whose time is over came by COLLECTOR_SEALING_KEYS; take them out there"
        return Finding("retention", State.WRONG, says)
    return Finding("retention", State.OK, "no name is here whose time is over")


def accounts() -> Finding:
    """
    Whether anybody can log in, and whether those who come to names have a second factor.

    Raises:
        django.db.DatabaseError: If the database does not answer.
    """
    active = list(User.objects.filter(is_active=True))
    if not active:
        return Finding("accounts", State.WARNING, "nobody can log in; make one: `collector user add NAME`")
    if not settings.SECOND_FACTOR:
        return Finding("accounts", State.WARNING, "no second factor is asked for: for trying out only")
    bare = sum(rights.names_people(user) and not django_otp.user_has_device(user) for user in active)
    if bare:
        says = (
            f"{bare} of {len(active)} come to names and have no second factor yet; they set it at their login"
        )
        return Finding("accounts", State.WARNING, says)
    return Finding("accounts", State.OK, f"{len(active)} can log in")
