"""What somebody would look for who wants to know who was there: a person's facts, in all the ways that bytes hold text."""

import json
import unicodedata
from base64 import b64encode
from collections.abc import Iterable, Iterator
from pathlib import Path

SHORTEST = 6
"""Shorter forms stand in any file by chance."""


def name(text: str) -> set[bytes]:
    """A name, in all forms."""
    plain = unicodedata.normalize("NFD", text.replace("Đ", "D").replace("đ", "d"))
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    spellings = {text, plain, *(unicodedata.normalize(form, text) for form in ("NFC", "NFD"))}
    return _encoded({change(one) for one in spellings for change in (str, str.upper, str.lower, str.title)})


def number(*texts: str) -> set[bytes]:
    """A number, as each of these texts."""
    return _encoded(texts)


def phone(national: str) -> set[bytes]:
    """A phone number, `0912345678`: as keyed, for machines, and as people say it."""
    ways = {national, f"+84{national[1:]}", f"84{national[1:]}", national[1:]}
    for mark in " .-":
        ways |= {
            mark.join((national[:4], national[4:7], national[7:])),
            mark.join((national[:3], national[3:6], national[6:])),
        }
    return _encoded(ways)


def day(iso: str) -> set[bytes]:
    """A birth date, `1999-02-01`, as machines and cards write it."""
    year, month, day_ = iso.split("-")
    return _encoded(
        {
            iso,
            f"{day_}/{month}/{year}",
            f"{day_}{month}{year}",
            f"{year}{month}{day_}",
            f"{day_}-{month}-{year}",
        }
    )


def found(traces: Iterable[bytes], raw: bytes) -> set[bytes]:
    """Those of the traces that are there."""
    return {trace for trace in traces if trace in raw}


def files(*folders: Path, since_s: float = 0.0) -> Iterator[tuple[Path, bytes]]:
    """All files below these folders, byte by byte; with `since_s`, those written since then (seconds since 1970)."""
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            try:
                if path.is_file() and path.stat().st_mtime >= since_s:
                    yield path, path.read_bytes()
            except FileNotFoundError:
                continue  # A database removes its files as it goes.


def _encoded(texts: Iterable[str]) -> set[bytes]:
    forms = set()
    for text in texts:
        raw = text.encode()
        escaped = json.dumps(text)[1:-1]
        forms |= {raw, escaped.encode(), escaped.upper().replace("\\U", "\\u").encode()}
        forms |= {
            text.encode("utf-16-le"),
            text.encode("utf-16-be"),
            raw.hex().encode(),
            raw.hex().upper().encode(),
        }
        forms |= set(_base64(raw))
    return {form for form in forms if len(form) >= SHORTEST}


def _base64(raw: bytes) -> Iterator[bytes]:
    """What stands in base64 wherever these bytes begin: the letters that depend on none of their neighbours."""
    for before in range(3):
        letters = b64encode(bytes(before) + raw)
        first = -(-before * 8 // 6)
        last = (before + len(raw)) * 8 // 6
        yield letters[first:last]
