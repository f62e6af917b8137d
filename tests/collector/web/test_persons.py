"""What a person may ask for: to see what is held of them, to have it corrected, to have it erased."""

import json
import re
import uuid
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey
from django.test import Client
from django.utils import timezone

from collector.models import AuditEntry, Change, PersonRequest, Place, Visit
from collector.models import SealingKey as Key
from collector.opening import open_visit
from kiosk import sealing
from kiosk.model import Answer
from tests.collector.web.conftest import KNOWN

DOCUMENT, PHONE = "014099000001", "+84912345678"
OTHER = {"document": "014099000002", "name": "Lò Thị Khác", "birth": "1988-05-06"}
HOSTILE = ["<script>alert(1)</script>", "=cmd()", "\u202egnp", "ẩ" * 10_000, "Thử\0Thử", "e" + "\u0301" * 50]


@pytest.fixture
def address(offices) -> str:
    return f"/places/{offices.place.pk}/persons/"


def find(client: Client, address: str, **asked: str) -> str:
    answer = client.post(address, {"document": "", "phone": "", **asked})
    assert answer.status_code == 200, answer.content.decode()
    return answer.content.decode()


def ticked(html: str) -> list[str]:
    return re.findall(r'name="visit" value="([0-9a-f-]{36})" checked', html)


def receipt_of(client: Client, answer) -> str:
    assert answer.status_code == 302, answer.content.decode()
    return client.get(answer["Location"]).content.decode()


@pytest.mark.parametrize(
    "asked", [{"document": "014 099 000 001"}, {"phone": "0912 345 678"}, {"phone": "+84912345678"}]
)
def test_what_is_held_is_found_as_people_write_their_numbers(client, store, address, asked):
    store({"known": {**KNOWN, "phone": PHONE}}, {"known": OTHER})

    html = find(client, address, **asked)

    assert len(ticked(html)) == 1
    for text in ("Nguyễn Văn Thử", DOCUMENT, "0912 345 678", "01/02/1999", "08:05:09 14/03/2026"):
        assert text in html
    assert "Lò Thị Khác" not in html


def test_both_numbers_find_what_either_finds(client, store, address):
    store({}, {"known": {"phone": PHONE}}, {"known": OTHER})

    assert len(ticked(find(client, address, document=DOCUMENT, phone=PHONE))) == 2


@pytest.mark.parametrize("written", ["7916123456", "7916 123 456", "gd4017916123456"])
def test_who_showed_only_a_health_insurance_card_is_found_and_can_be_erased(client, store, address, written):
    store({"known": {"name": "Lò Thị Giả", "reference": "7916123456"}}, {"known": OTHER})

    html = find(client, address, reference=written)
    assert "Lò Thị Giả" in html
    assert "Lò Thị Khác" not in html
    visits = ticked(html)
    erase(client, address, visits, do="1", document="", reference="7916123456")

    assert Visit.objects.get(pk=visits[0]).other is None
    assert not ticked(find(client, address, reference=written))


def test_personal_answers_are_told_to_who_gave_them(client, offices, store, address):
    offices.place.questions = [
        {"id": "fever", "text": {"vi": "Có sốt không?"}, "kind": "yes_no", "personal": True}
    ]
    offices.place.save()
    store({"answered": [Answer("fever", "yes", personal=True)]})

    assert "Có sốt không?" in find(client, address, document=DOCUMENT)


def test_nothing_held_is_said_kindly(client, address):
    assert "Không lưu gì" in find(client, address, document=DOCUMENT)


def test_another_place_holds_what_it_holds(client, offices, store, address):
    store({}, box=offices.other_box)

    assert not ticked(find(client, address, document=DOCUMENT))


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"document": "12"},
        {"phone": "12"},
        {"document": "<script>"},
        {"phone": "\0"},
        {"document": "1" * 5000},
        {"reference": "123"},
        {"reference": "<script>"},
    ],
)
def test_what_is_no_number_is_said_and_nothing_is_looked_for(client, address, asked):
    answer = client.post(address, asked)

    assert answer.status_code == 400
    assert 'role="alert"' in answer.content.decode()
    assert "<script>" not in answer.content.decode()
    assert not AuditEntry.objects.exists()


def test_that_somebody_looked_stands_in_the_audit_and_for_whom_does_not(client, store, address):
    store({"known": {**KNOWN, "phone": PHONE}})
    find(client, address, document=DOCUMENT, phone=PHONE)

    entry = AuditEntry.objects.get(action="person_seen")

    assert entry.count == 1
    assert entry.detail == {"step": "found", "by": ["document", "phone"]}
    assert not re.search(r"9900|9123|Thử", str(AuditEntry.objects.values()))


