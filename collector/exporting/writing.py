"""A list of visits, from the database into its file, row by row."""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from pathlib import Path

from django.utils import formats, timezone, translation
from django.utils.translation import gettext as _

from collector import zones
from collector.exporting.columns import Columns
from collector.exporting.selection import Selection, chunks
from collector.exporting.sheets import CsvSheet, Sheet, XlsxSheet
from collector.exporting.words import VIAS, WAYS
from collector.keyring import Keyring
from collector.models import Kiosk, Place

CSV, XLSX = "csv", "xlsx"
KINDS = (CSV, XLSX)


def write(
    path: Path,
    kind: str,
    *,
    place: Place,
    selection: Selection,
    language: str,
    user: str,
    keyring: Keyring,
    tell: Callable[[int], None],
) -> int:
    """
    Write a list; how many visits are in it.

    Args:
        path: Into which file. What a kind needs beside it while it is written lies in the same folder.
        kind: `csv` or `xlsx`.
        place: Of which place.
        selection: Which visits.
        language: Of heads and words.
        user: For whom, as the list says itself.
        keyring: Opens the persons.
        tell: Given how many are written so far, now and then; what it raises ends the work.

    Raises:
        OSError, xlsxwriter.exceptions.XlsxWriterException: If the file cannot be written.
        django.db.DatabaseError: If the visits cannot be read.
        KeyUnusable: If the keys cannot be.
    """
    zone = zones.named(place.zone)
    done = 0
    with ExitStack() as ending, translation.override(language), timezone.override(zone):
        columns = Columns(place, keyring, zone, language)
        sheet = _sheet(kind, path, ending)
        sheet.begin(columns.heads)
        for chunk in chunks(selection.visits(place)):
            for row in columns.rows(chunk):
                sheet.add(row)
            done += len(chunk)
            tell(done)
        sheet.close(list(_about(place, selection, done, user)))
    return done


def _sheet(kind: str, path: Path, ending: ExitStack) -> Sheet:
    if kind == XLSX:
        sheet = XlsxSheet(path, name=_("Visits"), about=_("About this list"))
        ending.callback(sheet.abandon)
        return sheet
    return CsvSheet(ending.enter_context(path.open("w", encoding="utf-8", newline="")))


def _about(place: Place, selection: Selection, count: int, user: str) -> Iterable[tuple[str, str]]:
    yield _("Place"), place.name
    yield _("From day"), _day(selection.first)
    yield _("To day"), _day(selection.last)
    yield from filters(selection)
    yield _("Visits"), str(count)
    yield _("Made"), formats.date_format(timezone.localtime(), "H:i d/m/Y")
    yield _("By account"), user


def filters(selection: Selection) -> Sequence[tuple[str, str]]:
    """What else was chosen by than by days: heads and values, in the language that is set."""
    chosen = (
        (_("Way"), str(WAYS.get(selection.direction, ""))),
        (_("Recorded by"), str(VIAS.get(selection.via, ""))),
        (_("Door"), _door(selection.door)),
        (_("Guard"), selection.guard),
    )
    return [(head, value) for head, value in chosen if value]


def _door(box: str) -> str:
    found = Kiosk.objects.filter(name=box).first()
    return found.door or box if found else box


def _day(date: dt.date) -> str:
    return formats.date_format(date, "d/m/Y")
