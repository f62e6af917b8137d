"""
How a door is to behave, as its centre says: the body of a message on `config`.

It holds nothing of the box's devices and network: what only somebody who stands before the box can put right
must not be put wrong from afar.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from kiosk.rules import Way
from kiosk.words import languages
from mqtt_bridge.wire.forms import (
    MAX_CONFIG_BYTES,
    Brief,
    KeyId,
    Label,
    Operator,
    Phrase,
    Sentence,
    Slug,
    Zone,
    decoded,
)

Key = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]{43}$(?!\n)", max_length=43)]
"""A public key: 32 bytes in base64url without padding."""
Language = Annotated[str, Meta(pattern=r"^[a-z]{2,3}$(?!\n)", max_length=3)]
"""A language of the screen (ISO 639)."""
Hash = Annotated[str, Meta(pattern=r"^[A-Za-z0-9$=,._+/-]*$(?!\n)", max_length=200)]
"""A secret, hashed as `mqtt_bridge.wire.guards` does it; empty for none."""
Right = Annotated[str, Meta(pattern=r"^[a-z_]{1,16}$(?!\n)", max_length=16)]
"""What a guard may do."""

Code = Annotated[str, Meta(pattern=r"^(https?://[!-~]{1,180})?$(?!\n)", max_length=188)]
"""A web address that any phone opens; empty for none."""
Texts = Annotated[dict[Language, Phrase], Meta(min_length=1, max_length=8)]
Briefs = Annotated[dict[Language, Brief], Meta(min_length=1, max_length=8)]
"""Words by language."""

MAX_GUARDS, MAX_KEYS = 500, 400
MAX_QUESTIONS, MIN_CHOICES, MAX_CHOICES = 5, 2, 9


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


class Choice(Struct, frozen=True, kw_only=True):
    """
    One of the answers to a question.

    Attributes:
        id: As it stands with the visits.
        text: As it is read, by language.
    """

    id: Slug
    text: Briefs


class Question(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """
    Something that who comes in is asked.

    Attributes:
        id: As it stands with the visits.
        text: As it is asked, by language; one that is missing is asked in the first that is there.
        answers: Two to nine of different ids; none for yes and no, whose ids are `yes` and `no`.
        personal: Whether the answer is sealed with the person, and dropped where no names are kept.
    """

    id: Slug
    text: Texts
    answers: Annotated[tuple[Choice, ...], Meta(max_length=MAX_CHOICES)] = ()
    personal: bool = False

    def __post_init__(self) -> None:
        """
        Look whether the answers can be told apart.

        Raises:
            ValueError: If not, or if there is no choice.
        """
        if self.answers and len(self.answers) < MIN_CHOICES:
            raise ValueError(f"Expected {MIN_CHOICES} answers at least, or none")
        _assure_different("answers", self.answers)


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
        code: The office's own code: a web address that any phone opens; empty for none.
        code_changes: Whether the screen shows it with a token that changes each minute.
        self_service: Whether visitors may key in their own number without a guard.
        asks_phone: Whether who comes in with a card that holds no phone number is asked for one.
        duty_minutes: How long a guard's turn of duty lasts.
        questions: What who comes in is asked, in this order; their ids differ.
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
    code: Code = ""
    code_changes: bool = False
    self_service: bool = True
    asks_phone: bool = False
    duty_minutes: Annotated[int, Meta(ge=1, le=1440)] = 30
    questions: Annotated[tuple[Question, ...], Meta(max_length=MAX_QUESTIONS)] = ()
    guards: Annotated[tuple[Guard, ...], Meta(max_length=MAX_GUARDS)] = ()
    sealing_keys: Annotated[tuple[PublicKey, ...], Meta(max_length=MAX_KEYS)] = ()
    signing_keys: Annotated[dict[KeyId, Key], Meta(min_length=1, max_length=8)]

    def __post_init__(self) -> None:
        """
        Look whether the questions can be told apart.

        Raises:
            ValueError: If not.
        """
        _assure_different("questions", self.questions)


_decode = msgspec.json.Decoder(Config).decode


def decode_config(document: bytes) -> Config:
    """
    A configuration as JSON tells it.

    Raises:
        BadMessage: If it is none.
    """
    return decoded(_decode, document, MAX_CONFIG_BYTES)


def _assure_different(what: str, named: Sequence[Question] | Sequence[Choice]) -> None:
    if len({one.id for one in named}) < len(named):
        # As msgspec itself begins, so that it is told where.
        raise ValueError(f"Expected {what} of different ids")
