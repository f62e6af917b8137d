"""
How the centre is, in figures for Prometheus: asked of the database when somebody wants to know.

No figure has the name of a person, an account or a place; boxes are called by their names.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

from django.db import DatabaseError
from django.db.models import Max, Sum
from django.utils import timezone
from prometheus_client import Metric
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, InfoMetricFamily
from prometheus_client.registry import Collector

from collector import doors
from collector.backup import stamp
from collector.doctor import certificates, keys, storage
from collector.doors import DoorNow, Presence
from collector.errors import CollectorError
from collector.keyring import Keyring
from collector.models import Mark, SetAside, Visit
from collector.standing import standing

_DAY = dt.timedelta(days=1)


class Gauges(Collector):
    """
    What Prometheus asks for.

    Args:
        data: The data folder.
    """

    def __init__(self, data: Path) -> None:
        self._data = data

    def collect(self) -> Iterator[Metric]:
        """All figures as they are now; those of the database are left out while it does not answer."""
        now = timezone.now()
        yield InfoMetricFamily("entrance", "The centre's version.", {"version": version("entrance-kiosk")})
        if standing.line_up is not None:
            says = "Whether the broker lets the intake of this process in."
            yield GaugeMetricFamily("entrance_line_up", says, int(standing.line_up))
        yield from self._of_folder(now)
        try:
            asked = [*_of_boxes(now), *_of_visits(now), *self._of_keys(now)]
        except DatabaseError:
            asked = []
        yield GaugeMetricFamily("entrance_database_up", "Whether the database answers.", int(bool(asked)))
        yield from asked

    def _of_folder(self, now: dt.datetime) -> Iterator[Metric]:
        days = GaugeMetricFamily(
            "entrance_certificate_days_left",
            "Days until a certificate of the broker's folder runs out.",
            labels=["file"],
        )
        try:
            for file, ends in certificates.expiries(self._data).items():
                days.add_metric([file], (ends - now) / _DAY)
        except CollectorError:
            days.add_metric(["unreadable"], 0)
        yield days
        age = GaugeMetricFamily(
            "entrance_backup_age_seconds",
            "Seconds since the last backup was made, of the database or of the keys.",
            labels=["holds"],
        )
        for holds, made_at in stamp.read(self._data).items():
            age.add_metric([holds], (now - made_at).total_seconds())
        yield age

    def _of_keys(self, now: dt.datetime) -> Iterator[Metric]:
        left = GaugeMetricFamily(
            "entrance_sealing_key_days_left",
            "Days for which doors have keys to seal names with; 0 where there is none for today.",
            labels=["keep_days"],
        )
        try:
            for keep_days, days in keys.days_left(Keyring(self._data), now).items():
                left.add_metric([str(keep_days)], days)
        except CollectorError:
            left.add_metric(["unreadable"], 0)
        yield left


def _of_boxes(now: dt.datetime) -> Iterator[Metric]:
    known = doors.every(now)
    boxes = GaugeMetricFamily("entrance_boxes", "How many boxes there are, by presence.", labels=["presence"])
    found = Counter(box.presence for box in known)
    for presence in Presence:
        boxes.add_metric([presence.replace(" ", "_")], found[presence])
    yield boxes
    up = GaugeMetricFamily("entrance_box_up", "Whether a box is heard of.", labels=["kiosk"])
    waiting = GaugeMetricFamily(
        "entrance_box_queue", "Entries of a box's journal that wait for their receipt.", labels=["kiosk"]
    )
    aside = GaugeMetricFamily(
        "entrance_box_set_aside",
        "Entries that a box has set aside, since it could not send them.",
        labels=["kiosk"],
    )
    for box in known:
        if box.presence is Presence.REVOKED:
            continue
        up.add_metric([box.kiosk], int(box.presence is Presence.ONLINE))
        waiting.add_metric([box.kiosk], _queue(box, "waiting") + _queue(box, "sent"))
        aside.add_metric([box.kiosk], _queue(box, "aside"))
    yield from (up, waiting, aside)


def _of_visits(now: dt.datetime) -> Iterator[Metric]:
    through = Mark.objects.aggregate(total=Sum("through"))["total"] or 0
    says = "Entries of the doors' journals that are stored: visits, and a few others."
    yield CounterMetricFamily("entrance_entries_stored", says, through)
    last = Visit.objects.aggregate(last=Max("received_at"))["last"]
    if last is not None:
        says = "Seconds since the last visit came in."
        yield GaugeMetricFamily("entrance_last_visit_age_seconds", says, (now - last).total_seconds())
    says = "Messages that were not understood, and are kept."
    yield GaugeMetricFamily("entrance_messages_set_aside", says, SetAside.objects.count())
    yield GaugeMetricFamily("entrance_database_bytes", "Size of the database.", storage.size())


def _queue(box: DoorNow, name: str) -> int:
    told = box.said("queue", name)
    return told if isinstance(told, int) else 0
