"""A place's settings and questions on the page: what will not do is told at its field, and the doors follow."""

import datetime as dt
import re
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from collector.models import AuditEntry, Place
from collector.questions import faults
from collector.web.place import question_rows
from collector.web.place.question_rows import Row

PLAIN = {
    "kind": "checkpoint",
    "zone": "Asia/Ho_Chi_Minh",
    "keep_days": "30",
    "hours": "",
    "closes": "",
    "notice": "",
    "help_desk": "",
    "languages": "vi",
    "code": "",
    "duty_minutes": "30",
    "self_service": "1",
}
QUESTIONS = [
    {"id": "fever", "text": {"vi": "Có sốt không?", "en": "Any fever?"}, "personal": True},
    {
        "id": "errand",
        "text": {"vi": "Đến làm gì?"},
        "answers": [
            {"id": "work", "text": {"vi": "Làm việc", "en": "Work"}},
            {"id": "other", "text": {"vi": "Khác"}},
        ],
    },
]


@pytest.fixture
def page(offices):
    return f"/places/{offices.place.pk}/settings/"


def place(offices):
    return Place.objects.get(pk=offices.place.pk)


def audited():
    return list(AuditEntry.objects.values_list("action", "detail"))


def test_what_is_saved_is_what_the_page_then_shows(client, offices, page):
    change = {
        "hours": "07:30–17:00",
        "closes": "17:00",
        "notice": "Nghỉ trưa 11:30",
        "help_desk": "0212 385 1234",
        "languages": "vi en",
        "duty_minutes": "45",
        "asks_phone": "1",
    }

    html = client.post(page, {**PLAIN, **change}, follow=True).content.decode()

    now = place(offices)
    assert (now.closes, now.languages, now.duty_minutes, now.asks_phone) == (dt.time(17), "vi en", 45, True)
    for told in ("07:30–17:00", "Nghỉ trưa 11:30", "0212 385 1234", 'value="17:00"', "Đã lưu"):
        assert told in html


def test_the_audit_has_the_names_of_the_fields_and_nothing_else(client, page):
    client.post(page, {**PLAIN, "notice": "Nghỉ trưa", "hours": "Sáng"})

    assert audited() == [("place_changed", {"fields": ["hours", "notice"]})]


def test_nothing_changed_is_nothing_audited(client, page):
    client.post(page, PLAIN)

    assert audited() == []


@pytest.mark.parametrize("written", ["7:30", "07:30", "7h30"])
def test_a_time_may_be_written_as_people_do(client, offices, page, written):
    client.post(page, {**PLAIN, "closes": written})

    assert place(offices).closes == dt.time(7, 30)


def test_a_switch_that_is_not_ticked_is_off(client, offices, page):
    client.post(page, {name: value for name, value in PLAIN.items() if name != "self_service"})

    assert place(offices).self_service is False


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("kind", "palace"),
        ("zone", "Asia/Sơn_La"),
        ("zone", "../../etc/passwd"),
        ("keep_days", "0"),
        ("keep_days", "9" * 5000),
        ("hours", "x" * 81),
        ("closes", "25:00"),
        ("notice", "a\0b"),
        ("notice", "x" * 10_000),
        ("help_desk", "\u202e1"),
        ("languages", "vi xx"),
        ("code", "javascript:alert(1)"),
        ("duty_minutes", "1441"),
    ],
)
def test_what_will_not_do_is_told_at_its_field_and_nothing_is_saved(client, offices, page, field, value):
    answer = client.post(page, {**PLAIN, "hours": "Sáng", field: value})

    html = answer.content.decode()
    assert answer.status_code == 400
    assert html.count('class="message" role="alert"') == 2
    assert place(offices).hours == ""
    assert audited() == []


def test_what_was_typed_is_still_there_and_is_only_text(client, page):
    html = client.post(
        page, {**PLAIN, "notice": '"><script>alert(1)</script>', "keep_days": "0"}
    ).content.decode()

    assert "&lt;script&gt;alert(1)" in html
    assert "<script>alert" not in html


def test_fewer_days_are_asked_about_twice(client, offices, page):
    first = client.post(page, {**PLAIN, "keep_days": "7"})

    assert first.status_code == 400
    assert "không ai khôi phục được" in first.content.decode()
    assert place(offices).keep_days == 30

    client.post(page, {**PLAIN, "keep_days": "7", "confirm": "1"})

    assert place(offices).keep_days == 7


def test_of_fewer_days_it_is_told_until_when_older_backups_can_be_opened(client, page):
    html = client.post(page, {**PLAIN, "keep_days": "7"}).content.decode()

    today = timezone.now().astimezone(ZoneInfo("Asia/Ho_Chi_Minh")).date()
    assert f"còn mở được đến ngày {today + dt.timedelta(days=31):%d/%m/%Y}" in html


