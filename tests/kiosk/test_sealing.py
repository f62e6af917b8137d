"""Persons sealed for the centre alone, and pseudonyms by which they are known again."""

import json
import logging
from dataclasses import replace
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from kiosk.entries import SealedPerson
from kiosk.errors import NotOpened
from kiosk.formats import recognise
from kiosk.model import Answer, Direction, Format, Source, Visit, Visitor
from kiosk.sealing import _SUITE, FIELDS, Sealer, SealingKey, _bound, opened
from kiosk.store.journal import SqliteJournal
from kiosk.store.opening import FILE_NAME
from tests import people
from tests.fakes import MORNING, FakeClock
from tests.mqtt_bridge.made import BOOT

PRIVATE = X25519PrivateKey.from_private_bytes(b"k" * 32)
TOMORROWS = X25519PrivateKey.from_private_bytes(b"m" * 32)
KEY = SealingKey("2026-11-23", PRIVATE.public_key().public_bytes_raw(), MORNING - timedelta(hours=1))
TOMORROWS_KEY = SealingKey(
    "2026-11-24", TOMORROWS.public_key().public_bytes_raw(), MORNING + timedelta(hours=23)
)
SEALER = Sealer("kiosk-1", b"p" * 32, (KEY, TOMORROWS_KEY))
VISIT = "01a209b8-f8fd-77f9-adaa-3640e4a01733"
ANOTHER = "01a209b8-f8fd-77f9-adaa-3640e4a01734"
AN = Visitor(
    Format.CCCD, document="014099000001", name="Nguyễn Văn Thử", birth="1999-02-01", phone="+84912345678"
)

texts = st.none() | st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=100)
visitors = st.builds(Visitor, st.sampled_from(Format), texts, texts, texts, texts, texts)


def seal(visitor=AN, visit=VISIT, at=MORNING, sealer=SEALER, answers=()):
    return sealer.seal(visitor, visit, at, answers)


def sealed_text(text):
    """Anything, sealed with the public key that everybody may know."""
    return SealedPerson(KEY.id, _SUITE.encrypt(text, PRIVATE.public_key(), _bound("kiosk-1", VISIT)))


def open_(person, private=PRIVATE, kiosk="kiosk-1", visit=VISIT):
    return opened(person, private.private_bytes_raw(), kiosk=kiosk, visit=visit)


@given(visitors)
def test_what_was_sealed_opens_to_what_is_known(visitor):
    known = {name: getattr(visitor, name) for name in FIELDS if getattr(visitor, name)}

    assert open_(seal(visitor)) == known


@pytest.mark.parametrize("code", people.ALL[:6])
def test_each_kind_of_card_is_sealed_and_opened(code):
    visitor = recognise(code)

    assert open_(seal(visitor))["name"] == visitor.name


FEVER = Answer("fever", "yes", personal=True)
PURPOSE = Answer("purpose", "papers")


def test_personal_answers_are_sealed_with_the_person_and_others_are_not():
    assert open_(seal(answers=(FEVER, PURPOSE)))["answers"] == {"fever": "yes"}


@pytest.mark.parametrize("answers", [(), (PURPOSE,)])
def test_who_answered_nothing_personal_has_no_answers(answers):
    assert "answers" not in open_(seal(answers=answers))


def test_where_no_names_are_kept_no_personal_answer_is():
    assert seal(sealer=Sealer("kiosk-1", b"p" * 32), answers=(FEVER,)) is None


def test_one_answer_is_as_long_as_another():
    assert len({len(seal(answers=(replace(FEVER, answer=one),)).box) for one in ("yes", "no")}) == 1


@pytest.mark.parametrize(
    "text",
    [b"", b"no JSON", b"7", b"null", b'"name"', b"[]", b'["name"]', b"[" * 5000, b'{"a":' * 1500, b"\xff"],
    ids=[
        "nothing",
        "no JSON",
        "a number",
        "null",
        "a text",
        "a list",
        "a field",
        "lists",
        "objects",
        "no text",
    ],
)
def test_what_no_door_seals_does_not_open(text):
    """Whoever has the public key can seal it."""
    with pytest.raises(NotOpened):
        open_(sealed_text(text))


@pytest.mark.parametrize("answers", ["7", "null", "[]", '["fever"]', '"yes"', "{}"])
def test_answers_that_are_none_are_left_out(answers):
    assert open_(sealed_text(f'{{"name": "Lò Thử", "answers": {answers}}}'.encode())) == {"name": "Lò Thử"}


