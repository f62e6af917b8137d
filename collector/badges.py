"""
Guards' badges: codes that the centre signs, to be held before a door's camera.

The subject is random and kept nowhere but in the code; the database and the doors have its digest. The key is
the one that signs what goes down to the doors: they know it, and by the same id. When another takes its
place, the badges that it signed are worthless.
"""

import datetime as dt
import secrets
from io import BytesIO
from pathlib import Path

import segno
from django.db import transaction

from collector import guards
from collector.errors import RegistryRefused
from collector.keyring import Keyring
from collector.whole import write_whole
from mqtt_bridge.wire.codes import Purpose, SignedCode, sign
from mqtt_bridge.wire.guards import badge_digest

KINDS = (".png", ".svg")
_SUBJECT_BYTES = 16
_SCALE = 12


def give(
    place: str, name: str, *, expires: dt.datetime, keyring: Keyring, file: Path | None, new: bool = False
) -> str:
    """
    Make a badge for a guard; the one before is worthless once the doors have heard.

    Args:
        place: The place's name.
        name: The guard's.
        expires: From when on it is worth nothing (aware).
        keyring: Has the key.
        file: Where its picture is written, for its owner's eyes only; None draws none.
        new: Whether somebody may be meant who was no guard yet.

    Returns:
        The text of the code. Who has it can be the guard: it belongs into no log.

    Raises:
        RegistryRefused: If there is no such place or guard, or the picture cannot be written.
        KeyUnusable: If the key cannot be read.
    """
    subject = secrets.token_urlsafe(_SUBJECT_BYTES)
    _, key = keyring.signing()
    code = sign(SignedCode(Purpose.BADGE, subject, expires), key.private_bytes_raw())
    with transaction.atomic():
        guards.give_badge(place, name, badge_digest(subject), ends=expires, new=new)
        if file is not None:
            draw(code, file)
    return code


def picture(code: str, *, on_paper: bool = True) -> str:
    """
    A code as SVG, to be written into a page: it grows as the page has it.

    Args:
        code: Its text.
        on_paper: Whether it must stand scratches; without that its squares are larger.
    """
    drawn = BytesIO()
    segno.make(code, error="m" if on_paper else "l", micro=False).save(
        drawn, kind="svg", xmldecl=False, svgns=True, omitsize=True, border=4, light="#fff"
    )
    return drawn.getvalue().decode()


def draw(code: str, file: Path) -> None:
    """
    Draw a code into a file, for its owner's eyes only.

    Raises:
        RegistryRefused: If it cannot be written.
    """
    if file.suffix.lower() not in KINDS:
        raise RegistryRefused(f"file {file}: no picture's name; end it in {' or '.join(KINDS)}")
    picture = BytesIO()
    segno.make(code, error="m", micro=False).save(picture, kind=file.suffix[1:].lower(), scale=_SCALE)
    try:
        write_whole(file, picture.getvalue(), mode=0o600)
    except OSError as error:
        raise RegistryRefused(f"file {file}: {error.strerror}; name another") from None
