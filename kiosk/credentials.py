"""
What makes a box one of a centre's: `credentials/` of the data folder, written when it is enrolled.

`centre.json` holds the kiosk's name, the place's key for pseudonyms, and the centre's public keys; `box.json`
what the centre says of the box's settings; `ca.crt`, `kiosk.crt` and `kiosk.key` are for TLS to the broker.
"""

import json
from base64 import urlsafe_b64decode
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from kiosk.errors import SettingsError
from kiosk.sealing import SealingKey

FOLDER = "credentials"
NEW, OLD = "credentials.new", "credentials.old"
"""While others take the place of those that are there: see `kiosk.admission`."""
CENTRE, BOX = "centre.json", "box.json"
CA, CERTIFICATE, KEY = "ca.crt", "kiosk.crt", "kiosk.key"
_KEY_BYTES = 32
_REMEDY = "enrol the box anew: `kiosk enrol`"


@dataclass(frozen=True, slots=True)
class Credentials:
    """
    What a box knows of its centre.

    Attributes:
        kiosk: The name that the centre knows this box by.
        place_key: Key of the pseudonyms of all doors of the place: 32 bytes.
        sealing_keys: The centre's public keys for persons, in the order of their beginnings.
        signing_keys: The centre's public keys for what comes down (Ed25519, 32 bytes), by id.
    """

    kiosk: str
    place_key: bytes = field(repr=False)
    sealing_keys: tuple[SealingKey, ...]
    signing_keys: Mapping[str, bytes]


def load(data: Path, kiosk: str) -> Credentials | None:
    """
    The credentials in a data folder; None when the box was never enrolled.

    Args:
        data: The data folder.
        kiosk: The box's name in the settings.

    Raises:
        SettingsError: If they cannot be read, or are another box's.
    """
    settle(data)
    found = held(data)
    if found is not None and found.kiosk != kiosk:
        raise SettingsError(
            f"kiosk.name = {kiosk}: the credentials in {data / FOLDER} are those of {found.kiosk};"
            f" set that name, or {_REMEDY}"
        )
    return found


def held(data: Path) -> Credentials | None:
    """
    The credentials in a data folder, whatever the box is called; None when it was never enrolled.

    Raises:
        SettingsError: If they cannot be read.
    """
    file = data / FOLDER / CENTRE
    try:
        return read(json.loads(file.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None
    except OSError as error:
        raise SettingsError(f"credentials {file}: {error.strerror}; let the door's user read it") from None
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError):
        raise SettingsError(f"credentials {file}: not what a centre writes; {_REMEDY}") from None


def settle(data: Path) -> None:
    """
    Put new credentials where they belong, if the power went while they took the place of others.

    The old ones are moved away only once the new ones are whole.
    """
    folder, new = data / FOLDER, data / NEW
    if not folder.exists() and new.exists() and (data / OLD).exists():
        # Another process may have done so in this very moment.
        with suppress(OSError):
            new.rename(folder)


def stamp(data: Path) -> tuple[int, int] | None:
    """Which credentials a box has: another value means others. None for a box that is nobody's."""
    try:
        found = (data / FOLDER / CENTRE).stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_ino


def sealing_keys(told: list[dict[str, Any]]) -> tuple[SealingKey, ...]:
    """
    The centre's keys as it tells them: `id`, `public` in base64url, `begins` in RFC 3339.

    Raises:
        ValueError, TypeError, LookupError: If they are something else.
    """
    keys = (SealingKey(str(key["id"]), _bytes(key["public"]), _time(key["begins"])) for key in told)
    return tuple(sorted(keys, key=lambda key: key.begins))


def signing_keys(told: Mapping[str, Any]) -> dict[str, bytes]:
    """
    The centre's keys for what it signs, by id, as it tells them: Ed25519 in base64url.

    Raises:
        ValueError, TypeError, AttributeError: If they are something else.
    """
    return {str(name): _bytes(key) for name, key in told.items()}


def read(document: Mapping[str, Any]) -> Credentials:
    """
    The credentials that a centre tells, as JSON has them.

    Raises:
        ValueError, TypeError, LookupError, AttributeError: If they are something else.
    """
    return Credentials(
        kiosk=str(document["kiosk"]),
        place_key=_bytes(document["place_key"]),
        sealing_keys=sealing_keys(document["sealing_keys"]),
        signing_keys=signing_keys(document["signing_keys"]),
    )


def _time(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError("a time without a zone")
    return at


def _bytes(text: str) -> bytes:
    value = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if len(value) != _KEY_BYTES:
        raise ValueError("not 32 bytes")
    return value