def test_whatever_stands_in_fields_and_answers_is_read_as_text():
    sealed = sealed_text(b'{"name": 7, "wallpaper": "blue", "answers": {"fever": true}}')

    assert open_(sealed) == {"name": "7", "answers": {"fever": "True"}}


def test_the_same_person_sealed_twice_is_never_the_same_bytes():
    assert seal().box != seal().box


@pytest.mark.parametrize(
    "change",
    [{"visit": ANOTHER}, {"kiosk": "kiosk-2"}, {"private": TOMORROWS}, {"kiosk": "kiosk-1\n"}],
    ids=["another visit", "another kiosk", "another key", "another name"],
)
def test_a_sealed_person_opens_nowhere_else(change):
    with pytest.raises(NotOpened):
        open_(seal(), **change)


def test_a_single_bit_that_was_flipped_is_noticed():
    person = seal()
    for at in range(len(person.box)):
        flipped = bytearray(person.box)
        flipped[at] ^= 1 << at % 8
        with pytest.raises(NotOpened):
            open_(SealedPerson(person.key, bytes(flipped)))


@pytest.mark.parametrize("length", [0, 1, 31, 32, 33, 47, 48, 100])
def test_a_box_that_was_cut_short_is_noticed(length):
    with pytest.raises(NotOpened):
        open_(SealedPerson(KEY.id, seal().box[:length]))


def test_an_error_tells_the_visit_and_the_key_and_nobody():
    with pytest.raises(NotOpened) as caught:
        open_(seal(), visit=ANOTHER)

    assert str(caught.value) == f"person of visit {ANOTHER}: does not open with key 2026-11-23"


def test_the_length_of_a_box_tells_nothing_of_a_name():
    names = ["Ý", "Lò Thị", "Nguyễn Văn Thử", "Công Tằng Tôn Nữ Thử Nghiệm"]

    assert len({len(seal(replace(AN, name=name)).box) for name in names}) == 1


def test_the_key_is_that_of_the_day():
    at = {moment: seal(at=MORNING + timedelta(hours=moment)).key for moment in (-48, -2, 0, 22, 23, 500)}

    assert at == {
        -48: "2026-11-23",
        -2: "2026-11-23",
        0: "2026-11-23",
        22: "2026-11-23",
        23: "2026-11-24",
        500: "2026-11-24",
    }


def test_without_keys_nobody_is_sealed():
    assert Sealer("kiosk-1", b"p" * 32).seal(AN, VISIT, MORNING) is None


def test_pseudonyms_are_the_same_at_every_door_of_a_place_and_nowhere_else():
    neighbour = Sealer("kiosk-2", b"p" * 32)
    elsewhere = Sealer("kiosk-1", b"q" * 32)

    assert SEALER.pseudonyms(AN) == neighbour.pseudonyms(AN)
    assert not {SEALER.pseudonyms(AN).document, SEALER.pseudonyms(AN).phone} & {
        elsewhere.pseudonyms(AN).document,
        elsewhere.pseudonyms(AN).phone,
    }


def test_who_shows_a_document_has_no_other_pseudonym():
    assert SEALER.pseudonyms(AN).other is None
    assert SEALER.pseudonyms(Visitor(Format.HC1, name="Lò Thử", birth="1999")).other is not None


def test_who_shows_a_phone_alone_has_no_other_pseudonym():
    assert SEALER.pseudonyms(Visitor(Format.PHONE, phone="+84912345678")).other is None


@pytest.mark.parametrize(
    "card",
    [
        Visitor(Format.BHYT, name="Lò Thị Thử", reference="7916123456"),
        Visitor(Format.PERSONAL_QR, name="TRAN THI THU", birth="1990"),
    ],
    ids=lambda card: card.format,
)
def test_a_phone_that_was_added_to_a_card_takes_nothing_from_what_the_card_tells(card):
    added = SEALER.pseudonyms(replace(card, phone="+84912345678"))

    assert added.other == SEALER.pseudonyms(card).other
    assert added.phone == SEALER.pseudonyms(Visitor(Format.PHONE, phone="+84912345678")).phone


def test_a_name_is_known_again_however_its_letters_are_written():
    names = ["Nguyễn Văn Thử", "NGUYỄN VĂN THỬ", "Nguye\u0302\u0303n Va\u0306n Thu\u031b\u0309"]

    assert len({SEALER.pseudonyms(Visitor(Format.HC1, name=name, birth="1999")) for name in names}) == 1


