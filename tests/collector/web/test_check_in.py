"""A place's own page: who has no card and no app checks in with any phone, and the manager sees whence."""

import json
import re
import threading
import time
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.utils import timezone

from collector import visiting
from collector.models import Place, Visit
from collector.opening import open_visit
from collector.visiting import Sent
from collector.web.visitors import limits, tickets
from collector.web.visitors.tickets import Slip
from kiosk.formats import recognise
from kiosk.sealing import Sealer
from mqtt_bridge.wire.tokens import office_code_key, token

WRITTEN = {"name": "Lò Thị Thử", "phone": "0982 688 084", "direction": "in"}
QUESTIONS = [
    {"id": "fever", "text": {"vi": "Có sốt không?", "en": "Any fever?"}, "personal": True},
    {
        "id": "errand",
        "text": {"vi": "Đến làm gì?"},
        "answers": [{"id": "work", "text": {"vi": "Làm việc"}}, {"id": "other", "text": {"vi": "Khác"}}],
    },
]


@pytest.fixture(autouse=True)
def nobody_came_before():
    cache.clear()


@pytest.fixture
def page(offices):
    return f"/o/{offices.place.slug}"


@pytest.fixture
def phone():
    return Client()


def asked(phone, page, **query):
    """The form as a phone gets it, and the ticket in it."""
    answer = phone.get(page, query)
    html = answer.content.decode()
    return html, html.partition('name="ticket" value="')[2].partition('"')[0]


def send(phone, page, /, **change):
    _, ticket = asked(phone, page)
    return phone.post(page, {**WRITTEN, "ticket": ticket, **change})


def shown_by(offices, keyring, *, ago=timedelta(), place=None):
    """What the screen of the place's door shows, or has shown."""
    key = office_code_key(keyring.place_key((place or offices.place).pk))
    return token(key, offices.box.name, timezone.now() - ago)


def person(keyring):
    return open_visit(Visit.objects.get(), keyring)


def test_the_page_needs_no_login_and_names_the_office_and_its_notice(offices, phone, page):
    Place.objects.update(notice="Nghỉ trưa 11:30")

    html, _ = asked(phone, page)

    assert "UBND phường Chiềng An" in html
    assert "Nghỉ trưa 11:30" in html
    assert "sessionid" not in phone.cookies


def test_who_sends_name_and_phone_is_stored_sealed_as_if_keyed_in_at_the_door(offices, keyring, phone, page):
    answer = send(phone, page)

    visit = Visit.objects.get()
    assert answer.status_code == 302
    assert (visit.kiosk, visit.place, visit.sequence) == (f"@{offices.place.pk}", offices.place, 1)
    assert (visit.direction, visit.via, visit.verified, visit.at_door) == ("in", "web", False, False)
    assert (visit.format, visit.door, visit.id.version) == ("phone", "", 7)
    assert person(keyring) == {"name": "Lò Thị Thử", "phone": "+84982688084"}
    keyed = Sealer("", keyring.place_key(offices.place.pk)).pseudonyms(recognise("0982688084"))
    assert (bytes(visit.phone), visit.document) == (keyed.phone, None)


def test_the_answer_says_what_was_stored_and_its_address_says_of_nobody(offices, phone, page):
    answer = send(phone, page)

    visit = Visit.objects.get()
    told = parse_qs(urlsplit(answer["Location"]).query)["v"][0]
    assert tickets.read_slip(told, offices.place.pk) == Slip(offices.place.pk, "in", visit.at, at_door=False)
    html = phone.get(answer["Location"]).content.decode()
    assert "Xin chào" in html
    assert f"{timezone.localtime(visit.at):%H:%M}" in html
    assert "Lò Thị Thử" not in html


def test_who_leaves_is_told_goodbye(offices, phone, page):
    answer = send(phone, page, direction="out")

    assert "Tạm biệt" in phone.get(answer["Location"]).content.decode()
    assert Visit.objects.get().direction == "out"


def test_who_scans_the_screen_is_at_that_door(offices, keyring, phone, page):
    html, ticket = asked(phone, page, t=shown_by(offices, keyring))

    phone.post(page, {**WRITTEN, "ticket": ticket})

    assert "Quý vị đang ở cửa" in html
    assert (Visit.objects.get().at_door, Visit.objects.get().door) == (True, "Cửa chính")


