"""
A box made a centre's, or nobody's again; what a file says of that, wherever it came from.

The journal stays: what waits in it goes to the new centre. What the old one said, of configuration, commands
and other doors, counts no more.
"""

import hashlib
import json
import logging
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

from kiosk import admission, credentials
from kiosk.admission import Admission, NotAdmitted
from kiosk.credentials import CENTRE, FOLDER
from kiosk.errors import SettingsError
from kiosk.store.handover import FOLDER as SETTING_UP
from kiosk.store.inbox import Inbox
from kiosk.store.trouble import FILE_NAME
from kiosk.store.whole import write_whole

log = logging.getLogger(__name__)

BOOT_FILE = Path("/boot/firmware/entrance-kiosk.enrol")
"""Where a technician without a network puts an admission: the partition that any computer can write."""
_USED = "used.enrol"
_ANEW = "begin-anew"
"""Among the credentials: another centre's orders are in the journal still."""


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
    return _granted(file, _content(file))


def take_up(granted: Admission, data: Path) -> None:
    """
    Make a box a centre's. Its door and its bridge must begin anew then.

    Args:
        granted: What the centre gave.
        data: The data folder.

    Raises:
        OSError: If that cannot be written; the box is whose it was then.
    """
    if (data / FOLDER / _ANEW).exists() or not _is_of_same_centre(granted, data):
        granted = replace(granted, files={**granted.files, _ANEW: b""})
    admission.keep(granted, data)
    settle(data)


def settle(data: Path) -> None:
    """
    Forget what an earlier centre said, where the power went before that was done. For whoever starts, too.

    What refuses is left: it is tried again at the next start.
    """
    mark = data / FOLDER / _ANEW
    try:
        if mark.exists():
            _forget_orders(data)
            mark.unlink(missing_ok=True)
    except OSError as error:
        log.warning("what the earlier centre said is not forgotten yet: %s", error)


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
    Make a box that is nobody's a centre's by a file on its boot partition, once.

    The file, which holds a key, is taken away; where this program may not do that, the system's must.

    Returns:
        The name that the centre gives it; empty where there is no such file, or it was used before.

    Raises:
        NotAdmitted: If it is none.
        OSError: If that cannot be written.
    """
    if (data / FOLDER / CENTRE).exists() or not file.exists():
        return ""
    content = _content(file)
    mark = hashlib.sha256(content).hexdigest().encode()
    used = data / SETTING_UP / _USED
    if used.exists() and used.read_bytes() == mark:
        return ""
    granted = _granted(file, content)
    take_up(granted, data)
    # It is a centre's now, whatever becomes of the file.
    try:
        # A partition that we may not write keeps the file: then it is known by this.
        write_whole(used, mark)
        file.unlink()
    except OSError as error:
        log.warning("%s is used up but cannot be removed, and holds a key: %s", file, error.strerror)
    return granted.kiosk


def _content(file: Path) -> bytes:
    try:
        with file.open("rb") as opened:
            return opened.read(admission.MAX_FILE_BYTES)
    except OSError as error:
        raise NotAdmitted(f"{file}: {error.strerror}; name the file that the centre wrote") from None


def _granted(file: Path, content: bytes) -> Admission:
    try:
        return admission.admission(told(content))
    except NotAdmitted as error:
        remedy = "make it anew: `collector enrol … --file FILE`"
        raise NotAdmitted(f"{file}: {error}; {remedy}") from None


def _is_of_same_centre(granted: Admission, data: Path) -> bool:
    """Whether what came down before was said by the same centre, to a box of this name."""
    try:
        before = credentials.held(data)
    except SettingsError:
        return False
    now = credentials.read(json.loads(granted.files[CENTRE]))
    if before is None or before.kiosk != now.kiosk:
        return False
    return bool(set(before.signing_keys.values()) & set(now.signing_keys.values()))


def _forget_orders(data: Path) -> None:
    if (data / FILE_NAME).exists():
        with closing(Inbox(data)) as inbox:
            inbox.begin_anew()
