"""The page of a day: who came and who left, who may see it, and what hostile names cannot do to it."""

import re
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from collector.models import AuditEntry, CheckOut, SealingKey, Visit
from kiosk.entries import SealedPerson
from kiosk.model import Answer, Direction, Source
from tests.collector.web.conftest import KNOWN


def address(offices):
    return f"/places/{offices.place.pk}/"


def page(client, offices, **query):
    answer = client.get(address(offices), query)
    assert answer.status_code == 200
    return answer.content.decode()


def forget(keyring):
    """The day is over, and so is the time for which names are kept."""
    keyring.destroy_sealing(SealingKey.objects.values_list("id", flat=True))


def test_the_day_is_listed_newest_first(client, store, offices):
    store({}, {"direction": Direction.OUT, "at": datetime(2026, 3, 14, 9, tzinfo=UTC)})

    html = page(client, offices, date="2026-03-14")

    assert html.index("16:00:00") < html.index("08:05:09")
    for text in ("Nguyễn Văn Thử", "014099000001", "01/02/1999", "Cửa chính", "Camera", "Vào", "Ra"):
        assert text in html


def test_the_day_begins_at_midnight_of_the_place(client, store, offices):
    store({"at": datetime(2026, 3, 13, 17, tzinfo=UTC)}, {"at": datetime(2026, 3, 14, 17, tzinfo=UTC)})

    assert "00:00:00" in page(client, offices, date="2026-03-14")
    assert page(client, offices, date="2026-03-14").count("<time ") == 1


def test_the_totals_are_of_the_whole_day_though_the_page_shows_fifty(client, store, offices):
    store(*([{}] * 120))

    html = page(client, offices, date="2026-03-14", page="3")

    assert "<dd>120</dd>" in html
    assert html.count("<time ") == 20
    assert "Trang 3 trên 3" in html


@pytest.mark.parametrize("number", ["0", "-1", "99", "x", ""])
def test_a_page_that_is_none_shows_the_nearest(client, store, number, offices):
    store({})

    assert "Nguyễn Văn Thử" in page(client, offices, date="2026-03-14", page=number)


def test_today_is_shown_when_no_day_is_asked_for(client, store, offices):
    store({"at": timezone.now()}, {"at": timezone.now() - timedelta(days=2)})

    assert page(client, offices).count("<time ") == 1


@pytest.mark.parametrize(
    "text", ["2026-02-30", "yesterday", "0001-01-01", "9999-12-31", "2026-3-4", "<b>", "٢٠٢٦-٠١-٠١"]
)
def test_a_day_that_is_none_is_said_and_today_is_shown(client, text, offices):
    html = page(client, offices, date=text)

    assert "không phải là ngày" in html
    assert "<b>" not in html
    assert "Hôm nay" in html


@pytest.mark.parametrize("text", ["2000-01-01", "2999-12-31"])
def test_the_first_and_the_last_day_are_shown(client, text, offices):
    assert "Ngày này" in page(client, offices, date=text)


def test_a_day_without_visits_says_something_kind(client, offices):
    assert "Hôm nay chưa có ai ra vào" in page(client, offices)


def test_somebody_of_whom_only_a_phone_is_known(client, store, offices):
    store({"known": {"phone": "+84912345678"}, "source": Source.KEYPAD, "operator": "bao-ve-1"})

    html = page(client, offices, date="2026-03-14")

    assert "không ghi tên" in html
    assert "0912 345 678" in html
    assert "Bàn phím" in html
    assert "bao-ve-1" in html


@pytest.mark.parametrize(("source", "word"), [(Source.READER, "Đầu đọc mã"), (Source.CAMERA, "Camera")])
def test_how_the_door_read_a_code_is_told(client, store, source, word, offices):
    store({"source": source})

    html = page(client, offices, date="2026-03-14")

    assert word in html
    assert "hưa xác minh" not in html


def test_a_number_that_nobody_checked_is_marked_and_counted(client, store, offices):
    store({"source": Source.KEYPAD}, {"source": Source.KEYPAD, "operator": "Lường Văn Gác"})

    html = page(client, offices, date="2026-03-14")

    assert html.count("chưa xác minh") == 1
    assert 'Chưa xác minh: <span class="number">1</span>' in html


