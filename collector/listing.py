"""The registry as it is told: places, their doors, their guards. No PIN and no hash of one."""

from collections.abc import Iterator
from typing import Any

from collector import addresses
from collector.models import Place

_FIELDS = (
    "name",
    "kind",
    "zone",
    "keep_days",
    "hours",
    "notice",
    "help_desk",
    "languages",
    "code",
    "self_service",
    "asks_phone",
    "duty_minutes",
    "questions",
)


def places() -> list[dict[str, Any]]:
    """All places by name, with their doors and guards."""
    return [_told(place) for place in Place.objects.order_by("name").prefetch_related("kiosks", "guards")]


def lines() -> Iterator[str]:
    """The same, for people to read."""
    for place in places():
        kept = (
            f"names kept {place['keep_days']} days" if place["kind"] == Place.CHECKPOINT else "no names kept"
        )
        yield f"{place['name']}: {place['kind']}, {kept}, {place['zone']}, {place['languages']}"
        for field in ("hours", "closes", "notice", "help_desk", "code", "address"):
            if place[field]:
                yield f"  {field}: {place[field]}"
        yield f"  {', '.join(_habits(place))}"
        for door in place["doors"]:
            name = f"{door['name']}, " if door["name"] else ""
            yield f"  {door['kiosk']}: {name}{door['direction']}, {door['state']}"
        for guard in place["guards"]:
            proofs = " and ".join(proof for proof in ("pin", "badge") if guard[proof]) or "nothing yet"
            yield f"  guard {guard['name']}: {guard['right'] or 'may do nothing now'}, by {proofs}"


def _habits(place: dict[str, Any]) -> Iterator[str]:
    """What happens at its doors."""
    yield "visitors key in their own number" if place["self_service"] else "only guards key in numbers"
    if place["asks_phone"]:
        yield "who has no phone on the card is asked for it"
    yield f"a guard's duty lasts {place['duty_minutes']} minutes"
    if place["questions"]:
        yield f"asks {', '.join(question['id'] for question in place['questions'])}"


def _told(place: Place) -> dict[str, Any]:
    return {
        **{field: getattr(place, field) for field in _FIELDS},
        "closes": f"{place.closes:%H:%M}" if place.closes else "",
        "address": addresses.of(place),
        "doors": [
            {
                "kiosk": kiosk.name,
                "name": kiosk.door,
                "direction": kiosk.direction,
                "state": "revoked" if kiosk.revoked_at else "online" if kiosk.online else "not online",
                "configuration": kiosk.config_counter,
            }
            for kiosk in sorted(place.kiosks.all(), key=lambda kiosk: kiosk.name)
        ],
        "guards": [
            {
                "name": guard.name,
                "right": guard.right,
                "pin": bool(guard.pin_hash),
                "badge": bool(guard.badge_hash),
                "badge_ends": guard.badge_ends.isoformat() if guard.badge_ends else None,
            }
            for guard in sorted(place.guards.all(), key=lambda guard: guard.name)
        ],
    }
