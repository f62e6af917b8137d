"""People and times as bystanders may see them."""

from datetime import datetime, tzinfo

from kiosk import phones
from kiosk.model import Direction, Format, Visitor
from kiosk.roster import Listed
from kiosk.signals import Row
from kiosk.words import Words


def abbreviated(visitor: Visitor) -> str:
    """
    A visitor as bystanders may see them: `NGUYỄN T. P. THẢO · 1990`.

    Family name and given name whole, middle names as initials, and the birth year; without a name, the
    masked phone, or document, or the number of a health-insurance card.
    """
    if not visitor.name:
        if visitor.phone:
            return phones.masked(visitor.phone)
        number = visitor.reference if visitor.format is Format.BHYT else visitor.document
        return f"{number[:3]} *** {number[-3:]}" if number else ""
    family, *rest = visitor.name.upper().split()
    middle = [f"{part[0]}." for part in rest[:-1]]
    year = (visitor.birth or "")[:4]
    return " ".join([family, *middle, *rest[-1:]]) + (f" · {year}" if year else "")


def clock(at: datetime, zone: tzinfo) -> str:
    """The time of day as `HH:MM` in the place's zone."""
    return f"{at.astimezone(zone):%H:%M}"


def row(listed: Listed, zone: tzinfo, words: Words) -> Row:
    """A visit as a line of a list; without a name, what was shown."""
    visit = listed.visit
    key = "list.taken_back" if visit.taken_back else f"list.{visit.direction or Direction.IN}"
    return Row(
        text=listed.label or words.say(f"format.{visit.format}" if visit.format else "list.other_door"),
        detail=words.say(key, time=clock(visit.at, zone)),
        done=visit.taken_back,
    )