def test_a_visit_that_was_taken_back_is_struck_and_says_by_whom_and_when(client, store, offices):
    id_ = str(uuid.uuid4())
    undone = {"corrects": id_, "direction": Direction.OUT, "operator": "Lường Văn Gác"}
    store({"id": id_}, {**undone, "at": datetime(2026, 3, 14, 1, 7, tzinfo=UTC)}, {})

    html = page(client, offices, date="2026-03-14")

    assert html.count('<tr role="row" class="undone">') == 1
    assert re.search(r"Đã huỷ</span> <time [^>]*>08:07:00</time> · <bdi>Lường Văn Gác</bdi>", html)
    assert html.count('role="cell" class="time"') == 2
    assert "<dd>1</dd>" in html
    assert "<dd>0</dd>" in html
    assert 'Đã huỷ, không tính: <span class="number">1</span>' in html


def test_what_takes_back_a_visit_that_has_not_come_is_shown_and_not_counted(client, store, offices):
    store({"corrects": str(uuid.uuid4()), "direction": Direction.OUT, "operator": "Lường Văn Gác"})

    html = page(client, offices, date="2026-03-14")

    assert "huỷ một lượt chưa nhận được" in html
    assert html.count("<dd>0</dd>") == 2


def test_the_name_of_a_guard_is_only_text(client, store, offices):
    id_ = str(uuid.uuid4())
    store({"id": id_}, {"corrects": id_, "operator": "<b>Gác</b>"})

    html = page(client, offices, date="2026-03-14")

    assert "<b>" not in html
    assert "&lt;b&gt;Gác" in html


QUESTIONS = [
    {"id": "fever", "text": {"vi": "Có sốt không?", "en": "Do you have a fever?"}, "personal": True},
    {
        "id": "visit",
        "text": {"vi": "Đến làm gì?"},
        "answers": [
            {"id": "work", "text": {"vi": "Làm việc", "en": "Work"}},
            {"id": "yes", "text": {"vi": "Thăm"}},
        ],
    },
]
ANSWERED = (Answer("visit", "work"), Answer("fever", "no", personal=True))


@pytest.fixture
def asking(offices):
    offices.place.questions = QUESTIONS
    offices.place.save()


def told(html):
    """Questions and answers as they stand on the page."""
    return [
        re.sub(r"<[^>]+>", "", line).strip()
        for part in re.findall(r'<ul class="answers">(.*?)</ul>', html, re.DOTALL)
        for line in re.findall(r"<li>(.*?)</li>", part)
    ]


@pytest.mark.usefixtures("asking")
def test_answers_stand_in_the_places_words_and_order(client, store, offices):
    store({"answered": ANSWERED})

    assert told(page(client, offices, date="2026-03-14")) == ["Có sốt không? Không", "Đến làm gì? Làm việc"]
    client.post("/language", {"language": "en", "next": "/"})
    assert told(page(client, offices, date="2026-03-14")) == ["Do you have a fever? No", "Đến làm gì? Work"]


@pytest.mark.usefixtures("asking")
def test_an_answer_that_is_named_yes_is_told_in_its_own_words(client, store, offices):
    store({"answered": (Answer("visit", "yes"),)})

    assert told(page(client, offices, date="2026-03-14")) == ["Đến làm gì? Thăm"]


def test_answers_to_questions_that_nobody_knows_are_told_by_their_ids(client, store, offices):
    store({"answered": (Answer("visit", "work"), Answer("pets", "dog"))})

    assert told(page(client, offices, date="2026-03-14")) == ["pets dog", "visit work"]


@pytest.mark.usefixtures("asking")
def test_a_personal_answer_is_told_only_where_the_person_is_opened(client, store, keyring, offices):
    store({"answered": ANSWERED})
    forget(keyring)

    assert told(page(client, offices, date="2026-03-14")) == ["Đến làm gì? Làm việc"]


def test_hostile_answers_are_only_text_and_few(client, store, offices):
    hostile = [Answer(f"q{number}", "<b>\u202e", personal=True) for number in range(100)]
    store({"answered": hostile})

    html = page(client, offices, date="2026-03-14")

    assert 1 <= len(told(html)) <= 10
    assert "<b>" not in html
    assert "\u202e" not in html


def test_a_clock_that_was_not_trusted_is_marked(client, store, offices):
    store({"clock_trusted": False})

    assert "giờ chưa chuẩn" in page(client, offices, date="2026-03-14")


def test_a_person_whose_key_is_destroyed_does_not_hide_the_visit(client, store, keyring, offices):
    store({})
    assert "Nguyễn Văn Thử" in page(client, offices, date="2026-03-14")

    forget(keyring)

    html = page(client, offices, date="2026-03-14")
    assert "không đọc được" in html
    assert "Nguyễn Văn Thử" not in html