def test_of_more_days_it_is_told_that_earlier_names_go_as_they_would_have_gone(client, offices, page):
    html = client.post(page, {**PLAIN, "keep_days": "90"}, follow=True).content.decode()

    assert place(offices).keep_days == 90
    assert "vẫn chỉ đọc được trong 30 ngày" in html
    assert (
        "vẫn chỉ đọc được"
        not in client.post(page, {**PLAIN, "keep_days": "90"}, follow=True).content.decode()
    )


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({}, ("an toàn", "Chỉ cán bộ phụ trách", "sau 30 ngày", "bảo vệ tại cửa")),
        ({"keep_days": "7", "help_desk": "0212 385 1234"}, ("sau 7 ngày", "0212 385 1234")),
        ({"kind": "public"}, ("chỉ đếm lượt", "không lưu tên")),
        ({"languages": "en vi"}, ("Only those in charge", "after 30 days")),
        ({"languages": "vi", "help_desk": "x" * 80, "keep_days": "3650"}, ("x" * 80,)),
        ({"languages": "en", "help_desk": "x" * 80, "keep_days": "3650"}, ("x" * 80,)),
        ({"languages": "<b>", "kind": "", "keep_days": ""}, ("Liên hệ: bảo vệ",)),
    ],
)
def test_a_model_notice_is_filled_in_from_what_is_set_and_saved_only_when_it_is_sent(
    client, offices, page, change, words
):
    html = client.post(page, {**PLAIN, "hours": "Sáng", **change, "draft": "1"}).content.decode()

    notice = re.search(r'name="notice" value="([^"]*)"', html)[1]
    assert [word for word in words if word not in notice] == []
    assert len(notice) <= 200
    assert 'value="Sáng"' in html
    assert (place(offices).notice, place(offices).hours, audited()) == ("", "", [])


def test_a_model_notice_can_be_saved_as_it_is(client, offices, page):
    html = client.post(page, {**PLAIN, "draft": "1"}).content.decode()
    notice = re.search(r'name="notice" value="([^"]*)"', html)[1]

    client.post(page, {**PLAIN, "notice": notice})

    assert place(offices).notice == notice


def test_a_clerk_sets_nothing_and_a_manager_nothing_elsewhere(client_of, offices, page):
    assert client_of("clerk").get(page).status_code == 403
    assert client_of("manager", place=offices.elsewhere).post(page, PLAIN).status_code == 403


class TestQuestions:
    """Without a script: five rows, of which the empty ones ask nothing."""

    @pytest.fixture
    def page(self, page):
        return f"{page}questions/"

    def form(self, *rows):
        told = {}
        for number, row in enumerate(rows):
            told |= {f"{name}_{number}": value for name, value in row.items()}
        return told

    def test_a_question_is_written_down_as_doors_take_it(self, client, offices, page):
        client.post(
            page,
            self.form(
                {"vi": "Có sốt không?", "en": "Any fever?", "kind": "yes_no", "personal": "1"},
                {"vi": "Đến làm gì?", "kind": "choices", "choices": "Làm việc / Work\r\n\r\nKhác"},
            ),
        )

        asked = place(offices).questions
        assert list(faults(asked)) == []
        assert asked == [
            {"id": "co_sot_khong", "text": {"vi": "Có sốt không?", "en": "Any fever?"}, "personal": True},
            {
                "id": "den_lam_gi",
                "text": {"vi": "Đến làm gì?"},
                "answers": [
                    {"id": "lam_viec", "text": {"vi": "Làm việc", "en": "Work"}},
                    {"id": "khac", "text": {"vi": "Khác"}},
                ],
            },
        ]
        assert audited() == [("place_changed", {"fields": ["questions"]})]

    def test_what_is_sent_as_it_was_shown_changes_nothing(self, client, offices, page):
        Place.objects.update(questions=QUESTIONS)
        rows = question_rows.written(QUESTIONS)

        assert question_rows.read([row for row in rows if not row.is_empty], QUESTIONS) == QUESTIONS
        assert "Làm việc / Work" in client.get(page).content.decode()

    def test_a_question_and_an_answer_keep_their_ids_when_their_words_change(self):
        rows = [
            Row(id="errand", vi="Anh chị đến làm gì?", kind="choices", choices="Công tác\nKhác"),
            Row(id="fever", vi="Có sốt không?"),
        ]

        errand, fever = question_rows.read(rows, QUESTIONS)

        assert (errand["id"], fever["id"]) == ("errand", "fever")
        assert [choice["id"] for choice in errand["answers"]] == ["work", "other"]

    def test_an_answer_that_moves_keeps_its_id_and_a_new_one_gets_its_own(self):
        (errand,) = question_rows.read(
            [Row(id="errand", vi="?", kind="choices", choices="Khác\nHọp\nLàm việc / Work")], QUESTIONS
        )

        assert [choice["id"] for choice in errand["answers"]] == ["other", "hop", "work"]

    @pytest.mark.parametrize("ids", [("fever", "fever"), ("<script>", "../x"), ("", "")])
    def test_no_two_questions_have_one_id_whatever_is_sent(self, ids):
        told = question_rows.read([Row(id=id_, vi="Sốt?") for id_ in ids], QUESTIONS)

        assert list(faults(told)) == []

    def test_a_question_that_is_emptied_is_asked_no_more(self, client, offices, page):
        Place.objects.update(questions=QUESTIONS)

        client.post(page, self.form({"id": "fever", "vi": "", "en": ""}))

        assert place(offices).questions == []

    @pytest.mark.parametrize(
        "row",
        [
            {"vi": "x" * 121},
            {"vi": "a\u202eb"},
            {"vi": "Gì?", "kind": "choices", "choices": "Một"},
            {"vi": "Gì?", "kind": "choices", "choices": ""},
            {"vi": "Gì?", "kind": "choices", "choices": "\n".join("abcdefghij")},
            {"vi": "Gì?", "kind": "choices", "choices": f"{'x' * 41}\nb"},
        ],
    )
    def test_what_no_door_would_take_is_told_at_its_question(self, client, offices, page, row):
        answer = client.post(page, self.form({"vi": "Có sốt không?"}, row))

        assert answer.status_code == 400
        assert 'aria-invalid="true"' in answer.content.decode()
        assert place(offices).questions == []
