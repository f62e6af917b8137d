"""A command to a box: asked for here, sent by the intake, answered by the box."""

import datetime as dt
from threading import Event

from django.utils import timezone

from collector import registering
from collector.down.ordering import GRACE
from collector.errors import OrderFailed
from collector.models import Order
from mqtt_bridge.wire import BadMessage, orders

LOOK_S = 0.1
_INTAKE_S = 5.0
"""So much longer the answer is waited for: the intake itself gives up in between."""


def ask(kiosk: str, name: str, arguments: dict[str, object], within_s: float) -> Order:
    """
    Have a command sent to a box.

    Args:
        kiosk: The box's name.
        name: What it is to do.
        arguments: How.
        within_s: After so many seconds it is too late.

    Raises:
        RegistryRefused: If there is no such box.
        OrderFailed: If there is no such command, or it takes no such arguments.
    """
    box = registering.box(kiosk)
    try:
        orders.command(name, arguments)
    except BadMessage as error:
        raise OrderFailed(
            f"{name} at {kiosk}: {error}; write it in one line of at most 200 letters"
        ) from None
    now = timezone.now()
    deadline = now + dt.timedelta(seconds=within_s)
    return Order.objects.create(kiosk=box, name=name, arguments=arguments, made_at=now, deadline=deadline)


def wait(order: Order, never: Event) -> None:
    """
    Wait until a box has answered, or it is too late.

    Args:
        order: What it was asked for.
        never: Ends the waiting when it is set.

    Raises:
        OrderFailed: If the box did not do it.
    """
    end = order.deadline + GRACE + dt.timedelta(seconds=_INTAKE_S)
    while order.status in Order.OPEN and timezone.now() < end and not never.wait(LOOK_S):
        order.refresh_from_db()
    what = f"{order.name} at {order.kiosk_id}"
    if order.status in Order.OPEN:
        raise OrderFailed(f"{what}: nobody sent it or answered in time; see that `collector serve` runs")
    if order.status != Order.DONE:
        raise OrderFailed(f"{what}: {order.status}: {order.reason}")
