"""From the bytes in a code to its exact text."""

import re
import unicodedata

_HALF_WIDTH_KANA = range(0xFF61, 0xFFA0)
_KANJI_BESIDE_LETTER = re.compile(r"[A-Za-z][^\x00-\x7f]|[^\x00-\x7f][A-Za-z]")


def texts(contents: list[bytes] | tuple[bytes, ...]) -> list[str]:
    """The texts of codes, none twice; those without an exact one are left out."""
    found = (exact_text(content) for content in contents)
    return list(dict.fromkeys(text for text in found if text))


def exact_text(content: bytes) -> str | None:
    """
    The text of a code in Unicode NFC, or None: no text is better than a garbled one.

    Bytes are UTF-8, or the Shift-JIS of the code's kanji mode (ISO/IEC 18004). What is neither has no text.
    """
    try:
        return unicodedata.normalize("NFC", content.decode("utf-8"))
    except UnicodeDecodeError:
        pass
    try:
        text = content.decode("shift_jis")
    except UnicodeDecodeError:
        return None
    # Kanji mode holds two-byte characters only; half-width kana are bytes of some other encoding.
    if any(ord(letter) in _HALF_WIDTH_KANA for letter in text):
        return None
    # In a word of Latin-1 or an old Vietnamese encoding, an accented letter and the next make a kanji.
    if _KANJI_BESIDE_LETTER.search(text):
        return None
    return unicodedata.normalize("NFC", text)