@pytest.mark.parametrize(
    "person", [SealedPerson("2026-1", b"no box"), SealedPerson("never-ours", b"x" * 200)]
)
def test_a_person_that_no_door_has_sealed_does_not_hide_the_visit(client, store, person, offices):
    store({"person": person})

    assert "không đọc được" in page(client, offices, date="2026-03-14")


def test_a_person_that_was_moved_to_another_visit_is_not_shown(client, store, offices):
    (first,) = store({})
    moved = SealedPerson(first.data.person.key, first.data.person.box)
    store({"person": moved, "direction": Direction.OUT})

    html = page(client, offices, date="2026-03-14")

    assert html.count("Nguyễn Văn Thử") == 1
    assert "không đọc được" in html


def test_a_visit_of_a_place_that_keeps_no_names_is_shown_without_one(client, store, offices):
    store({"person": None})

    html = page(client, offices, date="2026-03-14")

    assert "không ghi tên" in html
    assert "không đọc được" not in html


def test_hostile_names_are_only_text(client, store, offices):
    store({"known": {**KNOWN, "name": "<script>alert(1)</script> \u202egnud\u200b{{ 7|add:7 }}"}})

    html = page(client, offices, date="2026-03-14")

    assert "<script>" not in html
    assert "&lt;script&gt;" in html
    assert "\u202e" not in html
    assert "\u200b" not in html


def test_the_page_speaks_english_when_asked(client, offices):
    client.post("/language", {"language": "en", "next": "/"})

    html = page(client, offices)

    assert '<html lang="en">' in html
    assert "Nobody has come yet today." in html


def test_only_reading_is_allowed_on_the_list(client, offices):
    assert client.post(address(offices)).status_code == 405


def test_the_page_has_nothing_that_its_policy_forbids(client, store, offices):
    store({})
    html = page(client, offices, date="2026-03-14")

    assert not re.search(r'<script(?! src="/static/)|style=|<style| on[a-z]+=|https?://', html)


def test_visits_of_other_places_and_of_none_are_not_shown(client, offices, store):
    store({"known": {**KNOWN, "name": "Trần Thị Khác"}}, box=offices.other_box)
    store({"known": {**KNOWN, "name": "Lò Văn Lạc"}})
    Visit.objects.filter(kiosk=offices.box.name).update(place=None)

    html = page(client, offices, date="2026-03-14")

    assert "Trần Thị Khác" not in html
    assert "Lò Văn Lạc" not in html
    assert html.count("<dd>0</dd>") == 2


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [
        ({"direction": "in"}, ["08:01", "08:03"]),
        ({"direction": "out"}, ["08:02"]),
        ({"via": "keypad"}, ["08:02", "08:03"]),
        ({"door": "cong-chinh", "via": "camera"}, ["08:01"]),
        ({"door": "cong-sau"}, []),
        ({"direction": "sideways", "via": "<b>"}, ["08:01", "08:02", "08:03"]),
    ],
)
def test_visits_are_chosen_by_way_and_door(client, offices, store, chosen, expected):
    store(
        *(
            {"at": datetime(2026, 3, 14, 1, minute, tzinfo=UTC), **facts}
            for minute, facts in enumerate(
                ({}, {"direction": Direction.OUT, "source": Source.KEYPAD}, {"source": Source.KEYPAD}), 1
            )
        )
    )

    html = page(client, offices, date="2026-03-14", **chosen)

    assert sorted(re.findall(r"Z\">(\d\d:\d\d):00</time>", html)) == expected


def test_visits_are_chosen_by_a_guard_whose_name_stands_in_no_address(client, offices, store):
    store(
        {"source": Source.KEYPAD, "operator": "Lường Văn Gác"}, {"at": datetime(2026, 3, 14, 5, tzinfo=UTC)}
    )
    html = page(client, offices, date="2026-03-14")
    (sign,) = re.findall(r'<option value="([0-9a-f]{12})">Lường Văn Gác</option>', html)

    chosen = page(client, offices, date="2026-03-14", guard=sign)

    assert chosen.count("<time ") == 1
    assert "Có 1 lượt" in chosen
    assert not re.search(r'href="[^"]*(Gác|G%C3%A1c)', chosen)


@pytest.mark.parametrize("text", ["\0", "'; DROP TABLE", "\u202e" * 2000, "=cmd()", "<script>"])
def test_whatever_stands_in_the_address_the_page_answers(client, offices, store, text):
    store({"at": timezone.now()})

    for name in ("date", "direction", "via", "guard", "door", "page"):
        assert "<script>" not in page(client, offices, **{name: text})


