"""What is wrong with a box, by what it last said, and what may be done about it."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from collector.doors import DoorNow, Presence
from collector.web import written

HOT_C = 80.0
"""From here on a processor slows down by itself."""
SCANT_MB = 200
"""A disk with less room will be full some day soon."""
_WEAK_NOW, _HELD_BACK_NOW, _WEAK_SINCE = 1 << 0, 1 << 2 | 1 << 3, 1 << 16
"""Bits of `vcgencmd get_throttled`: of now, and since the boot."""
SOON = dt.timedelta(days=14)
"""A certificate that ends within this should have been renewed: boxes do so a month before."""


@dataclass(frozen=True, slots=True)
class Fault:
    """
    Something that is wrong with a box.

    Attributes:
        words: What, in words.
        remedy: What may be done about it.
        is_grave: Whether visitors may stand before a door that does not serve, or that nobody hears of.
    """

    words: str
    remedy: str
    is_grave: bool = False


def of(box: DoorNow, now: dt.datetime) -> tuple[Fault, ...]:
    """The faults of a box, the gravest first. Of one that is revoked nobody expects anything."""
    if box.presence is Presence.REVOKED:
        return ()
    if box.presence is Presence.NEVER_SEEN:
        return (Fault(_("never heard of"), _("Switch the box on, and connect it to the network.")),)
    found = [*_of_line(box, now), *_of_door(box), *_of_box(box), *_of_certificate(box, now)]
    return tuple(sorted(found, key=lambda fault: not fault.is_grave))


def _of_line(box: DoorNow, now: dt.datetime) -> Iterator[Fault]:
    if box.presence is Presence.SILENT and box.seen_at is not None:
        remedy = _("See that it has power and network. It goes on serving, and sends all when it is back.")
        silence = written.length((now - box.seen_at) / dt.timedelta(minutes=1))
        words = _("not heard of for %(time)s") % {"time": silence}
        yield Fault(words, remedy, is_grave=True)
    in_force = box.health.get("config")
    if box.config and in_force is not None and in_force != box.config:
        remedy = _("It takes them up within seconds once it is online.")
        yield Fault(_("settings on their way"), remedy)


def _of_door(box: DoorNow) -> Iterator[Fault]:
    if box.said("door", "running") is False:
        remedy = _("Start the box anew; if that does not help, run `kiosk check` on it.")
        yield Fault(_("the door's program does not run"), remedy, is_grave=True)
    if box.said("door", "state") == "out_of_order":
        remedy = _("If you did not shut it: see that camera or keypad work, and what its screen says.")
        yield Fault(_("out of order"), remedy, is_grave=True)
    remedy = _("Switch the box off, and see that the cable sits firmly.")
    if box.said("door", "camera") is False:
        yield Fault(_("camera lost"), remedy)
    if box.said("door", "keypad") is False:
        yield Fault(_("keypad lost"), remedy)


def _of_box(box: DoorNow) -> Iterator[Fault]:
    if box.said("clock", "trusted") is False:
        yield Fault(_("clock not set"), _("It needs a time server: see that the network lets NTP through."))
    aside = box.said("queue", "aside")
    if isinstance(aside, int) and aside:
        remedy = _("`kiosk journal` on the box tells why; `kiosk journal retry` sends them again.")
        yield Fault(_("%(count)d visits set aside") % {"count": aside}, remedy)
    yield from _of_disk(box)
    yield from _of_power(box)


def _of_disk(box: DoorNow) -> Iterator[Fault]:
    if box.health.get("disk_read_only") is True:
        remedy = _("Start the box anew; if it stays so, its memory card is worn: give it another.")
        yield Fault(_("memory card takes nothing any more"), remedy, is_grave=True)
    free_mb = box.health.get("disk_free_mb")
    if isinstance(free_mb, int) and free_mb < SCANT_MB:
        remedy = _("Make room on its memory card, or give it a larger one.")
        yield Fault(_("memory card nearly full: %(count)d MB free") % {"count": free_mb}, remedy)


def _of_power(box: DoorNow) -> Iterator[Fault]:
    """Heat and weak power, which the firmware answers by slowing the processor down."""
    degrees, bits = box.health.get("temperature_c"), box.health.get("throttled")
    bits = bits if isinstance(bits, int) else 0
    cool = _("Give it air and shade; dust its cooler off.")
    if isinstance(degrees, int | float) and degrees >= HOT_C:
        yield Fault(_("%(degrees)d °C hot") % {"degrees": round(degrees)}, cool)
    elif bits & _HELD_BACK_NOW and not bits & _WEAK_NOW:
        yield Fault(_("slowed down by heat"), cool)
    if bits & (_WEAK_NOW | _WEAK_SINCE):
        words = _("power too weak") if bits & _WEAK_NOW else _("power was too weak for a while")
        yield Fault(words, _("Use the Pi's own power supply, with a short cable."))


def _of_certificate(box: DoorNow, now: dt.datetime) -> Iterator[Fault]:
    ends = time(box.health.get("certificate_expires"))
    if ends is not None and ends < now + SOON:
        words = _("certificate has run out") if ends < now else _("certificate ends soon")
        remedy = _("It is renewed by itself when box and centre are online; else enrol the box anew.")
        yield Fault(words, remedy, is_grave=ends < now)


def time(value: Any) -> dt.datetime | None:
    """A time that a box has told (aware); None for anything else."""
    try:
        found = parse_datetime(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return found if found is not None and found.tzinfo is not None else None
