"""The audit: who may see it, what it shows, and how it is taken along."""

import csv
import io
import re
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client

from collector.audit import Action
from collector.models import AuditEntry, Grant, Place, Unit
from collector.web.audit import asking, words

NOON = datetime(2026, 3, 14, 5, tzinfo=UTC)


def write(place: Place | None = None, **facts: object) -> AuditEntry:
    return AuditEntry.objects.create(
        **{
            "at": NOON,
            "user": "binh",
            "action": "saw_visits",
            "place": place.pk if place else None,
            "place_name": place.name if place else "",
            **facts,
        }
    )


@pytest.fixture
def auditor(client_of) -> Client:
    """Of all places."""
    return client_of("auditor", everywhere=True)


def page(client: Client, **query: object) -> str:
    answer = client.get("/audit/", query)
    assert answer.status_code == 200
    return answer.content.decode()


def table(client: Client, **query: object) -> list[list[str]]:
    answer = client.get("/audit/table.csv", query)
    assert answer.status_code == 200
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text)))


def test_an_entry_is_told_in_plain_words(auditor, offices):
    write(offices.place, count=31, address="192.0.2.7", detail={"date": "2026-03-14"})

    html = page(auditor)

    for text in (
        "binh",
        "Xem lượt ra vào trong ngày",
        "UBND phường Chiềng An",
        "31",
        "192.0.2.7",
        "12:00:00",
    ):
        assert text in html


def test_what_was_done_is_told_in_words_and_days_as_people_write_them(auditor, offices):
    write(offices.place, action="place_changed", detail={"fields": ["keep_days", "notice"]})
    write(offices.place, detail={"date": "2026-03-14", "filters": ["door"]})
    write(action="administered", detail={"what": "role given", "role": "clerk"})

    html = page(auditor)

    for text in ("số ngày lưu tên, thông báo", "Ngày: 14/03/2026", "giao vai trò", "Vai trò: Cán bộ"):
        assert text in html


def test_every_action_has_words():
    assert set(words.ACTIONS) == set(Action)


@pytest.mark.parametrize("role", ["manager", "clerk", "province", "technician", None])
def test_only_auditors_see_it(client_of, role):
    client = client_of(role)

    assert [client.get(address).status_code for address in ("/audit/", "/audit/table.csv")] == [403, 403]


@pytest.mark.parametrize(
    ("scope", "seen"),
    [
        ("place", {"here"}),
        ("commune", {"here"}),
        ("province", {"here", "there"}),
        ("everywhere", {"here", "there", "nowhere"}),
    ],
)
def test_each_auditor_sees_what_happened_at_their_places(client_of, offices, scope, seen):
    write(offices.place, user="here")
    write(offices.elsewhere, user="there")
    write(user="nowhere")
    client = client_of(
        "auditor",
        unit=getattr(offices, scope, None) if scope in {"commune", "province"} else None,
        everywhere=scope == "everywhere",
    )

    html, rows = page(client), table(client)

    assert {name for name in ("here", "there", "nowhere") if f"<bdi>{name}</bdi>" in html} == seen
    assert {row[1] for row in rows[1:]} & {"here", "there", "nowhere"} == seen


@pytest.fixture
def unit_auditor(database) -> User:
    """Of a commune with a place and a clerk; on SQLite and on PostgreSQL."""
    commune = Unit.objects.create(name="Chiềng An")
    Place.objects.create(name="UBND phường Chiềng An", unit=commune)
    Place.objects.create(name="UBND phường Tô Hiệu")
    made = {name: User.objects.create_user(name) for name in ("auditor", "clerk", "other", "all")}
    for name, role, scope in (
        ("auditor", "auditor", {"unit": commune}),
        ("clerk", "clerk", {"place": Place.objects.get(unit=commune)}),
        ("other", "clerk", {"place": Place.objects.get(unit=None)}),
        ("all", "manager", {}),
    ):
        Grant.objects.create(user=made[name], role=role, **scope)
    return made["auditor"]


def test_an_auditor_of_a_unit_sees_logins_and_administration_of_its_accounts_and_places(unit_auditor):
    clerk, other = (User.objects.get(username=name).pk for name in ("clerk", "other"))
    here, there = (place.pk for place in Place.objects.order_by("pk"))
    for subject, account, facts in (
        ("seen", clerk, {"action": "logged_in"}),
        ("seen", clerk, {"action": "login_failed"}),
        (clerk, None, {"action": "administered", "detail": {"what": "role given", "role": "clerk"}}),
        (clerk, other, {"action": "administered", "detail": {"what": "changed", "of": "user"}}),
        (here, other, {"action": "administered", "detail": {"what": "changed", "of": "place"}}),
        ("", None, {"action": "administered", "detail": {"what": "role taken", "account": "clerk"}}),
        ("not", other, {"action": "logged_in"}),
        ("not", None, {"action": "administered", "detail": {"what": "role taken", "account": "other"}}),
        ("not", None, {"action": "login_failed"}),
        (other, None, {"action": "administered", "detail": {"what": "role given"}}),
        (there, None, {"action": "administered", "detail": {"what": "changed", "of": "place"}}),
        (clerk, None, {"action": "administered", "detail": {"what": "changed", "of": "unit"}}),
    ):
        write(subject=str(subject), account=account, **facts)

    found = asking.entries(unit_auditor).order_by("pk")

    assert list(found) == list(AuditEntry.objects.order_by("pk"))[:6]


