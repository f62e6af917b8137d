"""Lists of visits as files: what is in them, and what hostile names cannot do there."""

import csv
import stat
import uuid
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import openpyxl
import pytest
from django.contrib.auth.models import User
from django.db import OperationalError
from django.utils import timezone

from collector import people, persons
from collector.enrolment import enrol
from collector.exporting import selection, worker
from collector.exporting.cells import MAX_LETTERS, fit, guarded
from collector.exporting.drawer import Drawer
from collector.exporting.selection import Selection
from collector.exporting.worker import KEPT, Exporter
from collector.exporting.writing import write
from collector.ingest.receiving import Received
from collector.ingest.storing import Store
from collector.models import AuditEntry, CheckOut, Export, Grant, Visit
from collector.people import Shown
from collector.persons import Asked
from kiosk.entries import Pseudonyms
from kiosk.model import Answer, Direction, Source
from mqtt_bridge.wire.persons import Person
from tests.collector.conftest import visit
from tests.collector.web.conftest import KNOWN

DAY = date(2026, 3, 14)
HOSTILE = {
    "formula": '=HYPERLINK("http://bad.example","x")',
    "plus": "+84912345678",
    "wide": "＝1+1",
    "spaced": "  @SUM(1)",
    "script": "<script>alert(1)</script>",
    "turned": "\u202egnp.exe",
    "nul": "Nguyễn\0Văn\x1bThử",
    "marks": "e" + "\u0301" * 500,
    "long": "ẩ" * 10_000,
    "quote": 'a","b\r\nc',
}


@pytest.fixture
def written(offices, keyring, tmp_path):
    """Write a list of a day at the place; its rows, read back with other people's programs."""

    def written(kind: str, *, language: str = "vi", **chosen: str) -> list[list[object]]:
        path = tmp_path / f"list.{kind}"
        write(
            path,
            kind,
            place=offices.place,
            selection=Selection(DAY, DAY, **chosen),
            language=language,
            user="an",
            keyring=keyring,
            tell=lambda _done: None,
        )
        if kind == "csv":
            with path.open(encoding="utf-8-sig", newline="") as file:
                return list(csv.reader(file))
        sheet = openpyxl.load_workbook(path).worksheets[0]
        return [list(row) for row in sheet.iter_rows(values_only=True)]

    return written


def column(rows: list[list[object]], head: str) -> list[object]:
    return [row[rows[0].index(head)] for row in rows[1:]]


def test_a_list_tells_of_each_visit_from_the_oldest_on(store, written):
    store({"at": datetime(2026, 3, 14, 9, tzinfo=UTC), "direction": Direction.OUT}, {})

    rows = written("csv")

    assert column(rows, "Ngày") == ["2026-03-14"] * 2
    assert column(rows, "Giờ") == ["08:05:09", "16:00:00"]
    assert column(rows, "Chiều") == ["Vào", "Ra"]
    assert column(rows, "Người ra vào") == ["Nguyễn Văn Thử"] * 2
    assert column(rows, "Giấy tờ") == ["014099000001"] * 2


def test_a_door_is_called_in_a_list_as_on_the_page(store, written, client, offices):
    store({}, {}, {})
    Visit.objects.update(door="")
    Visit.objects.filter(sequence=1).update(door="Cổng sau")
    Visit.objects.filter(sequence=3).update(kiosk=f"@{offices.place.pk}", via="web")
    html = client.get(f"/places/{offices.place.pk}/?date={DAY}").content.decode()

    assert sorted(column(written("csv"), "Cửa")) == ["", "Cổng sau", "Cửa chính"]
    assert ("Cổng sau" in html, "Cửa chính" in html) == (True, True)


def test_whom_a_door_saw_leave_left_then(store, written):
    store({}, {"at": datetime(2026, 3, 14, 9, tzinfo=UTC), "direction": Direction.OUT})

    rows = written("csv")

    assert (column(rows, "Ra lúc"), column(rows, "Ra theo")) == (["16:00:00", ""], ["Cửa", ""])


def test_excel_gets_days_times_and_numbers_as_such(store, written):
    store({"known": {**KNOWN, "phone": "+84912345678"}})

    rows = written("xlsx")

    assert column(rows, "Ngày") == [datetime(2026, 3, 14)]  # noqa: DTZ001 - as Excel has it
    assert column(rows, "Giờ") == [time(8, 5, 9)]
    assert column(rows, "Giấy tờ") == ["014099000001"]
    assert column(rows, "Điện thoại") == ["0912 345 678"]