def test_a_document_is_no_phone_though_their_digits_are_the_same():
    digits = "0912345678"
    pseudonyms = SEALER.pseudonyms(Visitor(Format.CCCD, document=digits, phone=digits))

    assert pseudonyms.document != pseudonyms.phone


def test_pseudonyms_hold_nothing_of_anybody():
    assert all(len(digest) == 32 for digest in (SEALER.pseudonyms(AN).document, SEALER.pseudonyms(AN).phone))
    assert SEALER.pseudonyms(AN).document not in {b"014099000001".ljust(32), b"014099000001".ljust(32, b"\0")}


def test_no_repr_holds_a_key_or_a_person():
    said = repr([SEALER, seal(), AN])

    assert "Thử" not in said
    assert "0140" not in said
    assert repr(b"p" * 32) not in said
    assert repr(seal().box) not in said


class Book(SqliteJournal):
    """A journal whose doors write a morning."""

    def came(self, visitor, minute=0, direction=Direction.IN):
        at = replace(FakeClock().now(), utc=MORNING + timedelta(minutes=minute))
        self.append(Visit(visitor, direction, Source.CAMERA, at))

    def known(self, visitor):
        return self.last_visit(visitor, MORNING - timedelta(hours=1)) is not None


@pytest.fixture
def book(tmp_path):
    book = Book(tmp_path, boot=BOOT, sealer=SEALER)
    yield book
    book.close()


CARD = Visitor(Format.CCCD, document="014099000001", name="Nguyễn Văn Thử", birth="1999-02-01")
PHONE = Visitor(Format.PHONE, phone="+84912345678")
BOTH = Visitor(Format.PERSONAL_QR, document="014099000001", name="NGUYEN VAN THU", phone="+84912345678")


def test_who_came_with_card_and_phone_is_known_by_either(book):
    book.came(BOTH)

    assert (book.known(CARD), book.known(PHONE), book.known(BOTH)) == (True, True, True)


@pytest.mark.parametrize("first", [CARD, PHONE])
def test_who_came_with_one_is_known_by_both(book, first):
    book.came(first)

    assert book.known(BOTH)


def test_two_with_one_phone_and_different_documents_are_two(book):
    """A family's phone."""
    book.came(BOTH)

    assert not book.known(replace(BOTH, document="014199000002"))
    assert not book.known(replace(CARD, document="014199000002"))


def test_the_latest_of_them_counts(book):
    book.came(CARD, 0, Direction.IN)
    book.came(PHONE, 1, Direction.OUT)

    assert book.last_visit(BOTH, MORNING).direction is Direction.OUT
    assert book.last_visit(CARD, MORNING).direction is Direction.IN


def test_strangers_are_not_known(book):
    book.came(BOTH)

    assert not book.known(Visitor(Format.PHONE, phone="+84912345679"))
    assert not book.known(Visitor(Format.HC1, name="Nguyễn Văn Thử", birth="1999-02-01"))


def test_nothing_in_the_file_tells_of_anybody(book, tmp_path):
    for code in people.ALL[:6]:
        book.came(recognise(code))
    raw = b"".join(file.read_bytes() for file in tmp_path.glob(f"{FILE_NAME}*"))

    for personal in ("014099000001", "Thử", "Thu", "912345678", "1999-02-01", json.dumps("Thử")[1:-1]):
        for encoding in ("utf-8", "utf-16-le"):
            assert personal.encode(encoding) not in raw


def test_what_the_journal_holds_is_opened_by_the_centre(book):
    book.came(AN)
    row = book._db.execute("SELECT id, sealing_key, person FROM entries").fetchone()

    person = open_(SealedPerson(row[1], row[2]), visit=row[0])

    assert person["name"] == "Nguyễn Văn Thử"


def test_a_box_without_a_centre_keeps_no_name_and_knows_people_again(tmp_path):
    book = Book(tmp_path, boot=BOOT)
    book.came(BOTH)

    assert (book.known(CARD), book.known(replace(CARD, document="014199000002"))) == (True, False)
    assert book._db.execute("SELECT person, sealing_key FROM entries").fetchone() == (None, None)
    book.close()


def test_sealing_writes_nothing_into_a_log(caplog):
    caplog.set_level(logging.DEBUG)
    seal()
    with pytest.raises(NotOpened):
        open_(seal(), visit=ANOTHER)

    assert caplog.text == ""