def test_a_visit_of_a_visitors_own_phone_says_whether_they_stood_at_the_door(client, offices, store):
    store({}, {"direction": Direction.OUT})
    for direction, at_door in (("in", True), ("out", False)):
        Visit.objects.filter(direction=direction).update(via="web", at_door=at_door)

    html = page(client, offices, date="2026-03-14")

    assert html.count("Điện thoại của khách</") == 1  # The choice of the form only.
    assert html.count('<span class="mark">tại cửa</span>') == 1
    assert html.count('<span class="doubt">từ nơi khác</span>') == 1


def test_who_looked_at_how_many_names_of_which_day_is_written_down(client, offices, store):
    store({}, {"person": None}, {"direction": Direction.OUT})

    page(client, offices, date="2026-03-14", via="camera")

    (entry,) = AuditEntry.objects.filter(action="saw_visits")
    assert (entry.user, entry.place, entry.count) == (client.user.username, offices.place.pk, 2)
    assert entry.detail == {"date": "2026-03-14", "filters": ["via"]}


def test_doors_to_choose_are_those_at_which_people_passed_that_day(client, offices, store):
    store({}, {"at": datetime(2026, 3, 15, tzinfo=UTC)})
    Visit.objects.filter(at__day=14).update(kiosk="hop-cu", door="Cửa cũ")

    def doors(html):
        return re.findall(r'<option value="([^"]+)"[^>]*>([^<]+)', html.partition('id="door"')[2])

    own_page = (f"@{offices.place.pk}", "Trang tự khai của địa điểm")
    assert doors(page(client, offices, date="2026-03-14")) == [("hop-cu", "Cửa cũ"), own_page]
    assert doors(page(client, offices, date="2026-03-16")) == [own_page]
    assert doors(page(client, offices)) == [("cong-chinh", "Cửa chính"), own_page]
    assert page(client, offices, date="2026-03-14", door="hop-cu").count('role="cell" class="time"') == 1


def test_two_doors_of_one_name_are_told_apart_by_their_boxes(client, offices, store):
    store({}, {})
    Visit.objects.filter(sequence=1).update(kiosk="hop-cu", door="Cửa chính")
    html = page(client, offices, date="2026-03-14")

    assert ">Cửa chính (cong-chinh)</option>" in html
    assert ">Cửa chính (hop-cu)</option>" in html


def test_visits_of_the_places_own_page_are_chosen_like_those_of_a_door(client, offices, store):
    store({}, {"operator": "Lường Văn Gác"})
    Visit.objects.filter(sequence=1).update(via="web", kiosk=f"@{offices.place.pk}", at_door=True)

    html = page(client, offices, date="2026-03-14", door=f"@{offices.place.pk}")

    assert html.count('role="cell" class="time"') == 1
    assert "tại cửa" in html


def test_each_coming_tells_when_they_left_and_how_that_is_known(client, offices, store):
    hours = [datetime(2026, 3, 14, hour, tzinfo=UTC) for hour in (1, 2, 3, 4)]
    others = ({"document": f"01409900000{number}", "name": f"Khách {number}"} for number in (2, 3))
    came = store(
        {"at": hours[0]},
        {"at": hours[1], "direction": Direction.OUT},
        *({"at": hours[2], "known": known} for known in others),
    )
    for visit, automatic in zip(came[2:], (True, False), strict=True):
        by = {"automatic": automatic, "by": "" if automatic else "an", "made_at": hours[3]}
        CheckOut.objects.create(visit=visit.id, place=offices.place, at=hours[3], **by)

    html = page(client, offices, date="2026-03-14")

    ends = [re.sub(r"<[^>]+>", "", end) for end in re.findall(r'<p class="end">(.*?)</p>', html)]
    assert sorted(ends) == ["ra 09:00", "ra 11:00 sửa tay", "ra 11:00 tự động"]
    assert 'Tự động cho ra: <span class="number">1</span>' in html


def test_at_a_place_where_nobody_is_known_as_many_are_inside_as_came_more_than_left(client, offices, store):
    now = timezone.now()
    store(
        *(
            {"at": now, "direction": way, "person": None}
            for way in (Direction.IN, Direction.IN, Direction.OUT)
        )
    )
    Visit.objects.update(via="web", at_door=True, document=None)

    html = page(client, offices)

    assert re.search(r"Đang ở trong</a></dt><dd>1</dd>", html)
    assert "ước tính" in html


def test_the_page_of_today_says_how_many_are_inside(client, offices, store):
    now = timezone.now()
    store(
        {"at": now},
        {"at": now, "known": {"document": "014099000002"}},
        {"at": now, "direction": Direction.OUT},
    )

    html = page(client, offices)

    assert re.search(r"Đang ở trong</a></dt><dd>1</dd>", html)