def test_the_last_sheet_says_what_the_list_is(store, written, tmp_path):
    store({}, {})
    written("xlsx", direction="in")

    *_, about = openpyxl.load_workbook(tmp_path / "list.xlsx").worksheets

    told = dict(about.iter_rows(values_only=True))
    assert told["Địa điểm"] == "UBND phường Chiềng An"
    assert (told["Từ ngày"], told["Chiều"], told["Lượt ra vào"]) == ("14/03/2026", "Vào", "2")
    assert told["Tài khoản"] == "an"


@pytest.mark.parametrize("name", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_name_is_no_formula_in_a_plain_table(store, written, name):
    store({"known": {**KNOWN, "name": name}})

    (cell,) = column(written("csv"), "Người ra vào")

    assert cell.lstrip()[:1] not in set("=+-@\t\r＝")
    assert "\0" not in cell
    assert "\u202e" not in cell


@pytest.mark.parametrize("name", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_name_is_a_text_in_excel(store, written, tmp_path, name):
    store({"known": {**KNOWN, "name": name}})
    written("xlsx")

    sheet = openpyxl.load_workbook(tmp_path / "list.xlsx").worksheets[0]

    assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "d", "n"}
    assert all(cell.value is None for row in sheet.iter_rows() for cell in row if cell.data_type == "n")
    assert not any(cell.hyperlink for row in sheet.iter_rows() for cell in row)


@pytest.mark.parametrize(
    "text", ["=1", "+1", "-1", "@a", "\t=1", " =1", "＝1", "＋1", "－1", "＠a", "\u3000=1"]
)
def test_what_begins_like_a_formula_gets_an_apostrophe(text):
    assert guarded(text).startswith("'")


@pytest.mark.parametrize("text", ["", "Lò Văn Thử", "014099000001", "0912 345 678", "a=b", "'=1"])
def test_what_is_none_stays_as_it_is(text):
    assert guarded(text) == text


def test_a_name_is_told_as_long_as_doors_keep_it(store, written):
    name = "Hoàng " * 16 + "Thử"
    store({"known": {**KNOWN, "name": name}})

    assert column(written("csv"), "Người ra vào") == [name]


def test_a_cell_is_never_longer_than_excel_takes():
    assert len(fit("😀" * 20_000).encode("utf-16-le")) // 2 <= MAX_LETTERS
    assert len(guarded("=" * 40_000)) <= MAX_LETTERS


def test_letters_that_are_none_are_left_out():
    assert fit("a\0b\ud800c\ufffe") == "abc"


def test_a_list_is_in_the_language_of_the_page_it_was_asked_on(store, written):
    store({})

    assert written("csv", language="en")[0][:3] == ["Date", "Time", "Way"]


@pytest.mark.parametrize(
    ("chosen", "count"),
    [
        ({"direction": "out"}, 1),
        ({"via": "keypad"}, 1),
        ({"guard": "Lường Văn Gác"}, 1),
        ({"door": "cong-chinh"}, 3),
        ({"door": "cong-sau"}, 0),
    ],
)
def test_a_list_can_be_of_some_visits_only(store, written, chosen, count):
    store(
        {},
        {"direction": Direction.OUT},
        {"source": Source.KEYPAD, "operator": "Lường Văn Gác"},
    )

    assert len(written("csv", **chosen)) == 1 + count


def test_a_list_begins_and_ends_at_midnight_of_the_place(store, written):
    store(*({"at": datetime(2026, 3, day, 17, tzinfo=UTC)} for day in (13, 14)))

    assert column(written("csv"), "Giờ") == ["00:00:00"]


def test_another_places_visits_are_in_no_list(store, offices, written):
    store({}, box=offices.other_box)

    assert len(written("csv")) == 1


def test_a_visit_taken_back_says_so_and_its_correction_is_no_row(store, written):
    id_ = str(uuid.uuid4())
    store({"id": id_}, {"corrects": id_, "direction": Direction.OUT})

    assert column(written("csv"), "Đã huỷ") == ["Có"]


def test_who_was_checked_out_at_closing_time_left_then(store, offices, written):
    (came,) = store({})
    closed = datetime(2026, 3, 14, 10, tzinfo=UTC)
    CheckOut.objects.create(
        visit=came.id, place=offices.place, at=closed, automatic=True, made_at=timezone.now()
    )

    rows = written("csv")

    assert (column(rows, "Ra lúc"), column(rows, "Ra theo")) == (["17:00:00"], ["Giờ đóng cửa"])


def test_answers_stand_in_words(store, offices, written):
    offices.place.questions = [
        {"id": "fever", "text": {"vi": "=Có sốt không?"}, "kind": "yes_no", "personal": False}
    ]
    store({"answered": [Answer("fever", "yes")]})

    assert column(written("csv"), "Trả lời") == ["'=Có sốt không?: Có"]


def test_a_person_whose_key_is_destroyed_is_a_row_without_a_name(store, offices, keyring, written):
    store({})
    keyring.destroy_sealing([Visit.objects.get().sealing_key])

    assert column(written("csv"), "Người ra vào") == ["không đọc được"]


def test_chunks_hold_each_visit_once_though_many_came_at_the_same_instant(database, monkeypatch):
    """The first visits of a journal may all have one time; on SQLite and on PostgreSQL."""
    monkeypatch.setattr(selection, "CHUNK", 3)
    place = enrol("cong-chinh", "UBND phường Chiềng An").place
    at = datetime(2026, 3, 14, 1, tzinfo=UTC)
    events = [
        visit(number, at=at + timedelta(seconds=number // 7), pseudonyms=Pseudonyms(), person=None)
        for number in range(1, 21)
    ]
    Store().commit([Received("cong-chinh", events)], timezone.now())

    found = [one for chunk in selection.chunks(Selection(DAY, DAY).visits(place)) for one in chunk]

    assert sorted(one.sequence for one in found) == list(range(1, 21))
    assert [one.at for one in found] == sorted(one.at for one in found)


@pytest.fixture
def manager(offices) -> User:
    user = User.objects.create_user("an")
    Grant.objects.create(user=user, role="manager", place=offices.place)
    return user


@pytest.fixture
def ask(offices, manager):
    """Ask for a list of the day."""

    def ask(kind: str = "csv", **change: object) -> Export:
        facts = {
            "user": manager,
            "place": offices.place,
            "kind": kind,
            "query": {"first": str(DAY), "last": str(DAY), "language": "vi"},
            "made_at": timezone.now(),
        }
        return Export.objects.create(**{**facts, **change})

    return ask


@pytest.fixture
def exporter(offices, tmp_path) -> Exporter:
    return Exporter(tmp_path)


def files(folder: Path) -> list[Path]:
    return [path for path in (folder / "exports").rglob("*") if path.is_file()]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_list_that_waits_is_written_for_our_eyes_only(store, ask, exporter, tmp_path, kind):
    store({}, {})
    asked = ask(kind)

    exporter.turn()

    asked.refresh_from_db()
    assert (asked.status, asked.done, asked.total) == ("ready", 2, 2)
    (path,) = files(tmp_path)
    assert path == Drawer(tmp_path).path(asked.pk)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.parent.stat().st_mode) == 0o700


def test_how_many_names_are_ready_stands_in_the_audit(store, ask, exporter, offices):
    store({}, {})
    ask()

    exporter.turn()

    entry = AuditEntry.objects.get(action="exported")
    assert (entry.user, entry.count, entry.place) == ("an", 2, offices.place.pk)


def test_lists_are_written_in_the_order_they_were_asked_for(store, ask, exporter):
    second = ask()
    first = ask(made_at=timezone.now() - timedelta(minutes=1))

    exporter.turn()

    assert [Export.objects.get(pk=one.pk).status for one in (first, second)] == ["ready", "waiting"]


def test_a_list_is_deleted_after_a_quarter_of_an_hour(ask, tmp_path, offices):
    now = [timezone.now()]
    exporter = Exporter(tmp_path, lambda: now[0])
    asked = ask()
    exporter.turn()
    now[0] += KEPT + timedelta(seconds=1)

    exporter.turn()

    assert Export.objects.get(pk=asked.pk).status == "gone"
    assert not files(tmp_path)


def test_nothing_outlives_the_next_start(ask, exporter, tmp_path):
    ready, running = ask(), ask(status="running")
    exporter.turn()

    Exporter(tmp_path).turn()

    assert Export.objects.get(pk=running.pk).status == "failed"
    assert Export.objects.get(pk=ready.pk).status == "gone"
    assert not files(tmp_path)


def test_a_list_goes_with_its_account(ask, exporter, manager, tmp_path):
    ask()
    exporter.turn()
    manager.delete()

    exporter.turn()

    assert not files(tmp_path)


@pytest.fixture(params=["erased", "corrected"])
def changed(request, offices, keyring, django_capture_on_commit_callbacks):
    """Erase what is held in a visit, or have it corrected; `meanwhile` is called before others can see it."""

    def changed(visit: uuid.UUID, meanwhile: Callable[[], object] = int) -> None:
        asked = Asked(offices.place, "an", "Người dân yêu cầu")
        with django_capture_on_commit_callbacks(execute=True):
            if request.param == "erased":
                persons.erase(asked, [visit])
            else:
                persons.correct(asked, [visit], {"name": "Nguyễn Văn Đúng"}, keyring)
            meanwhile()

    return changed


def test_no_ready_list_outlives_what_is_changed_in_it(store, ask, exporter, changed, tmp_path):
    (visit,) = store({})
    asked = ask()
    exporter.turn()

    changed(visit.id)

    assert Export.objects.get(pk=asked.pk).status == "gone"
    assert not files(tmp_path)


def test_a_list_that_was_begun_before_a_change_was_seen_goes_too(store, ask, exporter, changed, tmp_path):
    (visit,) = store({})
    asked = ask()

    changed(visit.id, meanwhile=exporter.turn)

    assert Export.objects.get(pk=asked.pk).status == "gone"
    assert not files(tmp_path)


def test_no_list_is_written_to_its_end_when_a_person_is_erased(store, ask, exporter, offices, monkeypatch):
    (visit,) = store({})
    asked = ask()
    show = people.show

    def erase(person: Person) -> Shown:
        persons.erase(Asked(offices.place, "an"), [visit.id])
        return show(person)

    monkeypatch.setattr("collector.exporting.columns.people.show", erase)

    exporter.turn()

    assert Export.objects.get(pk=asked.pk).status == "gone"
    assert not exporter._drawer.path(asked.pk).parent.exists()


def test_who_has_lost_the_right_meanwhile_gets_no_list(ask, exporter, tmp_path):
    asked = ask()
    Grant.objects.all().delete()

    exporter.turn()

    assert Export.objects.get(pk=asked.pk).status == "failed"
    assert not files(tmp_path)


@pytest.fixture(
    params=[OSError(28, "No space left on device"), OperationalError("secret"), ValueError("secret")]
)
def trouble(request, monkeypatch) -> None:
    """Something fails as soon as a person is written."""

    def fail(*_: object) -> None:
        raise request.param

    monkeypatch.setattr("collector.exporting.columns.people.show", fail)
    monkeypatch.setattr(worker.connections, "close_all", lambda: None)


@pytest.mark.usefixtures("trouble")
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_trouble_ends_a_list_as_failed_and_leaves_nothing(store, ask, exporter, caplog, kind):
    store({})
    asked = ask(kind)

    exporter.turn()

    assert Export.objects.get(pk=asked.pk).status == "failed"
    assert not exporter._drawer.path(asked.pk).parent.exists()
    assert "not written" in caplog.text
    assert "secret" not in caplog.text


def test_a_disk_that_fills_up_ends_a_list_as_failed(store, ask, exporter, caplog, monkeypatch):
    store({})
    asked = ask()
    monkeypatch.setattr(Drawer, "make", lambda *_: Path("/dev/full"))

    exporter.turn()

    assert Export.objects.get(pk=asked.pk).status == "failed"
    assert "No space left on device" in caplog.text


def test_a_folder_that_cannot_be_made_ends_a_list_as_failed(ask, exporter, tmp_path):
    (tmp_path / "exports").write_text("")
    asked = ask()
    exporter.turn()

    assert Export.objects.get(pk=asked.pk).status == "failed"


def test_a_list_that_ended_while_the_database_was_away_has_failed(ask, exporter):
    exporter.turn()
    lost = ask(status="running")

    exporter.turn()

    assert Export.objects.get(pk=lost.pk).status == "failed"


def test_a_list_ends_soon_when_the_centre_does(store, ask, exporter):
    store({})
    asked = ask()
    exporter.stop()

    exporter.turn()

    assert Export.objects.get(pk=asked.pk).status == "failed"
