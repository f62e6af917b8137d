"""
Tells whole texts of a reader from halves.

A reader may be unplugged in the middle of a text, lose its radio link, or stall; and what is left of an ID
number may well be another one. So a text is believed when it has the shape of a known code from its first
letter to its last, or when its reader ended it, with Enter or the like, and nothing before it was torn. What
a signed code or a health certificate packs unpacks from end to end, or not at all.
"""

import json
import re
import unicodedata
import zlib

from base45 import b45decode

ENDS = "\r\n\t\x03"
"""What readers end a text with: CR, LF, Tab or ETX."""

_AFTER_OPENING_S = 0.2
"""A reader that is opened in the middle of a text goes on within this."""
_AFTER_CUT_S = 2.0
"""How long the rest of a torn text may take to come: a radio link that stumbles."""

_WHOLE = re.compile(
    # ID card: sex begins with a capital, and four more fields follow or none
    r"[0-9]{12}\|[^|]*\|[^|]*\|[0-9]{8}\|N[^|A-Z]*\|[^|]*\|[0-9]{8}(?:(?:\|[^|]*){4})?"
    # national personal QR: its name has no small letters, and a phone stands at its end
    r"|[0-9A-Za-z*]*\|[^|a-z]*\|[0-9*]{4}-[0-9*]{2}-[0-9*]{2}\|[01]\|[^|]*\|(?:[^|<]*<){3}[0-9*]{10}"
    # health-insurance card
    r"|(?:[A-Z]{2}[0-9]{3})?[0-9]{10}\|(?:[^|]*\|){13}\$"
    # a place's code, or a declaration's
    r"|https?://[^\s|]+[?&]groupId=[0-9a-f]{24}"
    r"|https?://[^\s|]+/qr/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
    # payment, network, contact
    r"|000201[^|]*6304[0-9A-F]{4}|(?:WIFI|MECARD):.*;;|BEGIN:VCARD\r?\n.*END:VCARD",
    re.DOTALL,
)
_BEGINNINGS = re.compile(
    r"HC1:|EK1:|shc:/|(?i:https?://)|WIFI:|MECARD:|BEGIN:VCARD|tel:|000201|[0-9]{9,15}$|[A-Z]{2}[0-9]{13}$"
)
_SIGNED, _CERTIFICATE = "EK1:", "HC1:"
_SIGNATURE_BYTES = 72
"""The id of the key and the signature stand before the facts of a signed code."""
_MOST_BYTES = 16_384
"""More than any certificate unpacks to, and little enough for a zip bomb to be nothing."""
_CARD_FIELDS = 7
_QR_FIELDS = 6
_QR_BIRTH = 2


def is_whole(text: str) -> bool:
    """Whether a text is a known code from its first letter to its last."""
    if text.startswith((_SIGNED, _CERTIFICATE)):
        return _unpacks(text)
    return _WHOLE.fullmatch(text) is not None


def is_known(text: str) -> bool:
    """Whether a text is, or begins as, a known code: then it was typed with the right keymap."""
    return is_whole(text) or _BEGINNINGS.match(text) is not None


class Doubt:
    """
    What the texts of one opened reader are worth.

    Args:
        opened_s: When it was opened (monotonic seconds).
    """

    def __init__(self, opened_s: float) -> None:
        self._until_s = opened_s + _AFTER_OPENING_S

    def tear(self, at_s: float) -> None:
        """Something was lost, or stopped before its end: what comes next may be the rest of it."""
        self._until_s = at_s + _AFTER_CUT_S

    def believe(self, typed: str, began_s: float, ended_s: float) -> tuple[str, ...]:
        """
        The texts that may be believed of what a reader sent in one go, in NFC; none of half a text.

        Args:
            typed: All of it, with what the reader ends a text with.
            began_s: When it began (monotonic seconds).
            ended_s: When it ended.
        """
        text = unicodedata.normalize("NFC", typed.strip(ENDS))
        has_end = typed.endswith(tuple(ENDS))
        is_sure = has_end and began_s >= self._until_s
        if has_end:
            self._until_s = ended_s
        else:
            self.tear(ended_s)
        if not text:
            return ()
        if is_whole(text):
            return (text,)
        lines = tuple(filter(None, re.split(f"[{ENDS}]", text)))
        if len(lines) > 1 and all(map(is_whole, lines)):
            return lines
        return (text,) if is_sure and not _is_half_a_card(text) else ()


def _unpacks(text: str) -> bool:
    """Whether there is all of what a signed code or a health certificate packs; whoever signed it."""
    try:
        packed = b45decode(text[len(_SIGNED) :])
        if text.startswith(_SIGNED):
            facts = packed[_SIGNATURE_BYTES:].decode()
            return facts.endswith("}") and isinstance(json.loads(facts), dict)
        unpacking = zlib.decompressobj()
        unpacking.decompress(packed, _MOST_BYTES)
    except (ValueError, RecursionError, zlib.error):
        return False
    return unpacking.eof and not unpacking.unused_data


def _is_half_a_card(text: str) -> bool:
    """Whether this begins as an ID card, and ends before its last field."""
    fields = text.split("|")
    if len(fields) == 1 or len(fields) >= _CARD_FIELDS or not re.fullmatch("[0-9]{12}", fields[0]):
        return False
    return len(fields) != _QR_FIELDS or "-" not in fields[_QR_BIRTH]
