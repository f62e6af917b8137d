"""The right times of visits that a door saw before its clock was right."""

from collections.abc import Collection
from datetime import timedelta
from uuid import UUID

from collector.models import Clock, Visit

_ROWS = 500
"""Rows an UPDATE."""
Boot = tuple[str, UUID]
"""A box's boot: kiosk, and the boot's id."""


def put_right(boots: Collection[Boot]) -> None:
    """Give the visits of these boots their right times, of those boots whose clock became true."""
    kiosks = {kiosk for kiosk, _ in boots}
    known = Clock.objects.filter(kiosk__in=kiosks, boot__in={boot for _, boot in boots})
    latest = {(clock.kiosk, clock.boot): clock for clock in known.order_by("sequence")}
    for boot in sorted(latest.keys() & boots):
        _put_right(latest[boot])


def _put_right(clock: Clock) -> None:
    visits = Visit.objects.filter(kiosk=clock.kiosk, boot=clock.boot).only("monotonic")
    righted = []
    for visit in visits.iterator(chunk_size=_ROWS):
        try:
            visit.at = clock.started + timedelta(seconds=visit.monotonic)
        except OverflowError:
            continue  # No boot lasts so long: what the door says is nonsense, and stays as it is.
        visit.clock_trusted = True
        righted.append(visit)
    Visit.objects.bulk_update(righted, ("at", "clock_trusted"), batch_size=_ROWS)