@pytest.mark.parametrize(
    "shown",
    ["aaaaaaaa", "", "x" * 10_000, "<script>", "\0", "é" * 8],
    ids=["wrong", "none", "long", "html", "nul", "é"],
)
def test_a_code_that_no_screen_shows_is_from_elsewhere(offices, phone, page, shown):
    html, ticket = asked(phone, page, t=shown)

    phone.post(page, {**WRITTEN, "ticket": ticket})

    assert "<script>" not in html
    assert (Visit.objects.get().at_door, Visit.objects.get().door) == (False, "")


def test_a_code_that_has_run_out_is_from_elsewhere_and_the_page_says_what_to_do(
    offices, keyring, phone, page
):
    html, ticket = asked(phone, page, t=shown_by(offices, keyring, ago=timedelta(minutes=10)))

    phone.post(page, {**WRITTEN, "ticket": ticket})

    assert "Mã đã hết hạn" in html
    assert Visit.objects.get().at_door is False


def test_the_code_of_a_box_that_was_shut_out_is_worth_nothing(offices, keyring, phone, page):
    _, ticket = asked(phone, page, t=shown_by(offices, keyring))
    offices.place.kiosks.update(revoked_at=timezone.now())

    phone.post(page, {**WRITTEN, "ticket": ticket})

    assert Visit.objects.get().at_door is False


def test_a_ticket_of_another_place_or_an_old_one_proves_nothing(offices, keyring, phone, page, monkeypatch):
    other = tickets.issue(offices.elsewhere.pk, offices.other_box.name)
    phone.post(page, {**WRITTEN, "ticket": other})
    ours = tickets.issue(offices.place.pk, offices.box.name)
    monkeypatch.setattr(tickets, "TICKET_S", -1)
    phone.post(page, {**WRITTEN, "phone": "0982 688 085", "ticket": ours})

    assert list(Visit.objects.values_list("at_door", flat=True)) == [False, False]


def test_sent_twice_is_stored_once(offices, phone, page):
    first, second = send(phone, page), send(phone, page)

    assert Visit.objects.count() == 1
    assert (first.status_code, second.status_code) == (302, 302)


def test_a_family_may_share_a_phone(offices, phone, page):
    for name in ("Lò Thị Thử", "Lò Văn Con", "Lò Thị Thử"):
        send(phone, page, name=name)

    assert Visit.objects.count() == 2


def test_who_pressed_the_wrong_button_may_press_the_other_and_the_first_again(offices, phone, page):
    for direction in ("in", "out", "in"):
        send(phone, page, direction=direction)

    stored = Visit.objects.order_by("sequence").values_list("sequence", "direction")
    assert list(stored) == [(1, "in"), (2, "out"), (3, "in")]


def test_the_same_way_a_minute_later_is_another_visit(offices, keyring):
    passage = Sent("in", "Lò Thị Thử", "+84982688084")
    now = timezone.now()
    for later in (0, 59, 61):
        visiting.check_in(offices.place, passage, keyring, now + timedelta(seconds=later))

    assert Visit.objects.count() == 2


def test_visits_that_come_at_once_have_each_their_own_number(database, tmp_path):
    from collector.keyring import Keyring

    place = Place.objects.create(name="UBND phường Thử")
    ring, now = Keyring(tmp_path), timezone.now()
    visiting.check_in(place, Sent("in", "A", "+84982688000"), ring, now)

    def come(number):
        visiting.check_in(place, Sent("in", "A", f"+8498268810{number}"), ring, now)
        connection.close()

    threads = [threading.Thread(target=come, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(Visit.objects.values_list("sequence", flat=True)) == [1, 2, 3, 4, 5]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"name": ""}, "Xin ghi họ tên"),
        ({"name": "\u200b \u202e"}, "Xin ghi họ tên"),
        ({"name": "x" * 10_000}, "Xin ghi họ tên"),
        ({"name": "Lò\0"}, "Xin ghi họ tên"),
        ({"phone": ""}, "không phải số điện thoại"),
        ({"phone": "1234"}, "không phải số điện thoại"),
        ({"phone": "0982688084" * 1000}, "không phải số điện thoại"),
        ({"direction": "up"}, "Xin bấm một trong hai nút"),
    ],
)
def test_what_will_not_do_is_said_and_nothing_is_stored(offices, phone, page, change, said):
    answer = send(phone, page, **change)

    assert answer.status_code == 400
    assert said in answer.content.decode()
    assert not Visit.objects.exists()


@pytest.mark.parametrize(
    "name", ["<script>alert(1)</script>", "=cmd()|' /C calc'!A0", "שלום Thử", "a" + "\u0301" * 70]
)
def test_a_hostile_name_is_harmless(offices, keyring, phone, page, name):
    wrong = send(phone, page, name=name, phone="1").content.decode()
    send(phone, page, name=name)

    assert "<script>alert" not in wrong
    assert len(person(keyring)["name"]) <= 80


