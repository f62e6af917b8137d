"""Support bundles of boxes: kept when they were asked for, forgotten when their time is over."""

import datetime as dt
import logging
from uuid import UUID

from collector.models import Kiosk, Order, SupportBundle
from mqtt_bridge.wire import BadMessage
from mqtt_bridge.wire.support import opened

log = logging.getLogger(__name__)

COMMAND = "support_bundle"
KEEP = dt.timedelta(days=30)
LATE = dt.timedelta(hours=1)
"""So long after its deadline may a bundle come that was made in time."""
MOST_OF_A_BOX = 10
"""A box that is asked again and again keeps its last ones only."""


def keep(kiosk: str, order: str, payload: bytes, now: dt.datetime) -> bool:
    """
    Keep what a box has sent, if that box was asked for it; one that comes again takes the place of the first.

    Args:
        kiosk: Who sent it, by the topic.
        order: The command's id, likewise.
        payload: JSON in gzip.
        now: The present (aware).

    Returns:
        Whether it was kept; why not stands in the log.
    """
    asked = _asked(kiosk, order, now)
    if asked is None:
        log.warning("support bundle of %s not kept: nobody has asked for it", kiosk)
        return False
    try:
        opened(payload)
    except BadMessage as error:
        log.warning("support bundle of %s not kept: %s", kiosk, error)
        return False
    SupportBundle.objects.update_or_create(order=asked, defaults={"received_at": now, "content": payload})
    of_box = SupportBundle.objects.filter(order__kiosk=kiosk).order_by("-received_at")
    spare = list(of_box.values_list("pk", flat=True)[MOST_OF_A_BOX:])
    SupportBundle.objects.filter(pk__in=spare).delete()
    return True


def _asked(kiosk: str, order: str, now: dt.datetime) -> Order | None:
    """The command that a box answers; None where it was not asked, or too long ago."""
    try:
        number = UUID(order)
    except ValueError:
        return None
    asked = Order.objects.filter(pk=number, kiosk=kiosk, name=COMMAND)
    return asked.filter(status__in=(*Order.OPEN, Order.DONE, Order.EXPIRED), deadline__gt=now - LATE).first()


def found(kiosk: Kiosk, order: UUID) -> SupportBundle | None:
    """What a box sent for a command; None where nothing came, or it was forgotten."""
    return SupportBundle.objects.filter(pk=order, order__kiosk=kiosk).first()


def text(bundle: SupportBundle) -> bytes:
    """A bundle as it is read: JSON."""
    return opened(bytes(bundle.content))


def forget(now: dt.datetime) -> int:
    """Forget those whose time is over; how many."""
    return SupportBundle.objects.filter(received_at__lt=now - KEEP).delete()[0]
