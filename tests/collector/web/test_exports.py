"""Asking for a list of visits, and fetching it."""

import csv
import io
from datetime import UTC, datetime, timedelta
from urllib.parse import unquote

import pytest
from django.test import Client

from collector.exporting.worker import Exporter
from collector.models import AuditEntry, Export, Grant, Guard

DAY = "2026-03-14"
ASKED = {"first": DAY, "last": DAY, "kind": "csv"}


@pytest.fixture
def exporter(offices, tmp_path) -> Exporter:
    return Exporter(tmp_path)


@pytest.fixture
def address(offices) -> str:
    return f"/places/{offices.place.pk}/exports/"


def ask(client: Client, address: str, **change: str) -> str:
    """Ask for a list; the address of its page."""
    answer = client.post(address, {**ASKED, **change})
    assert answer.status_code == 302, answer.content.decode()
    return answer["Location"]


def fetched(client: Client, page: str) -> bytes:
    answer = client.get(f"{page}file")
    assert answer.status_code == 200
    return b"".join(answer.streaming_content)


def test_a_list_is_asked_for_written_and_fetched(client, store, address, exporter):
    store({}, {"at": datetime(2026, 3, 15, 1, tzinfo=UTC)})

    page = ask(client, address)
    assert "<progress" in client.get(page).content.decode()
    exporter.turn()
    assert "Tải danh sách về" in client.get(page).content.decode()

    rows = list(csv.reader(io.StringIO(fetched(client, page).decode("utf-8-sig"))))
    assert len(rows) == 2
    assert "Nguyễn Văn Thử" in rows[1]


def test_all_of_today_for_excel_is_asked_for_at_first(client, address):
    html = client.get(address).content.decode()

    assert '<option value="xlsx" selected>' in html


def test_the_part_that_moves_ends_moving_when_the_list_is_ready(client, address, exporter):
    page = ask(client, address)
    assert "hx-trigger" in client.get(f"{page}progress").content.decode()

    exporter.turn()

    done = client.get(f"{page}progress").content.decode()
    assert "hx-trigger" not in done
    assert 'hx-swap-oob="innerHTML"' in done


def test_the_file_has_a_name_for_every_program_and_is_kept_by_none(client, address, exporter):
    page = ask(client, address, kind="xlsx")
    exporter.turn()

    answer = client.get(f"{page}file")

    plain, _, whole = answer["Content-Disposition"].partition("; filename*=UTF-8''")
    assert plain == f'attachment; filename="visits-{DAY}.xlsx"'
    assert unquote(whole) == f"Lượt ra vào UBND phường Chiềng An {DAY}.xlsx"
    assert answer["Cache-Control"] == "no-store"
    assert answer["X-Content-Type-Options"] == "nosniff"
    answer.close()


def test_who_took_what_along_stands_in_the_audit(client, offices, store, address, exporter):
    store({})
    Guard.objects.create(place=offices.place, name="Lường Văn Gác")
    page = ask(client, address, direction="in", guard="Lường Văn Gác")
    exporter.turn()
    client.get(f"{page}file").close()

    asked, ready, taken = AuditEntry.objects.order_by("pk")
    assert (asked.action, asked.detail["first"], asked.detail["direction"]) == ("exported", DAY, "in")
    assert (ready.action, ready.address) == ("exported", "")
    assert (taken.action, taken.address) == ("fetched_export", "127.0.0.1")
    assert len({entry.subject for entry in (asked, ready, taken)}) == 1
    assert "Gác" not in str(list(AuditEntry.objects.values()))


@pytest.mark.parametrize("role", ["clerk", "province", "auditor", "technician", None])
def test_others_take_nothing_along(client_of, address, role):
    assert client_of(role).post(address, ASKED).status_code == 403


def test_nobody_takes_along_what_another_asked_for(client, client_of, store, address, exporter):
    store({})
    page = ask(client, address)
    exporter.turn()
    other = client_of()

    assert {other.get(page + part).status_code for part in ("", "progress", "file")} == {403}


def test_another_places_manager_gets_nothing(client, client_of, offices, address, exporter):
    page = ask(client, address)
    exporter.turn()

    assert client_of(place=offices.elsewhere).get(f"{page}file").status_code == 403


def test_a_list_of_this_place_is_not_at_the_other(client_of, offices, address):
    both = client_of()
    Grant.objects.create(user=both.user, role="manager", place=offices.elsewhere)
    page = ask(both, address)

    assert both.get(page.replace(address, f"/places/{offices.elsewhere.pk}/exports/")).status_code == 404


def test_who_has_lost_the_right_cannot_fetch_any_more(client, address, exporter):
    page = ask(client, address)
    exporter.turn()
    Grant.objects.filter(user=client.user).update(role="clerk")

    assert client.get(f"{page}file").status_code == 403


def test_without_the_second_factor_nothing_is_fetched(client_of, address):
    answer = client_of(proven=False).post(address, ASKED)

    assert (answer.status_code, answer["Location"].split("?")[0]) == (302, "/account/second-factor")


def test_a_list_that_is_deleted_says_so(client, address, exporter):
    page = ask(client, address)
    exporter.turn()
    Exporter(exporter._drawer._folder.parent).turn()

    answer = client.get(f"{page}file", follow=True)

    assert "đã bị xoá" in answer.content.decode()


def test_a_list_that_failed_offers_another(client, address):
    page = ask(client, address)
    Export.objects.update(status="failed")

    html = client.get(page).content.decode()

    assert "Không lập được danh sách" in html
    assert f'href="{address}"' in html


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"first": "2026-03-15"}, "Ngày cuối trước ngày đầu"),
        ({"first": "2025-03-13"}, "tối đa 366 ngày"),
        ({"first": "1999-12-31", "last": "2000-01-01"}, "năm 2000"),
        ({"last": "x"}, "không phải là ngày"),
        ({"last": ""}, "Xin chọn ngày"),
        ({"first": "<script>"}, "không phải là ngày"),
        ({"kind": "pdf"}, 'role="alert"'),
        ({"direction": "up"}, 'role="alert"'),
        ({"door": "cong-to-hieu"}, 'role="alert"'),
        ({"guard": "x" * 10_000}, 'role="alert"'),
        ({"guard": "\0"}, 'role="alert"'),
    ],
)
def test_what_cannot_be_asked_for_is_said_and_nothing_is_made(client, address, change, word):
    answer = client.post(address, {**ASKED, **change})

    html = answer.content.decode()
    assert answer.status_code == 400
    assert word in html
    assert "<script>" not in html
    assert not Export.objects.exists()


def test_nobody_fills_the_disk_by_asking_again_and_again(client, offices, address, exporter):
    Grant.objects.create(user=client.user, role="manager", place=offices.elsewhere)
    elsewhere = f"/places/{offices.elsewhere.pk}/exports/"
    for place in (address, elsewhere, address, elsewhere, address):
        ask(client, place)
    for _ in range(3):
        exporter.turn()

    answers = [client.post(place, ASKED) for place in (address, elsewhere)]

    assert [answer.status_code for answer in answers] == [400, 400]
    assert "Quý vị đang có 5 danh sách" in answers[0].content.decode()


def test_what_is_deleted_makes_room_for_another(client, address):
    for _ in range(5):
        ask(client, address)
    Export.objects.filter(pk=Export.objects.values("pk")[:1]).update(status="gone")

    ask(client, address)


def test_lists_of_the_last_day_are_found_again(client, address):
    old = ask(client, address)
    Export.objects.update(made_at=datetime.now(UTC) - timedelta(days=2))
    new = ask(client, address)

    html = client.get(address).content.decode()

    assert new in html
    assert old not in html
