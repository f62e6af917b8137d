"""
How a box is: what it tells the centre each minute, and when something changes.

Nothing in it can tell of a person: numbers, times, and words that are known beforehand.
"""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta, Struct

from mqtt_bridge.wire.forms import decoded

Count = Annotated[int, Meta(ge=0, le=2**53 - 1)]
"""A whole number that every reader of JSON holds exactly."""
Time = Annotated[datetime, Meta(tz=True)]
Version = Annotated[str, Meta(pattern=r"^[0-9][0-9A-Za-z.+]{0,31}$(?!\n)", max_length=32)]
"""Of the software (PEP 440)."""
State = Literal["serving", "out_of_order"]


class Queue(Struct, frozen=True, kw_only=True):
    """
    The journal's entries, counted by state.

    Attributes:
        waiting: The broker has not had them yet.
        sent: The broker has them, the centre has not confirmed them yet.
        stored: The centre has them.
        aside: They could not be sent; see `kiosk journal`.
    """

    waiting: Count
    sent: Count
    stored: Count
    aside: Count


class Clock(Struct, frozen=True, kw_only=True):
    """
    What the box takes for the time.

    Attributes:
        trusted: Whether a time service has set its clock since the boot.
        time: Its wall clock.
    """

    trusted: bool
    time: Time


class Door(Struct, frozen=True, kw_only=True):
    """
    The door's process; all but `running` is null while it does not run.

    Attributes:
        running: Whether it lives.
        state: `out_of_order` when nobody can be checked in there.
        camera: Whether the camera works.
        keypad: Whether the keypad works.
    """

    running: bool
    state: State | None = None
    camera: bool | None = None
    keypad: bool | None = None


class Health(Struct, frozen=True, kw_only=True):
    """
    How a box is.

    Attributes:
        version: Of the software.
        boot: Id of the machine's boot.
        uptime_s: Seconds since then.
        queue: What of the journal has reached the centre.
        last_receipt: When the centre last confirmed visits, by the box's clock; null for never.
        clock: What the box takes for the time.
        door: The door's process.
        disk_free_mb: Free space where the journal lies; null when the disk does not say.
        disk_read_only: Whether that disk takes nothing any more; null when it does not say.
        temperature_c: Of the processor; null when it does not say.
        throttled: Why the processor was slowed down, as `vcgencmd get_throttled` says; null where none does.
        config: Version of the configuration in force; 0 for none.
        enrolled: Whether the box has the credentials of a centre.
        keeps_names: Whether persons are kept, sealed.
        certificate_expires: When its certificate for the broker runs out; null when it has none.
    """

    version: Version
    boot: UUID
    uptime_s: Count
    queue: Queue
    last_receipt: Time | None
    clock: Clock
    door: Door
    disk_free_mb: Count | None
    temperature_c: Annotated[float, Meta(ge=-100, le=300)] | None
    throttled: Annotated[int, Meta(ge=0, le=2**32 - 1)] | None
    config: Count
    enrolled: bool
    keeps_names: bool
    certificate_expires: Time | None
    disk_read_only: bool | None = None


_decode = msgspec.json.Decoder(Health).decode


def decode_health(payload: bytes) -> Health:
    """
    What a box says of itself.

    Raises:
        BadMessage: If it is not of the contract.
    """
    return decoded(_decode, payload)


def encode_health(health: Health) -> bytes:
    """What a box says of itself, as JSON."""
    return msgspec.json.encode(health)