def test_a_password_that_was_wrong_is_told_with_the_accounts_number_and_no_name_is(client, db):
    user = User.objects.create_user("an", password="mot mat khau dai")
    for name in ("an", "khong-ai"):
        client.logout()
        client.post("/login", {"username": name, "password": "x"})

    found = AuditEntry.objects.filter(action="login_failed").order_by("pk")
    assert list(found.values_list("account", "user")) == [(user.pk, ""), (None, "")]


def test_who_does_not_see_all_is_told_what_is_not_shown(client_of, offices, auditor):
    assert "Không hiện:" in page(client_of("auditor", unit=offices.commune))
    assert "Không hiện:" not in page(auditor)


@pytest.mark.parametrize(
    ("query", "seen"),
    [
        ({"user": "an"}, 1),
        ({"action": "searched"}, 1),
        ({"first": "2026-03-15"}, 1),
        ({"last": "2026-03-14"}, 2),
        ({"first": "2026-03-14", "last": "2026-03-14", "user": "binh"}, 1),
        ({"first": "2999-12-31"}, 0),
        ({"last": "9999-12-31"}, 3),
        ({"first": "0001-01-01"}, 3),
        ({"first": "x"}, 3),
        ({"user": "\0"}, 3),
        ({"action": "<script>"}, 3),
    ],
)
def test_entries_are_chosen_by_day_account_and_action(auditor, query, seen):
    write(user="an")
    write(action="searched")
    write(at=NOON + timedelta(hours=12, minutes=30))

    html = page(auditor, **query)

    assert html.count('datetime="2026-03-1') == seen
    assert "<script>alert" not in html


def test_entries_are_chosen_by_place(auditor, offices):
    write(offices.place)
    write(offices.elsewhere)

    assert page(auditor, place=offices.place.pk).count('datetime="2026-03-14') == 1


def test_another_places_entries_cannot_be_asked_for(client_of, offices):
    write(offices.elsewhere, user="there")

    assert "<bdi>there</bdi>" not in page(client_of("auditor"), place=offices.elsewhere.pk)


def test_older_entries_follow_a_hundred_at_a_time_though_all_are_of_one_instant(auditor):
    for number in range(250):
        write(user=f"u{number:03}")

    seen, before = [], {}
    for _ in range(3):
        html = page(auditor, **before)
        seen += re.findall(r"<bdi>(u[0-9]{3})</bdi>", html)
        before = dict(re.findall(r'href="\?(before)=([0-9]+)"', html))

    assert not before
    assert seen == [f"u{number:03}" for number in reversed(range(250))]


def test_all_entries_are_read_bit_by_bit_each_once(database, monkeypatch):
    """On SQLite and on PostgreSQL, though many are of one instant."""
    monkeypatch.setattr(asking, "CHUNK", 3)
    made = [write(at=NOON + timedelta(seconds=number // 4)) for number in range(10)]

    found = [entry for chunk in asking.chunks(AuditEntry.objects.order_by("-at", "-pk")) for entry in chunk]

    assert found == made[::-1]


@pytest.mark.parametrize("before", ["0", "-1", "x", "9" * 30, "٣"])
def test_a_page_that_is_none_begins_with_the_newest(auditor, before):
    write()

    assert "<bdi>binh</bdi>" in page(auditor, before=before)


def test_the_table_holds_all_of_them_and_no_formula(auditor):
    for number in range(1100):
        write(user=f"u{number}")
    write(user='=HYPERLINK("http://bad.example")', detail={"what": "<script>"})

    rows = table(auditor)

    mine = [row for row in rows[1:] if row[2] != "Lập danh sách"]
    assert len(mine) == 1101
    assert mine[0][1].startswith("'=")
    assert mine[1][0] == "2026-03-14 12:00:00"


def test_that_it_was_taken_along_stands_in_the_audit(auditor):
    table(auditor, user="binh")

    entry = AuditEntry.objects.get(action="exported")
    assert (entry.user, entry.detail) == (auditor.user.username, {"kind": "audit", "user": "binh"})


def test_looking_at_the_audit_is_not_written_into_it(auditor):
    page(auditor)

    assert not AuditEntry.objects.exists()


def test_nothing_found_is_said_kindly(auditor):
    assert "Không có việc nào" in page(auditor, user="khong-ai")
