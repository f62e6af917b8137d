"""Each box gets the configuration that its place and door have in the registry, whenever that changes."""

import datetime as dt
import hashlib
import json
import logging
from base64 import urlsafe_b64encode
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any

import msgspec
from django.db import transaction
from django.utils import timezone

from collector import addresses, guards, zones
from collector.down.pen import Pen, reserve
from collector.enrolment import sealing_keys
from collector.errors import KeyUnusable
from collector.ingest.lines import Line
from collector.keyring import Keyring
from collector.models import Guard, Kiosk, Place
from mqtt_bridge.topics import Channel, Topic
from mqtt_bridge.wire import BadMessage, Event
from mqtt_bridge.wire.config import Config, decode_config
from mqtt_bridge.wire.signed import ConfigClaims

log = logging.getLogger(__name__)

LOOKED_AT_ONCE, SENT_AT_ONCE = 500, 100
"""So many boxes are looked at a turn, and so many get a message: visits must not wait long."""

Facts = dict[str, Any]


class ConfigDesk:
    """
    Publishes configurations, retained. Implements `collector.ingest.intake.Desk`.

    Args:
        pen: Signs them.
        keyring: Has the keys that they tell.
        now: The centre's clock (aware).
    """

    channels: frozenset[Channel] = frozenset()

    def __init__(self, pen: Pen, keyring: Keyring, now: Callable[[], dt.datetime] = timezone.now) -> None:
        self._pen = pen
        self._keyring = keyring
        self._now = now
        self._after = ""
        self._repeats = True
        self._troubles: dict[str, str] = {}

    def came_up(self, line: Line) -> None:  # noqa: ARG002 - the next turns send them
        """A new connection stands: its broker may have lost what it kept, so all is published once more."""
        self._after = ""
        self._repeats = True

    def heard(self, topic: Topic, payload: bytes, line: Line) -> None:
        """Nothing: this desk listens to no channel."""

    def stored(self, events: Sequence[Event], line: Line) -> None:
        """Nothing: visits change no configuration."""

    def turn(self, line: Line, now_s: float) -> None:  # noqa: ARG002 - it is its turn whatever the time
        """Look at some boxes, and publish what has changed for them."""
        boxes = list(
            Kiosk.objects.filter(revoked_at=None, name__gt=self._after)
            .select_related("place")
            .order_by("name")[:LOOKED_AT_ONCE]
        )
        try:
            self._look_at(boxes, line)
        except KeyUnusable as error:
            self._complain("", str(error))

    def _look_at(self, boxes: Sequence[Kiosk], line: Line) -> None:
        registry = _Registry(boxes, self._keyring, self._now())
        sent = 0
        for box in boxes:
            if sent == SENT_AT_ONCE:
                return
            self._after = box.name
            facts = registry.facts(box)
            digest = _digest(facts)
            is_new = digest != bytes(box.config_digest)
            config = self._checked(box.name, facts) if is_new or self._repeats else None
            if config is None:
                continue
            counter = _next_version(box, digest) if is_new else box.config_counter
            message = self._pen.sign(ConfigClaims(aud=box.name, counter=counter, body=config))
            line.post(Topic(box.name, Channel.CONFIG), message, retain=True)
            sent += 1
            if is_new:
                log.info("configuration %d goes to %s", counter, box.name)
        if len(boxes) < LOOKED_AT_ONCE:
            self._after = ""
            self._repeats = False

    def _checked(self, kiosk: str, facts: Facts) -> Config | None:
        """The configuration that these facts make; None if no door would take it."""
        try:
            config = decode_config(msgspec.json.encode(facts))
        except BadMessage as error:
            remedy = "put it right with `collector place set`, `place door` or `place questions`"
            self._complain(kiosk, f"configuration of {kiosk}: {error}; {remedy}")
            return None
        self._troubles.pop(kiosk, None)
        return config

    def _complain(self, about: str, trouble: str) -> None:
        if self._troubles.get(about) != trouble:
            self._troubles[about] = trouble
            log.error("%s", trouble)


class _Registry:
    """What the registry says of some boxes; what they share is read once."""

    def __init__(self, boxes: Sequence[Kiosk], keyring: Keyring, now: dt.datetime) -> None:
        self._keyring = keyring
        self._now = now
        self._sealing: dict[tuple[str, int, str], list[dict[str, str]]] = {}
        self._signing = {name: _text(key) for name, key in sorted(keyring.signing_keys().items())}
        self._guards: dict[int, list[Facts]] = defaultdict(list)
        places = {box.place_id for box in boxes}
        for guard in guards.known_to_doors(Guard.objects.filter(place__in=places)).order_by("name"):
            self._guards[guard.place_id].append(
                {name: getattr(guard, name) for name in ("name", "pin_hash", "badge_hash", "right")}
            )

    def facts(self, box: Kiosk) -> Facts:
        """The configuration of one of the boxes, unchecked."""
        place = box.place
        code = place.code or addresses.of(place)
        return {
            "place": place.name,
            "kind": place.kind,
            "door": box.door,
            "direction": box.direction,
            "zone": place.zone,
            "hours": place.hours,
            "notice": place.notice,
            "help_desk": place.help_desk,
            "languages": place.languages.split(),
            "code": code,
            # Only the centre's own page asks who stands at the door.
            "code_changes": bool(code) and not place.code,
            "self_service": place.self_service,
            "asks_phone": place.asks_phone,
            "duty_minutes": place.duty_minutes,
            "questions": place.questions,
            "guards": self._guards[place.pk],
            "sealing_keys": self._keys(place),
            "signing_keys": self._signing,
        }

    def _keys(self, place: Place) -> list[dict[str, str]]:
        alike = (place.kind, place.keep_days, place.zone)
        if alike not in self._sealing:
            today = self._now.astimezone(zones.named(place.zone)).date()
            self._sealing[alike] = sealing_keys(place, self._keyring, today)
        return self._sealing[alike]


def _text(key: bytes) -> str:
    return urlsafe_b64encode(key).rstrip(b"=").decode()


def _digest(facts: Facts) -> bytes:
    """Of the sealing keys only the last one counts: days go by at the other end, and that is no news."""
    lasting = {**facts, "sealing_keys": facts["sealing_keys"][-1:]}
    return hashlib.sha256(json.dumps(lasting, sort_keys=True).encode()).digest()


def _next_version(box: Kiosk, digest: bytes) -> int:
    """Number a new configuration: first in the database, so that the number is never used again."""
    with transaction.atomic():
        counter = reserve({box.name: 1})[box.name]
        Kiosk.objects.filter(pk=box.pk).update(config_counter=counter, config_digest=digest)
    return counter