def test_marks_without_end_hold_nobody_up(offices, phone, page):
    began_s = time.process_time()

    assert send(phone, page, name="a" + "\u0315\u0300" * 50_000).status_code == 400
    assert time.process_time() - began_s < 2


def test_what_was_typed_is_still_there_when_something_will_not_do(offices, phone, page):
    html = send(phone, page, phone="12").content.decode()

    assert 'value="Lò Thị Thử"' in html
    assert 'value="12"' in html


def test_who_comes_in_answers_what_the_place_asks(offices, keyring, phone, page):
    Place.objects.filter(pk=offices.place.pk).update(questions=QUESTIONS)

    send(phone, page, q_fever="no", q_errand="work")

    assert json.loads(Visit.objects.get().answers) == {"errand": "work"}
    assert person(keyring)["answers"] == {"fever": "no"}


@pytest.mark.parametrize("answer", ["", "maybe", "<b>"])
def test_no_question_is_passed_over_and_none_answered_in_other_words(offices, phone, page, answer):
    Place.objects.filter(pk=offices.place.pk).update(questions=QUESTIONS)

    html = send(phone, page, q_fever="no", q_errand=answer).content.decode()

    assert "Xin trả lời hết các câu hỏi" in html
    assert not Visit.objects.exists()


def test_who_goes_out_is_asked_nothing(offices, keyring, phone, page):
    Place.objects.filter(pk=offices.place.pk).update(questions=QUESTIONS)

    send(phone, page, direction="out", q_errand="work")

    assert Visit.objects.get().answers == ""
    assert "answers" not in person(keyring)


def test_a_public_place_asks_for_nothing_and_keeps_nobody(offices, phone, page):
    Place.objects.filter(pk=offices.place.pk).update(kind=Place.PUBLIC, questions=QUESTIONS)
    html, ticket = asked(phone, page)

    for _ in range(2):
        phone.post(page, {**WRITTEN, "ticket": ticket})

    visit = Visit.objects.get()
    assert 'name="phone"' not in html
    assert (visit.person, visit.phone, visit.sealing_key, visit.answers) == (None, None, "", "")


def test_an_office_that_is_not_there_is_not_there(offices, phone):
    assert phone.get("/o/abcdefg").status_code == 404


def test_an_address_typed_in_capitals_is_the_same(offices, phone, page):
    assert phone.get(page.replace("/o/", "").upper().join(["/o/", ""])).status_code == 200


def test_who_tries_addresses_must_wait_even_for_those_that_there_are(offices, phone, page):
    for number in range(61):
        phone.get(f"/o/x{number}")

    answer = phone.get(page)

    assert answer.status_code == 429
    assert int(answer["Retry-After"]) > 0
    assert Client(REMOTE_ADDR="192.0.2.7").get(page).status_code == 200


def test_a_phone_that_checks_in_without_an_end_must_wait_and_the_office_goes_on(offices, phone, page):
    for number in range(10):
        send(phone, page, direction=("in", "out")[number % 2])

    refused = send(phone, page)

    assert (refused.status_code, Visit.objects.count()) == (429, 10)
    assert "phút" in refused.content.decode()
    assert send(phone, page, phone="0982 688 085").status_code == 302


def test_an_address_that_sends_without_an_end_must_wait(offices, phone, page):
    for _ in range(60):
        phone.post(page, {})

    assert phone.post(page, WRITTEN).status_code == 429
    assert Client(REMOTE_ADDR="2001:db8::1").post(page, WRITTEN).status_code == 302


def test_a_whole_network_is_one_stranger(offices, page):
    for number in range(61):
        Client(REMOTE_ADDR=f"2001:db8::{number:x}").post(page, {})

    assert Client(REMOTE_ADDR="2001:db8::ffff").post(page, WRITTEN).status_code == 429


def test_old_addresses_written_as_new_ones_are_not_one_network(offices, page):
    for _ in range(61):
        Client(REMOTE_ADDR="::ffff:192.0.2.1").post(page, {})

    assert Client(REMOTE_ADDR="::ffff:192.0.2.2").post(page, WRITTEN).status_code == 302


def strangers_check_in(page, times, **change):
    """As many as they like, from as many addresses."""
    for number in range(times):
        Client(REMOTE_ADDR=f"198.51.100.{number}").post(
            page, {**WRITTEN, "phone": f"09826881{number:02}"} | change
        )


