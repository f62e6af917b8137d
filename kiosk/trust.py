"""The trust list of a box: a folder of certificates and public keys, put there by a technician."""

from pathlib import Path

from kiosk.errors import SettingsError
from kiosk.proof import NOBODY, Trust

MAX_FILE_BYTES = 256 * 1024


def load(folder: Path) -> Trust:
    """
    Whose signatures this box believes; nobody's when there is no such folder or nothing in it.

    `kiosk.certificates` says what a file may hold. Hidden files are passed over.

    Raises:
        SettingsError: If anything there cannot be read or is none of these; the message has all of them.
    """
    try:
        files = sorted(path for path in folder.iterdir() if not path.name.startswith("."))
    except FileNotFoundError:
        return NOBODY
    except OSError as error:
        raise SettingsError(f"trust.folder = {folder}: {error.strerror}; name another folder") from None
    issuers: dict[bytes, tuple[bytes, ...]] = {}
    own: dict[bytes, bytes] = {}
    faults = []
    for file in files:
        try:
            held = _read(file)
        except OSError as error:
            faults.append(f"trust.folder: {file}: {error.strerror}; make it readable, or take it away")
        except ValueError as error:
            faults.append(f"trust.folder: {file}: {error}")
        else:
            own |= held.own
            for key_id, keys in held.issuers.items():
                issuers[key_id] = issuers.get(key_id, ()) + keys
    if faults:
        raise SettingsError("\n".join(faults))
    return Trust(issuers, own) if files else NOBODY


def _read(file: Path) -> Trust:
    from kiosk import certificates  # noqa: PLC0415 (a twentieth of a second, and most boxes have none)

    with file.open("rb") as opened:
        return certificates.read(opened.read(MAX_FILE_BYTES), file.stem)
