"""
What a new box and its centre say to each other: JSON over HTTPS, before there is any way over MQTT.

    GET  /authority   the certificate of the centre's authority in PEM, whose fingerprint the code holds
    POST /enrol       an `Application`; answered by an `Admission` (200), or a `Refusal` (4xx, 5xx)

TLS is pinned: the server proves itself as `SERVER_NAME`, with a certificate of that very authority, wherever
its address is. A box that did not hear the answer may ask again with the same key, as long as the code holds.
"""

from enum import StrEnum
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from kiosk.setup_codes import SetupCode, Wifi, opened, sign
from mqtt_bridge.wire.forms import KeyId, KioskName, Label, decoded

__all__ = ["SetupCode", "Wifi", "opened", "sign"]

SERVER_NAME = "enrolment.entrance-kiosk.internal"
"""Whom the centre's certificate for enrolment names; `.internal` is nobody's (ICANN, 2024)."""
AUTHORITY_PATH, ENROL_PATH = "/authority", "/enrol"
PORT = 8884
MAX_APPLICATION_BYTES = 16 * 1024
MAX_ADMISSION_BYTES = 256 * 1024

Pem = Annotated[str, Meta(min_length=1, max_length=16384)]
MOST_HOSTS = 16
Hosts = Annotated[
    str, Meta(pattern=rf"^[A-Za-z0-9._:-]{{1,253}}(?: [A-Za-z0-9._:-]{{1,253}}){{0,{MOST_HOSTS - 1}}}$(?!\n)")
]
"""A name or an address, or several, which are tried one after the other."""
Key = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]{43}$(?!\n)", max_length=43)]
"""32 bytes in base64url."""


class Application(Struct, frozen=True, omit_defaults=True):
    """
    A box asks to be taken.

    Attributes:
        code: The whole text of the set-up code.
        request: For its own key, which never leaves it: PKCS #10 in PEM. The centre chooses the name.
        version: Of the box's program.
    """

    code: Annotated[str, Meta(max_length=4296)]
    request: Pem
    version: Label = ""


class SealingKey(Struct, frozen=True):
    """A key that persons are sealed to, and from when on (RFC 3339)."""

    id: KeyId
    public: Key
    begins: Annotated[str, Meta(max_length=40)]


class Centre(Struct, frozen=True):
    """
    What a box knows of its centre: `centre.json` of its credentials.

    Attributes:
        kiosk: The box's name.
        place_key: Key of the pseudonyms of the place's doors.
        sealing_keys: None where no names are kept.
        signing_keys: Of what comes down, by id.
    """

    kiosk: KioskName
    place_key: Key
    sealing_keys: list[SealingKey]
    signing_keys: dict[KeyId, Key]


class Broker(Struct, frozen=True, omit_defaults=True):
    """
    Where the box sends visits. Without TLS, only on the box itself.

    Attributes:
        host: Its name or address, or several.
        port: Its TCP port, of all of them.
        tls: Whether by TLS.
        protocol: Of MQTT; what is left out is MQTT 5.
    """

    host: Hosts
    port: Annotated[int, Meta(ge=1, le=65535)]
    tls: bool
    protocol: Literal["5", "3.1.1"] = "5"


class Admission(Struct, frozen=True, omit_defaults=True):
    """
    The box is the centre's.

    Attributes:
        centre: What it knows of it from now on.
        broker: Where it sends visits.
        authority: The authority's certificate in PEM; empty where the broker is used without TLS.
        certificate: The box's own, likewise.
        place: The office, as visitors know it.
        door: Where the box stands; empty where nobody said.
        key: The box's private key in PEM: in a file for a box without network only, never over the line.
    """

    centre: Centre
    broker: Broker
    authority: str = ""
    certificate: str = ""
    place: Label = ""
    door: Label = ""
    key: str = ""


class Why(StrEnum):
    """Why a box is not taken."""

    FORGED = "forged"
    """The code is another centre's, or somebody has changed it."""
    EXPIRED = "expired"
    """The code's time is over."""
    USED = "used"
    """Another box was enrolled with it."""
    WITHDRAWN = "withdrawn"
    """The centre took it back, or made a newer one."""
    MALFORMED = "malformed"
    """What was sent is no application."""
    BUSY = "busy"
    """The centre cannot do it now; the box asks again."""


class Refusal(Struct, frozen=True):
    """The box is not the centre's."""

    reason: Why


_decode_application = msgspec.json.Decoder(Application).decode
_decode_admission = msgspec.json.Decoder(Admission).decode
_decode_refusal = msgspec.json.Decoder(Refusal).decode


def decode_application(payload: bytes) -> Application:
    """
    What a box asks.

    Raises:
        BadMessage: If it is no application.
    """
    return decoded(_decode_application, payload, MAX_APPLICATION_BYTES)


def decode_admission(payload: bytes) -> Admission:
    """
    What a centre grants.

    Raises:
        BadMessage: If it is no admission.
    """
    return decoded(_decode_admission, payload, MAX_ADMISSION_BYTES)


def decode_refusal(payload: bytes) -> Refusal:
    """
    Why a centre does not.

    Raises:
        BadMessage: If it is no refusal.
    """
    return decoded(_decode_refusal, payload)


def encode(message: Application | Admission | Refusal) -> bytes:
    """Any of these as JSON."""
    return msgspec.json.encode(message)
