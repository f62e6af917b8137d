"""
The two kinds of files a list can be. Both take rows one by one and hold none of them.

CSV is in UTF-8 with a mark at its beginning and with commas: so Excel in Vietnam opens it by a double click
with its accents, and every program reads it (RFC 4180). Days and times are as ISO 8601 writes them, which
Excel takes for days and times in every country, and shows as people there write them. Excel drops the zeros
that a number of nothing but digits begins with: whoever wants them takes XLSX, where such numbers are texts.
"""

import csv
import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Protocol

from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from collector.exporting.cells import fit, guarded
from collector.exporting.columns import Cell

MOST_ROWS = 1_000_000
"""Of one sheet; Excel takes 48,576 more. What is more goes on in another sheet."""
_WIDTHS = (11, 10, 7, 30, 15, 16, 11, 18, 14, 20, 10, 10, 10, 10, 14, 40, 38)


class Sheet(Protocol):
    """A file that is being written. Errors are `OSError`, or of xlsxwriter."""

    def begin(self, heads: Sequence[str]) -> None:
        """Write the heads."""

    def add(self, row: Sequence[Cell]) -> None:
        """Write a row."""

    def close(self, about: Sequence[tuple[str, str]]) -> None:
        """Finish it; `about` says what it is, where there is room for that."""


class CsvSheet:
    """Of comma-separated values."""

    def __init__(self, file: IO[str]) -> None:
        self._file = file
        self._write = csv.writer(file).writerow

    def begin(self, heads: Sequence[str]) -> None:
        """Write the mark, and the heads."""
        self._file.write("\ufeff")
        self._write(heads)

    def add(self, row: Sequence[Cell]) -> None:
        """Write a row."""
        self._write([guarded(cell) if isinstance(cell, str) else _iso(cell) for cell in row])

    def close(self, _about: Sequence[tuple[str, str]]) -> None:
        """Leave out what it is: in a table of values it would be one more row of them."""
        self._file.close()


class XlsxSheet:
    """
    A workbook of Excel: texts are texts whatever they look like, days and times are such.

    Args:
        path: Where.
        name: Of the sheet.
        about: Name of the last sheet, which says what the list is.
    """

    def __init__(self, path: Path, *, name: str, about: str) -> None:
        options = {
            "constant_memory": True,
            "tmpdir": str(path.parent),
            "strings_to_formulas": False,
            "strings_to_numbers": False,
            "strings_to_urls": False,
        }
        self._book = Workbook(str(path), options)
        self._name, self._about = name, about
        self._formats = {
            dt.date: self._book.add_format({"num_format": "dd/mm/yyyy", "align": "left"}),
            dt.time: self._book.add_format({"num_format": "hh:mm:ss", "align": "left"}),
        }
        self._bold = self._book.add_format({"bold": True})
        self._heads: Sequence[str] = ()
        self._sheet: Worksheet | None = None
        self._sheets = self._row = 0

    def begin(self, heads: Sequence[str]) -> None:
        """Make a sheet that keeps its heads in sight."""
        self._heads = heads
        self._sheets += 1
        self._sheet = self._book.add_worksheet(
            self._name if self._sheets == 1 else f"{self._name} {self._sheets}"
        )
        for number, width in enumerate(_WIDTHS):
            self._sheet.set_column(number, number, width)
        self._sheet.freeze_panes(1, 0)
        self._sheet.set_landscape()
        self._sheet.set_paper(9)
        self._sheet.fit_to_pages(1, 0)
        self._sheet.repeat_rows(0)
        for number, head in enumerate(heads):
            self._sheet.write_string(0, number, head, self._bold)
        self._row = 0

    def add(self, row: Sequence[Cell]) -> None:
        """Write a row; what is empty is no cell."""
        if self._row == MOST_ROWS:
            self.begin(self._heads)
        assert self._sheet is not None
        self._row += 1
        # Not `write`, which looks at each value anew for what it might be.
        for number, cell in enumerate(row):
            if isinstance(cell, str):
                if cell:
                    self._sheet.write_string(self._row, number, fit(cell))
            else:
                self._sheet.write_datetime(self._row, number, cell, self._format(cell))

    def close(self, about: Sequence[tuple[str, str]]) -> None:
        """Add what it is, and put all together."""
        sheet = self._book.add_worksheet(self._about)
        sheet.set_column(0, 0, 24)
        sheet.set_column(1, 1, 60)
        for number, (name, value) in enumerate(about):
            sheet.write_string(number, 0, name, self._bold)
            sheet.write_string(number, 1, fit(value))
        self._book.close()

    def abandon(self) -> None:
        """Let go of what it holds, finished or not."""
        for sheet in self._book.worksheets():
            if sheet.row_data_fh is not None:
                sheet.row_data_fh.close()

    def _format(self, cell: dt.date | dt.time) -> Format:
        return self._formats[type(cell)]


def _iso(cell: dt.date | dt.time) -> str:
    return cell.isoformat("seconds") if isinstance(cell, dt.time) else cell.isoformat()
