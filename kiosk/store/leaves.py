"""
The rows of a damaged database, read off its pages one by one (https://sqlite.org/fileformat2.html).

SQLite finds a row by way of other pages; where one of those is lost, all below it are out of reach, though
most of them are as they were. Here each page stands for itself.
"""

import os
import struct
from collections.abc import Container, Iterator
from pathlib import Path
from typing import Self

Value = int | float | str | bytes | None
Record = tuple[int, tuple[Value, ...]]
"""A row's id and its columns, as they were written."""

PAGE_BYTES = 4096
"""Of every journal."""

_LEAF = 0x0D
_HEADER, _LOG_HEADER, _FRAME_HEADER = 8, 32, 24
_SIZES = (0, 1, 2, 3, 4, 6, 8, 8, 0, 0)
"""Bytes of a value by its serial type; 10 and 11 are no types."""
_SEVEN_BITS, _WORD = 0x7F, 0xFFFFFFFF
_REAL, _ZERO, _ONE, _BLOB, _TEXT = 7, 8, 9, 12, 13
_LONG = 100
_MOST_WHOLE = 35
"""A page holds a row of so many bytes less than its own size; longer ones spill over, and are left out."""


def records(path: Path, known: Container[int] = ()) -> Iterator[Record]:
    """
    All rows of all tables that can be made out, in no order; rows of one table may come more than once.

    What is in the write-ahead log goes before what is in the file. No connection of this process may have
    the file open: its locks would be lost.

    Args:
        path: The database.
        known: Ids of long rows that need not be read.
    """
    with _opened(path) as file, _opened(_log(path)) as log:
        newest = dict(log.sound_frames())
        pages = max(file.size // PAGE_BYTES, *newest, 0)
        for number in range(2, pages + 1):
            in_log = newest.get(number)
            page = file.page((number - 1) * PAGE_BYTES) if in_log is None else log.page(in_log)
            yield from _rows(page, known)


def logged(path: Path, known: Container[int] = ()) -> Iterator[Record]:
    """As `records()`, of the write-ahead log alone. Others may have the file open."""
    with _opened(_log(path)) as log:
        for offset in dict(log.frames()).values():
            yield from _rows(log.page(offset), known)


def _log(path: Path) -> Path:
    return path.with_name(f"{path.name}-wal")


class _opened:  # noqa: N801 (used as `open` is)
    """A file read in parts that may be missing: where the disk refuses, nothing is there."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = -1
        self.size = 0

    def __enter__(self) -> Self:
        try:
            self._file = os.open(self._path, os.O_RDONLY | os.O_CLOEXEC)
            self.size = os.fstat(self._file).st_size
        except OSError:
            pass
        return self

    def __exit__(self, *_error: object) -> None:
        if self._file >= 0:
            os.close(self._file)

    def page(self, offset: int) -> bytes:
        return self._read(offset, PAGE_BYTES)

    def frames(self) -> Iterator[tuple[int, int]]:
        """Of a write-ahead log: the number of each page in it, and where it lies, oldest first."""
        step = _FRAME_HEADER + PAGE_BYTES
        # Either may be damaged.
        salts = {self._read(16, 8), self._read(_LOG_HEADER + 8, 8)}
        for offset in range(_LOG_HEADER, self.size - step + 1, step):
            frame = self._read(offset, _FRAME_HEADER)
            # Frames of an earlier round of the log bear other salts.
            if len(frame) == _FRAME_HEADER and frame[8:16] in salts:
                yield int.from_bytes(frame[:4], "big"), offset + _FRAME_HEADER

    def sound_frames(self) -> Iterator[tuple[int, int]]:
        """As `frames()`, without damaged ones: each has a sum that goes on from that of the one before."""
        order = ">" if self._read(3, 1) == b"\x83" else "<"
        for number, offset in self.frames():
            first = offset == _LOG_HEADER + _FRAME_HEADER
            before = self._read(_LOG_HEADER - 8 if first else offset - PAGE_BYTES - _FRAME_HEADER - 8, 8)
            frame = self._read(offset - _FRAME_HEADER, _FRAME_HEADER)
            try:
                if frame[16:] == _summed(before, frame[:8] + self.page(offset), order):
                    yield number, offset
            except (struct.error, ValueError):
                continue

    def _read(self, offset: int, count: int) -> bytes:
        try:
            return os.pread(self._file, count, offset)
        except OSError:
            return b""


def _summed(before: bytes, data: bytes, order: str) -> bytes:
    one, other = struct.unpack(">II", before)
    words = struct.unpack(f"{order}{len(data) // 4}I", data)
    for first, second in zip(words[::2], words[1::2], strict=True):
        one = (one + first + other) & _WORD
        other = (other + second + one) & _WORD
    return struct.pack(">II", one, other)


def _rows(page: bytes, known: Container[int]) -> Iterator[Record]:
    if len(page) < _HEADER or page[0] != _LEAF:
        return
    count = int.from_bytes(page[3:5], "big")
    cells = _HEADER + 2 * count
    if cells > len(page):
        return
    for (cell,) in struct.iter_unpack(">H", page[_HEADER:cells]):
        if cells <= cell < len(page):
            try:
                length, after = _number(page, cell)
                row, start = _number(page, after)
                if length < _LONG or row not in known:
                    yield row, _values(page, start, length)
            except (IndexError, ValueError):
                continue


def _values(page: bytes, offset: int, length: int) -> tuple[Value, ...]:
    if length > len(page) - _MOST_WHOLE or offset + length > len(page):
        raise ValueError("no row, or one that spills over")
    record = page[offset : offset + length]
    header, at = _number(record, 0)
    kinds = []
    while at < header:
        kind, at = _number(record, at)
        kinds.append(kind)
    sizes = [_SIZES[kind] if kind < _BLOB else (kind - _BLOB) // 2 for kind in kinds]
    if at != header or header + sum(sizes) != length:
        raise ValueError("no row")
    values = []
    for kind, size in zip(kinds, sizes, strict=True):
        values.append(_value(kind, record[at : at + size]))
        at += size
    return tuple(values)


def _value(kind: int, raw: bytes) -> Value:
    if kind == 0:
        return None
    if kind in {_ZERO, _ONE}:
        return kind - _ZERO
    if kind == _REAL:
        real: float = struct.unpack(">d", raw)[0]
        return real
    if kind < _REAL:
        return int.from_bytes(raw, "big", signed=True)
    return raw.decode() if kind % 2 else raw


def _number(page: bytes, offset: int) -> tuple[int, int]:
    """A number of one to nine bytes, and where the next one begins."""
    number = 0
    for place in range(offset, offset + 8):
        number = number << 7 | page[place] & _SEVEN_BITS
        if page[place] <= _SEVEN_BITS:
            return number, place + 1
    number = number << 8 | page[offset + 8]
    return number - (number >> 63 << 64), offset + 9
