"""The centre's signature, and the counter that makes each message to a box later than all before it."""

import time
from collections import defaultdict
from collections.abc import Mapping

from django.db import transaction
from django.db.models import F, Value
from django.db.models.functions import Greatest

from collector.keyring import Keyring
from collector.models import Kiosk
from mqtt_bridge.wire.signed import Claims, sign


class Pen:
    """
    Signs what goes down. Any thread may use it.

    Args:
        keyring: Has the signing key.

    Raises:
        KeyUnusable: If the signing key cannot be read.
    """

    def __init__(self, keyring: Keyring) -> None:
        self._key, self._private = keyring.signing()

    def sign(self, claims: Claims) -> bytes:
        """A message as it travels."""
        return sign(claims, key=self._key, private=self._private)


def reserve(wanted: Mapping[str, int]) -> dict[str, int]:
    """
    Counters for messages to some kiosks: so many in a row each, that nobody else will use.

    They grow by one, and are at least the milliseconds since 1970: so they go on growing at a centre that was
    put back from an older copy, and at a new centre that takes over boxes of another.

    Args:
        wanted: How many, by kiosk.

    Returns:
        The first of them, by kiosk; kiosks that are not known are left out.
    """
    now_ms = int(time.time() * 1000)
    by_number: dict[int, list[str]] = defaultdict(list)
    for kiosk, number in wanted.items():
        by_number[number].append(kiosk)
    with transaction.atomic():
        # In one order, so that two collectors never wait for each other.
        locked = Kiosk.objects.select_for_update().filter(pk__in=wanted).order_by("pk")
        list(locked.values_list("pk"))
        for number, kiosks in by_number.items():
            after = Greatest(F("counter") + number, Value(now_ms + number))
            Kiosk.objects.filter(pk__in=kiosks).update(counter=after)
        last = dict(Kiosk.objects.filter(pk__in=wanted).values_list("name", "counter"))
    return {kiosk: counter - wanted[kiosk] + 1 for kiosk, counter in last.items()}