@pytest.mark.parametrize("role", ["clerk", "province", "auditor", "technician", None])
def test_nobody_but_a_manager_answers(client_of, address, role):
    client = client_of(role)

    assert {client.post(f"{address}{part}").status_code for part in ("", "see", "correct", "erase")} == {403}


def test_who_has_seen_it_gets_a_receipt_that_is_found_again(client, store, address):
    store({}, {})
    html = find(client, address, document=DOCUMENT)

    answer = client.post(f"{address}see", {"document": DOCUMENT, "phone": "", "visit": ticked(html)})

    receipt = receipt_of(client, answer)
    made = PersonRequest.objects.get()
    assert (made.kind, made.visits, made.by) == ("see", 2, client.user.username)
    number = made.pk.hex[:8].upper()
    assert number in receipt
    assert number in client.get(address).content.decode()
    assert not re.search(r"Thử|0140", receipt)


def correct(client: Client, address: str, visits: list[str], **right: str):
    told = {f"right-{name}": value for name, value in {"reason": "Sai chính tả", **right}.items()}
    return client.post(
        f"{address}correct", {"document": DOCUMENT, "phone": "", "visit": visits, "do": "1", **told}
    )


def test_what_is_right_is_asked_for_before_it_is_written(client, store, address):
    store({})
    visits = ticked(find(client, address, document=DOCUMENT))

    page = client.post(f"{address}correct", {"document": DOCUMENT, "phone": "", "visit": visits})

    assert 'name="right-name"' in page.content.decode()
    assert not Change.objects.exists()


def test_a_name_is_corrected_and_the_rest_stays(client, store, address, keyring):
    store({"answered": [Answer("fever", "yes", personal=True)]})
    visits = ticked(find(client, address, document=DOCUMENT))

    receipt_of(client, correct(client, address, visits, name="Nguyễn Văn Thứ"))

    visit = Visit.objects.get()
    assert open_visit(visit, keyring) == {**KNOWN, "name": "Nguyễn Văn Thứ", "answers": {"fever": "yes"}}
    change = Change.objects.get()
    assert (change.what, change.fields, change.reason) == ("corrected", "name", "Sai chính tả")
    assert len(ticked(find(client, address, document=DOCUMENT))) == 1


def test_who_is_corrected_is_known_again_by_what_is_right(client, store, address, keyring):
    store({})
    visits = ticked(find(client, address, document=DOCUMENT))

    correct(client, address, visits, document="014099000009", phone="0912.345.678", birth="03/02/1999")

    assert not ticked(find(client, address, document=DOCUMENT))
    assert len(ticked(find(client, address, document="014099000009"))) == 1
    assert len(ticked(find(client, address, phone="0912345678"))) == 1
    assert open_visit(Visit.objects.get(), keyring)["birth"] == "1999-02-03"


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_is_harmless_as_a_correction(client, store, address, name):
    store({})
    visits = ticked(find(client, address, document=DOCUMENT))

    answer = correct(client, address, visits, name=name)

    assert answer.status_code in {302, 400}
    html = find(client, address, document=DOCUMENT)
    assert "<script>" not in html
    assert "\u202e" not in html


def test_halves_of_letters_that_somebody_sealed_keep_nothing_from_being_corrected(
    client, store, address, keyring
):
    store({})
    visit = Visit.objects.get()
    public = X25519PublicKey.from_public_bytes(bytes(Key.objects.get(pk=visit.sealing_key).public))
    text = json.dumps({**KNOWN, "name": "Thử\ud800", "answers": {"a": "\udfff"}}).encode()
    box = sealing._SUITE.encrypt(text, public, sealing._bound(visit.kiosk, str(visit.pk)))
    Visit.objects.update(person=box)
    visits = ticked(find(client, address, document=DOCUMENT))

    assert correct(client, address, visits, birth="1999").status_code == 302

    assert open_visit(Visit.objects.get(), keyring)["name"] == "Thử"


@pytest.mark.parametrize(
    "right",
    [
        {},
        {"name": "A", "reason": ""},
        {"phone": "12"},
        {"document": "1"},
        {"birth": "31/02/1999"},
        {"name": "A", "reason": "x" * 201},
        {"name": "Nguyễn Văn Thứ", "reason": "Tên đúng là Văn Thứ"},
        {"name": "A", "reason": "Sai số 014 099 000 001"},
    ],
)
def test_what_cannot_be_right_is_said_and_nothing_is_written(client, store, address, right):
    store({})
    visits = ticked(find(client, address, document=DOCUMENT))

    answer = correct(client, address, visits, **right)

    assert answer.status_code == 400
    assert 'role="alert"' in answer.content.decode()
    assert not Change.objects.exists()
    assert not PersonRequest.objects.exists()


