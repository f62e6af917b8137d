"""
A box made a centre's, or nobody's again; what a file says of that, wherever it came from.

The journal stays: what waits in it goes to the new centre. What the old one said, of configuration, commands
and other doors, counts no more.
"""

import hashlib
import json
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

from kiosk import admission, credentials
from kiosk.admission import Admission, NotAdmitted
from kiosk.credentials import CENTRE, FOLDER
from kiosk.store.handover import FOLDER as SETTING_UP
from kiosk.store.handover import write_whole
from kiosk.store.inbox import Inbox
from kiosk.store.trouble import FILE_NAME

BOOT_FILE = Path("/boot/firmware/entrance-kiosk.enrol")
"""Where a technician without a network puts an admission: the partition that any computer can write."""
_USED = "used.enrol"


def told(content: bytes) -> dict[str, Any]:
    """
    An admission as JSON has it.

    Raises:
        NotAdmitted: If it is no JSON object.
    """
    try:
        document = json.loads(content)
    except ValueError:
        document = None
    if not isinstance(document, dict):
        raise NotAdmitted("not JSON as the centre writes it")
    return document


def read(file: Path) -> Admission:
    """
    An admission with its key, as `collector enrol --file` writes it.

    Raises:
        NotAdmitted: If it cannot be read, or is none.
    """
    remedy = "make it anew: `collector enrol … --file FILE`"
    try:
        with file.open("rb") as opened:
            content = opened.read(admission.MAX_FILE_BYTES)
    except OSError as error:
        raise NotAdmitted(f"{file}: {error.strerror}; name the file that the centre wrote") from None
    try:
        return admission.admission(told(content))
    except NotAdmitted as error:
        raise NotAdmitted(f"{file}: {error}; {remedy}") from None


def take_up(granted: Admission, data: Path) -> None:
    """
    Make a box a centre's. Its door and its bridge must begin anew then.

    Args:
        granted: What the centre gave.
        data: The data folder.

    Raises:
        OSError: If that cannot be written; the box is whose it was then.
    """
    if not _is_of_same_centre(granted, data):
        _forget_orders(data)
    admission.keep(granted, data)


def leave(data: Path) -> bool:
    """
    Make a box nobody's again; whether it was somebody's. Its visits stay.

    Raises:
        OSError: If that cannot be written.
    """
    was_somebodys = admission.forget(data)
    _forget_orders(data)
    return was_somebodys


def take_from_boot(data: Path, file: Path = BOOT_FILE) -> str:
    """
    Make a box that is nobody's a centre's by a file on its boot partition, once; the file is taken away.

    Returns:
        The name that the centre gives it; empty where there is no such file, or it was used before.

    Raises:
        NotAdmitted: If it is none.
        OSError: If that cannot be written.
    """
    if (data / FOLDER / CENTRE).exists() or not file.exists():
        return ""
    granted = read(file)
    mark = hashlib.sha256(file.read_bytes()).hexdigest().encode()
    used = data / SETTING_UP / _USED
    if used.exists() and used.read_bytes() == mark:
        return ""
    take_up(granted, data)
    # A partition that we may not write keeps the file: then it is known by this.
    write_whole(used, mark)
    with suppress(OSError):
        file.unlink()
    return granted.kiosk


def _is_of_same_centre(granted: Admission, data: Path) -> bool:
    """Whether what came down before was said by the same centre, to a box of this name."""
    try:
        before = credentials.read(json.loads((data / FOLDER / CENTRE).read_bytes()))
    except (OSError, ValueError, TypeError, LookupError, AttributeError):
        return False
    now = credentials.read(json.loads(granted.files[CENTRE]))
    shared = set(before.signing_keys.values()) & set(now.signing_keys.values())
    return bool(shared) and before.kiosk == now.kiosk


def _forget_orders(data: Path) -> None:
    if (data / FILE_NAME).exists():
        with closing(Inbox(data)) as inbox:
            inbox.begin_anew()
