"""
How a door is to behave, as its centre says: the body of a message on `config`.

It holds nothing of the box's devices and network: what only somebody who stands before the box can put right
must not be put wrong from afar.
"""

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct

from kiosk.rules import Way
from kiosk.words import languages
from mqtt_bridge.wire.forms import KeyId, Label, Operator, Sentence, Zone

Key = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]{43}$(?!\n)", max_length=43)]
"""A public key: 32 bytes in base64url without padding."""
Language = Annotated[str, Meta(pattern=r"^[a-z]{2,3}$(?!\n)", max_length=3)]
"""A language of the screen (ISO 639)."""
Hash = Annotated[str, Meta(pattern=r"^[A-Za-z0-9$=,._+/-]*$(?!\n)", max_length=200)]
"""A secret, hashed as `mqtt_bridge.wire.guards` does it; empty for none."""
Right = Annotated[str, Meta(pattern=r"^[a-z_]{1,16}$(?!\n)", max_length=16)]
"""What a guard may do."""

MAX_GUARDS, MAX_KEYS = 500, 400


def known_languages() -> list[str]:
    """Codes of the languages that doors of this version speak, sorted."""
    return languages()


class PublicKey(Struct, frozen=True, kw_only=True):
    """
    A public key of the centre that persons are sealed to.

    Attributes:
        id: By which the centre finds the private one.
        public: X25519.
        begins: From when on it is the one to use.
    """

    id: KeyId
    public: Key
    begins: Annotated[datetime, Meta(tz=True)]


class Guard(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """
    Somebody whom the place lets check people in.

    Attributes:
        name: As it stands with the visits.
        pin_hash: Of the number keyed in at the door; empty for none.
        badge_hash: Of the subject of the signed badge; empty for none.
        right: What they may do.
    """

    name: Operator
    pin_hash: Hash = ""
    badge_hash: Hash = ""
    right: Right = "check_in"


class Config(Struct, frozen=True, kw_only=True):
    """
    The configuration of one door, whole: a later one takes the place of an earlier one.

    Attributes:
        place: The office, as it calls itself.
        kind: `checkpoint`, where names are kept, sealed; or `public`, where none are.
        door: The door; empty where the box's own settings name it.
        direction: Which way the door leads.
        zone: The place's time zone; its midnight ends the day.
        hours: When it is open, in its own words.
        notice: A line for the visitors on the screen.
        help_desk: Phone number shown when the door is out of order.
        languages: Of the screen, the first before the others.
        guards: Whom the place lets check people in.
        sealing_keys: The centre's public keys for persons; none where no names are kept.
        signing_keys: The centre's public keys for what comes down (Ed25519), by id. They are believed beside
            those of the box's credentials, until another configuration comes: so a key is replaced.
    """

    place: Annotated[Label, Meta(min_length=1)]
    kind: Literal["checkpoint", "public"]
    door: Label = ""
    direction: Way
    zone: Zone
    hours: Label = ""
    notice: Sentence = ""
    help_desk: Label = ""
    languages: Annotated[tuple[Language, ...], Meta(min_length=1, max_length=8)]
    guards: Annotated[tuple[Guard, ...], Meta(max_length=MAX_GUARDS)] = ()
    sealing_keys: Annotated[tuple[PublicKey, ...], Meta(max_length=MAX_KEYS)] = ()
    signing_keys: Annotated[dict[KeyId, Key], Meta(min_length=1, max_length=8)]
