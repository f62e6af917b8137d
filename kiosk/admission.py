"""
What a centre gives a box that it takes, and how that becomes the box's credentials.

All of it or nothing: a new folder is written beside the old one and takes its place. A box whose power goes
in between has the old one still, or finds the new one when it starts (`kiosk.credentials.load`).
"""

import json
import shutil
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key
from cryptography.x509.oid import NameOID
from pydantic import ValidationError

from kiosk import config, credentials
from kiosk.credentials import BOX, CA, CENTRE, CERTIFICATE, FOLDER, KEY, NEW, OLD
from kiosk.errors import KioskError
from kiosk.settings import Settings
from kiosk.store.whole import sync_folder, write_whole

MAX_FILE_BYTES = 256 * 1024


class NotAdmitted(KioskError, ValueError):
    """What is to make the box a centre's does not do so. Nothing has changed."""


@dataclass(frozen=True, slots=True)
class Admission:
    """
    What makes a box a centre's.

    Attributes:
        kiosk: The name that the centre gives it.
        files: Of the credentials, by name.
    """

    kiosk: str
    files: Mapping[str, bytes] = field(repr=False)


def admission(told: Mapping[str, Any], key: str = "") -> Admission:
    """
    What a centre tells, looked at.

    Args:
        told: The centre's answer as JSON has it; what it holds is told in `mqtt_bridge.wire.enrolment`.
        key: The box's own private key in PEM; empty for the one that the answer holds, if any.

    Raises:
        NotAdmitted: If it is none that this box can live with. The message holds no secret.
    """
    try:
        centre, broker = told["centre"], told["broker"]
        known = credentials.read(centre)
        box: dict[str, dict[str, Any]] = {
            "kiosk": {"name": known.kiosk},
            "mqtt": {name: broker[name] for name in ("host", "port", "tls")},
        }
        box["mqtt"] |= {"protocol": broker["protocol"]} if "protocol" in broker else {}
        for section in ("place", "door"):
            box |= {section: {"name": told[section]}} if told.get(section) else {}
        Settings.model_validate(box)
        files = {CENTRE: _json(centre), BOX: _json(box)}
        files |= _for_tls(told, key or told.get("key", "")) if broker["tls"] else {}
    except ValidationError as error:
        raise NotAdmitted(
            f"what the centre says is no box's settings: {'; '.join(config.faults(error))}"
        ) from None
    except (ValueError, TypeError, LookupError, AttributeError):
        raise NotAdmitted("not what a centre says to a box that it takes") from None
    return Admission(known.kiosk, files)


def keep(taken: Admission, data: Path) -> None:
    """
    Make these the credentials of a box. Who uses them must begin anew then.

    Args:
        taken: What the centre gave.
        data: The data folder; made if missing.

    Raises:
        OSError: If they cannot be written. The old ones are in force then.
    """
    new, old, folder = data / NEW, data / OLD, data / FOLDER
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir(mode=0o700, parents=True)
    for name, content in taken.files.items():
        write_whole(new / name, content)
    shutil.rmtree(old, ignore_errors=True)
    with suppress(FileNotFoundError):
        folder.rename(old)
    # Whoever starts in this very moment does the same.
    with suppress(FileNotFoundError):
        new.rename(folder)
    sync_folder(data)
    shutil.rmtree(old, ignore_errors=True)


def forget(data: Path) -> bool:
    """
    Make a box nobody's again; whether it was somebody's.

    Raises:
        OSError: If the credentials cannot be taken away.
    """
    folder, old = data / FOLDER, data / OLD
    if not (folder / CENTRE).exists():
        return False
    shutil.rmtree(data / NEW, ignore_errors=True)
    (folder / CENTRE).unlink()
    sync_folder(folder)
    shutil.rmtree(folder)
    shutil.rmtree(old, ignore_errors=True)
    return True


def _for_tls(told: Mapping[str, Any], key: str) -> dict[str, bytes]:
    """Authority, certificate and key, which belong to each other."""
    # Of several, only one would be looked at, and all be believed.
    (authority,) = x509.load_pem_x509_certificates(told["authority"].encode())
    certificate = x509.load_pem_x509_certificates(told["certificate"].encode())[0]
    try:
        certificate.verify_directly_issued_by(authority)
        of_key = load_pem_private_key(key.encode(), password=None).public_key() == certificate.public_key()
    except (InvalidSignature, UnsupportedAlgorithm) as error:
        raise ValueError("not of that authority") from error
    names = [name.value for name in certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)]
    if not of_key or names != [told["centre"]["kiosk"]]:
        raise ValueError("not for that key and name")
    return {
        CA: authority.public_bytes(Encoding.PEM),
        CERTIFICATE: told["certificate"].encode(),
        KEY: key.encode(),
    }


def _json(told: Any) -> bytes:
    return f"{json.dumps(told, indent=1, ensure_ascii=False)}\n".encode()
