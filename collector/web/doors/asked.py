"""What a technician says of a box to be set up, read. A password is never shown again."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _

from collector.enrolling import codes, naming
from collector.models import Kiosk, Place
from collector.registering import fits
from mqtt_bridge.wire.enrolment import Wifi
from mqtt_bridge.wire.forms import Label


@dataclass(frozen=True, slots=True)
class Coding:
    """
    How a code is to be.

    Attributes:
        lifetime: How long it holds.
        wifi: What the box joins first; None for a box that has its network.
        ssid: As it was typed.
        hidden: Likewise.
        faults: What is wrong, in words, by field.
    """

    lifetime: dt.timedelta = codes.LIFETIME
    wifi: Wifi | None = field(default=None, repr=False)
    ssid: str = ""
    hidden: bool = False
    faults: Mapping[str, str] = field(default_factory=dict)

    @property
    def minutes(self) -> int:
        """The lifetime, as the page offers it."""
        return self.lifetime // dt.timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Placing:
    """
    Where a new box is to stand.

    Attributes:
        place: Whose it is; None where none was chosen.
        door: Which door.
        kiosk: Its name; empty to have one made.
        faults: What is wrong, in words, by field.
    """

    place: Place | None = None
    door: str = ""
    kiosk: str = ""
    faults: Mapping[str, str] = field(default_factory=dict)


def coding(sent: QueryDict) -> Coding:
    """How a code is to be, as it was sent."""
    told = sent.get("minutes", "")
    lifetime = next((one for one in codes.LIFETIMES if str(one // dt.timedelta(minutes=1)) == told), None)
    faults = {} if lifetime is not None else {"minutes": _("Choose one of the list.")}
    ssid, password = sent.get("ssid", ""), sent.get("psk", "")
    wifi, hidden = None, bool(sent.get("hidden"))
    if ssid or password:
        try:
            wifi = Wifi(ssid, hidden=hidden)
        except ValueError:
            faults["ssid"] = _("Write the network's name as it calls itself: at most 32 letters, one line.")
    if wifi is not None and password:
        try:
            wifi = Wifi(ssid, password, hidden=hidden)
        except ValueError:
            faults["psk"] = _("A Wi-Fi password has 8 to 63 letters, digits and signs, without accents.")
    return Coding(lifetime or codes.LIFETIME, wifi, ssid[:80], hidden, faults)


def placing(sent: QueryDict, places: QuerySet[Place]) -> Placing:
    """
    Where a new box is to stand, as it was sent.

    Args:
        sent: The fields of the form: anything.
        places: Those that may be chosen.
    """
    chosen = sent.get("place", "")
    place = places.filter(pk=int(chosen)).first() if chosen.isascii() and chosen.isdigit() else None
    door, kiosk = " ".join(sent.get("door", "").split()), sent.get("kiosk", "").strip().lower()
    faults = {} if place is not None else {"place": _("Choose a place.")}
    if not door or not fits(door, Label):
        faults["door"] = _("Write which door it is: one line of at most 80 letters.")
    if kiosk and not naming.fits(kiosk):
        faults["kiosk"] = _("Only lower-case letters without accents, digits and hyphens; or leave it empty.")
    elif kiosk and Kiosk.objects.filter(pk=kiosk).exists():
        faults["kiosk"] = _("Another box is called so; choose another name, or leave it empty.")
    return Placing(place, door, kiosk[:63], faults)
