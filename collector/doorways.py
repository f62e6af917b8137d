"""What the doors are called at which people passed."""

from collections.abc import Mapping

from collector.models import Kiosk, Place, Visit


def of_place(place: Place) -> Mapping[str, str]:
    """What a place's doors are called today, by the names of their boxes; empty for a door without a name."""
    return dict(Kiosk.objects.filter(place=place).values_list("name", "door"))


def name(visit: Visit, doors: Mapping[str, str]) -> str:
    """
    The door of a visit: as it called itself then, else as it is called today, else its box's name.

    Empty where there was none: on the place's own page.

    Args:
        visit: Any of the place.
        doors: Of `of_place()`.
    """
    return visit.door or doors.get(visit.kiosk, "") or ("" if visit.via == "web" else visit.kiosk)
