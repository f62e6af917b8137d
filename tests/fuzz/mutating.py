"""Mutations of texts and of bytes, each drawn from a random generator that can be had again."""

import random

MAX_LETTERS = 6000
"""Longer than any QR code, so that the cut is tried too."""

STRANGE = (
    "\x00", "\x1b[2J", "\r\n", "\t", "\ufeff", "\u202e", "\u200d", "\ud800", "\udfff", "\u0301" * 40, "\uffff",
    "０１２３", "٣", "²", "ß", "ŉ", "ﬁ", "İ", "한", "🧑‍⚕️", "\U0010ffff", "%00", "{0}", "{name}", "' OR 1=1 --", "../",
    "<script>", "=cmd|", "|", "||||", "|$", "<", "*", "-", "+84", "0084", "0", "9" * 40, "1e999", "NaN", " ", "$", ":",
    "HC1:", "EK1:", "shc:/", "https://", "http://[", "000201", "6304", "WIFI:", "MECARD:", "0000-00-00", "9999-12-31",
    "31/02/1999", "29/02/1900", "c3", "ff", "e1bb", "\\u0000", '{"a":', "[" * 50,
)  # fmt: skip


def text(chance: random.Random, valid: str, others: tuple[str, ...]) -> str:
    """A text with one to six things wrong with it."""
    for _ in range(chance.choice((1, 1, 1, 2, 3, 6))):
        valid = chance.choice(_TEXT)(chance, valid, others)[:MAX_LETTERS]
    return valid


def raw(chance: random.Random, valid: bytes) -> bytes:
    """Bytes with one to six things wrong with them."""
    for _ in range(chance.choice((1, 1, 1, 2, 3, 6))):
        valid = chance.choice(_RAW)(chance, valid)[:MAX_LETTERS]
    return valid


def _slice(chance: random.Random, length: int) -> tuple[int, int]:
    start = chance.randrange(length + 1)
    return start, min(length, start + chance.choice((0, 1, 1, 2, 4, 16, length)))


def _flip(chance, valid, others):
    start, end = _slice(chance, len(valid))
    letters = (chr(ord(letter) ^ (1 << chance.randrange(8))) for letter in valid[start:end])
    return valid[:start] + "".join(letters) + valid[end:]


def _cut(chance, valid, others):
    start, end = _slice(chance, len(valid))
    return valid[:start] + valid[end:]


def _short(chance, valid, others):
    return valid[: chance.randrange(len(valid) + 1)]


def _repeat(chance, valid, others):
    start, end = _slice(chance, len(valid))
    return valid[:start] + valid[start:end] * chance.choice((2, 3, 20, 300)) + valid[end:]


def _splice(chance, valid, others):
    other = chance.choice(others)
    return valid[: chance.randrange(len(valid) + 1)] + other[chance.randrange(len(other) + 1) :]


def _swap(chance, valid, others):
    mark = chance.choice("|<:;/-& ")
    parts = valid.split(mark)
    one, other = chance.randrange(len(parts)), chance.randrange(len(parts))
    parts[one], parts[other] = parts[other], parts[one]
    return mark.join(parts)


def _strange(chance, valid, others):
    start, end = _slice(chance, len(valid))
    return valid[:start] + chance.choice(STRANGE) + valid[chance.choice((start, end)) :]


def _letter(chance, valid, others):
    start = chance.randrange(len(valid) + 1)
    near = chance.choice((48, 65, 97, 0, 0x1E00, 0x300, 0xD7F0, 0x1F600))
    return valid[:start] + chr(near + chance.randrange(48)) + valid[start + 1 :]


def _case(chance, valid, others):
    return chance.choice((valid.upper(), valid.lower(), valid.swapcase(), valid[::-1]))


_TEXT = (_flip, _cut, _short, _repeat, _splice, _swap, _strange, _letter, _letter, _case)


def _flip_bits(chance, valid):
    start, end = _slice(chance, len(valid))
    return valid[:start] + bytes(one ^ (1 << chance.randrange(8)) for one in valid[start:end]) + valid[end:]


def _cut_bytes(chance, valid):
    return _cut(chance, valid, ())


def _short_bytes(chance, valid):
    return _short(chance, valid, ())


def _repeat_bytes(chance, valid):
    return _repeat(chance, valid, ())


def _head_byte(chance, valid):
    """The head of another CBOR item: another kind, a huge length, a tag, an end without a beginning."""
    start = chance.randrange(len(valid) + 1)
    heads = (
        b"\x9b\xff" * 4,
        b"\xbf",
        b"\x9f",
        b"\xff",
        b"\xd8\x23",
        b"\xc4\x82",
        b"\x81" * 30,
        b"\xf6",
        b"\xfb\x7f\xf0",
    )
    head = chance.choice((*heads, bytes([chance.randrange(256)]), chance.randbytes(9)))
    return valid[:start] + head + valid[start + chance.choice((0, 1, len(head))) :]


_RAW = (_flip_bits, _flip_bits, _cut_bytes, _short_bytes, _repeat_bytes, _head_byte)