def test_visits_that_had_it_right_do_not_count(client, store, address):
    store({}, {"known": {**KNOWN, "name": "Nguyễn Văn Thứ"}})
    visits = ticked(find(client, address, document=DOCUMENT))

    answer = correct(client, address, visits, name="Nguyễn Văn Thứ")

    assert "1 trên 2 lượt" in receipt_of(client, answer)
    assert PersonRequest.objects.get().visits == 1


def erase(client: Client, address: str, visits: list[str], **told: str):
    return client.post(
        f"{address}erase",
        {"document": DOCUMENT, "phone": "", "visit": visits, "reason": "Người dân yêu cầu", **told},
    )


def test_erasing_says_first_what_will_be_gone(client, store, address):
    store({})
    visits = ticked(find(client, address, document=DOCUMENT))

    html = erase(client, address, visits).content.decode()

    assert "Không thể hoàn tác" in html
    assert Visit.objects.get().person is not None


def test_what_is_erased_is_gone_and_the_visits_still_count(client, store, address, offices):
    store({}, {"known": OTHER})
    visits = ticked(find(client, address, document=DOCUMENT))

    receipt = receipt_of(client, erase(client, address, visits, do="1"))

    erased = Visit.objects.get(pk=visits[0])
    assert (erased.person, erased.document, erased.phone, erased.other) == (None, None, None, None)
    assert erased.sealing_key == ""
    assert Visit.objects.count() == 2
    assert Visit.objects.exclude(pk=visits[0]).get().person is not None
    assert not ticked(find(client, address, document=DOCUMENT))
    assert Change.objects.get().what == "erased"
    assert AuditEntry.objects.get(action="person_erased").detail == {"visits": 1}
    assert "Người dân yêu cầu" in receipt


def test_only_what_was_ticked_is_erased(client, store, address):
    store({}, {"at": datetime(2026, 3, 15, 1, tzinfo=UTC)})
    first, _second = ticked(find(client, address, document=DOCUMENT))

    erase(client, address, [first], do="1")

    assert len(ticked(find(client, address, document=DOCUMENT))) == 1


@pytest.mark.parametrize("reason", ["gọi 0912.345.678", "ông Nguyễn Văn Thử yêu cầu", ""])
def test_a_reason_that_tells_of_whom_is_refused_and_nothing_is_erased(client, store, address, reason):
    store({})
    visits = ticked(find(client, address, document=DOCUMENT))

    answer = erase(client, address, visits, do="1", reason=reason)

    assert answer.status_code == 400
    assert 'role="alert"' in answer.content.decode()
    assert Visit.objects.get().person is not None
    assert not PersonRequest.objects.exists()


@pytest.mark.parametrize("whose", ["anothers", "elsewhere", "nobodys", "nonsense"])
def test_no_visit_is_changed_that_the_number_did_not_find(client, offices, store, address, whose):
    store({}, {"known": OTHER})
    (elsewhere,) = store({}, box=offices.other_box)
    visit = {
        "anothers": str(Visit.objects.get(sequence=2).pk),
        "elsewhere": str(elsewhere.id),
        "nobodys": str(uuid.uuid4()),
        "nonsense": "' OR 1=1",
    }[whose]

    answer = erase(client, address, [visit], do="1")

    assert "Không có lượt nào được chọn" in client.get(answer["Location"]).content.decode()
    assert not Visit.objects.filter(person=None).exists()
    assert not PersonRequest.objects.exists()


def test_another_places_receipt_is_not_here(client, client_of, offices, store, address):
    store({})
    visits = ticked(find(client, address, document=DOCUMENT))
    made = erase(client, address, visits, do="1")["Location"]
    other = client_of(place=offices.elsewhere)

    assert other.get(made).status_code == 403
    moved = made.replace(address, f"/places/{offices.elsewhere.pk}/persons/")
    assert other.get(moved).status_code == 404


def test_when_doors_have_forgotten_is_said_and_when_the_key_is_destroyed_that_was_sealed_to(
    client, offices, store, address
):
    store({})
    Place.objects.update(keep_days=1)

    html = find(client, address, document=DOCUMENT)

    assert "14/04/2026" in html
    sealed_on = timezone.now().astimezone(ZoneInfo("Asia/Ho_Chi_Minh")).date()
    assert f"Từ {sealed_on + timedelta(days=31):%d/%m/%Y} không ai mở được nữa" in html


def test_of_visits_that_hold_no_name_no_key_is_told(client, store, address):
    store({})
    Visit.objects.update(person=None, sealing_key="")

    assert "không ai mở được nữa" not in find(client, address, document=DOCUMENT)
