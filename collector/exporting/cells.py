"""
Texts of strangers in the cells of a table that a spreadsheet opens. Pure.

A cell that begins like a formula is one to Excel, to LibreOffice and to others, quoted or not: one such as
`=HYPERLINK(…)` would send on what stands beside it. An apostrophe before it makes it a text (OWASP, "CSV
injection").
"""

import unicodedata

MAX_LETTERS = 32_767
"""Of a cell of Excel, in units of UTF-16."""
_FORMULA = frozenset("=+-@\t\r\n|%")
_XML = str.maketrans("", "", "".join(map(chr, (*range(9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF))))
"""What no XML document can hold."""


def fit(text: str) -> str:
    """A text without control letters and halves of letters, and not longer than a cell."""
    if len(text) <= MAX_LETTERS // 2 and text.isprintable():
        return text
    whole = text.translate(_XML).encode("utf-16-le", "ignore")
    return whole[: 2 * MAX_LETTERS].decode("utf-16-le", "ignore")


def guarded(text: str) -> str:
    """A text that no spreadsheet takes for a formula, wide letters and spaces before it notwithstanding."""
    whole = fit(text)
    begins = whole.lstrip(" \u00a0\u3000\ufeff")[:1]
    if not begins.isascii():
        begins = unicodedata.normalize("NFKC", begins)[:1]
    return f"'{whole}"[:MAX_LETTERS] if begins in _FORMULA else whole
