"""The right times of visits that a door saw before its clock was right."""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from collector.figures import due
from collector.models import Clock, Visit

_ROWS = 500
"""Rows an UPDATE."""
_NOTED = timedelta(seconds=1)
"""By so much a time must have been wrong, for what the door said first to be kept."""
Boot = tuple[str, UUID]
"""A box's boot: kiosk, and the boot's id."""


def put_right(boots: Collection[Boot]) -> None:
    """Give the visits of these boots their right times, of those boots whose clock became true."""
    kiosks = {kiosk for kiosk, _ in boots}
    known = Clock.objects.filter(kiosk__in=kiosks, boot__in={boot for _, boot in boots})
    latest = {(clock.kiosk, clock.boot): clock for clock in known.order_by("sequence")}
    moved: set[tuple[int, datetime]] = set()
    for boot in sorted(latest.keys() & boots):
        moved |= _put_right(latest[boot])
    # All at once, in the one order that every collector keeps to: else two would wait for each other.
    due.mark_times(moved)


def _put_right(clock: Clock) -> set[tuple[int, datetime]]:
    """At which places visits have moved, from when and to when."""
    visits = Visit.objects.filter(kiosk=clock.kiosk, boot=clock.boot).only(
        "monotonic", "at", "told_at", "place"
    )
    righted = []
    moved: set[tuple[int, datetime]] = set()
    for visit in visits.iterator(chunk_size=_ROWS):
        was = visit.at
        try:
            visit.at = clock.started + timedelta(seconds=visit.monotonic)
        except OverflowError:
            continue  # No boot lasts so long: what the door says is nonsense, and stays as it is.
        if visit.told_at is None and abs(visit.at - was) >= _NOTED:
            visit.told_at = was
        if visit.place_id is not None and visit.at != was:
            moved |= {(visit.place_id, was), (visit.place_id, visit.at)}
        visit.clock_trusted = True
        righted.append(visit)
    # Another box may have used the same ids.
    own = Visit.objects.filter(kiosk=clock.kiosk)
    own.bulk_update(righted, ("at", "told_at", "clock_trusted"), batch_size=_ROWS)
    return moved