def test_strangers_who_use_up_what_a_phone_or_a_place_may_hold_up_nobody_at_the_door(
    offices, keyring, phone, page, monkeypatch
):
    monkeypatch.setattr(limits, "SENT_TO_PLACE", "12/h")
    strangers_check_in(page, 11, phone=WRITTEN["phone"])
    strangers_check_in(page, 3)
    refused = send(phone, page, phone="0982 688 085")
    assert refused.status_code == 429
    assert "mời quét mã trên màn hình" in refused.content.decode()

    _, ticket = asked(phone, page, t=shown_by(offices, keyring))

    assert phone.post(page, {**WRITTEN, "ticket": ticket}).status_code == 302
    assert Visit.objects.filter(at_door=True).count() == 1


def test_so_many_check_in_at_one_door_and_the_page_goes_on(offices, keyring, phone, page, monkeypatch):
    monkeypatch.setattr(limits, "SENT_AT_BOX", "2/h")
    _, ticket = asked(phone, page, t=shown_by(offices, keyring))

    answers = [phone.post(page, {**WRITTEN, "name": f"Lò {who}", "ticket": ticket}) for who in "ABC"]

    assert [answer.status_code for answer in answers] == [302, 302, 429]
    assert send(phone, page).status_code == 302


def test_one_code_of_the_screen_brings_a_family_to_the_door_and_no_more(offices, keyring, phone, page):
    _, ticket = asked(phone, page, t=shown_by(offices, keyring))

    for direction in ("in", "out"):
        strangers_check_in(page, 5, ticket=ticket, direction=direction)

    stored = Visit.objects.order_by("sequence").values_list("direction", "at_door")
    assert list(stored) == [(way, number < 3) for way in ("in", "out") for number in range(5)]


def test_at_a_public_place_a_code_of_the_screen_brings_no_more_either(offices, keyring, phone, page):
    Place.objects.filter(pk=offices.place.pk).update(kind=Place.PUBLIC)
    _, ticket = asked(phone, page, t=shown_by(offices, keyring))

    for _ in range(5):
        phone.post(page, {"direction": "in", "ticket": ticket})
        cache.delete(f"visitor-form-{tickets.read(ticket, offices.place.pk).number}-in")

    assert (
        list(Visit.objects.order_by("sequence").values_list("at_door", flat=True)) == [True] * 3 + [False] * 2
    )


def test_who_sends_it_twice_leaves_room_for_the_family(offices, keyring, phone, page):
    _, ticket = asked(phone, page, t=shown_by(offices, keyring))

    for name in ("Lò A", "Lò A", "Lò A", "Lò B", "Lò C"):
        phone.post(page, {**WRITTEN, "name": name, "ticket": ticket})

    assert list(Visit.objects.values_list("at_door", flat=True)) == [True] * 3


def test_who_has_sent_it_from_elsewhere_and_then_scans_the_screen_is_at_the_door(
    offices, keyring, phone, page
):
    send(phone, page)
    _, ticket = asked(phone, page, t=shown_by(offices, keyring))

    phone.post(page, {**WRITTEN, "ticket": ticket})
    send(phone, page)

    assert list(Visit.objects.order_by("sequence").values_list("at_door", flat=True)) == [False, True]


def test_a_form_from_another_site_is_refused(offices, page):
    strict = Client(enforce_csrf_checks=True)

    assert strict.post(page, WRITTEN).status_code == 403
    assert not Visit.objects.exists()


def test_the_page_of_the_answer_without_its_slip_is_the_form(offices, phone, page):
    for slip in ("", "x", tickets.issue(offices.place.pk, "")):
        assert phone.get(f"{page}/done", {"v": slip})["Location"] == page


def test_no_log_holds_who_came(offices, phone, page, caplog):
    send(phone, page)
    send(phone, page, phone="12")

    assert "Lò" not in caplog.text
    assert "688" not in caplog.text


def test_the_page_speaks_english_to_who_wishes(offices, phone, page):
    phone.post("/language", {"language": "en", "next": page})

    assert "Full name" in phone.get(page).content.decode()


def test_who_comes_with_somebody_is_at_the_door_too(offices, keyring, phone, page):
    _, ticket = asked(phone, page, t=shown_by(offices, keyring))
    done = phone.post(page, {**WRITTEN, "ticket": ticket}, follow=True).content.decode()
    another = re.search(r'href="(/o/[^"]+)"', done)[1]

    _, kept = asked(phone, another)
    phone.post(page, {**WRITTEN, "name": "Lò Văn Con", "ticket": kept})

    assert kept == ticket
    assert list(Visit.objects.values_list("at_door", flat=True)) == [True, True]
