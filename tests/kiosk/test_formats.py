"""What each code tells of its bearer."""

import pytest
from hypothesis import given

from kiosk.formats import recognise
from kiosk.model import Format, Reason, Unreadable, Visitor
from tests import people


def test_an_id_card_of_2021_tells_document_name_and_birth():
    assert recognise(people.CCCD) == Visitor(
        format=Format.CCCD, document="014099000001", name="Nguyễn Văn Thử", birth="1999-02-01"
    )


def test_an_id_card_without_an_old_number_is_read_by_position():
    assert recognise(people.CCCD_OF_A_WOMAN).name == "Lò Thị Thử"


def test_an_id_card_of_2024_tells_the_same_and_drops_the_parents():
    with_parents = people.CAN_CUOC.removesuffix("||||") + "||Hoàng Cha|Lò Mẹ|"

    assert recognise(with_parents) == Visitor(
        format=Format.CAN_CUOC, document="014099000003", name="Hoàng Thử", birth="1999-06-05"
    )


@pytest.mark.parametrize("extra", ["|", "||", "|||", "||||", "|||||"])
def test_an_id_card_of_2024_needs_no_exact_number_of_empty_fields(extra):
    assert recognise(people.CAN_CUOC.removesuffix("||||") + extra).format is Format.CAN_CUOC


def test_an_id_card_with_a_birthday_that_is_none_is_no_id_card():
    assert recognise(people.CCCD.replace("01021999", "31021999")) == Unreadable(Reason.UNKNOWN_CODE)


def test_a_personal_qr_tells_document_name_birth_and_phone():
    assert recognise(people.PERSONAL_QR) == Visitor(
        format=Format.PERSONAL_QR,
        document="014099000004",
        name="TRAN THI PHUONG THU",
        birth="1990-02-01",
        phone="+84912345678",
        reference="162979388586171100",
    )


def test_a_masked_personal_qr_is_known_again_by_its_own_number():
    masked = "******000004|TRAN THI THU|1990-**-**|0|162979388586171100|<2<00<091****678"

    visitor = recognise(masked)

    assert (visitor.document, visitor.birth, visitor.phone) == (None, "1990", None)
    assert visitor.identity == "code:162979388586171100"


def test_a_personal_qr_may_mask_the_whole_birth_date():
    assert recognise(people.PERSONAL_QR.replace("1990-02-01", "****-**-**")).birth is None


@pytest.mark.parametrize(
    "written",
    ["0912345678", "0912.345.678", "0912 345 678", "+84912345678", "0084912345678", "+84 912-345-678"],
)
def test_a_phone_number_is_one_however_it_is_written(written):
    assert recognise(written) == Visitor(format=Format.PHONE, phone="+84912345678")


def test_a_landline_is_a_phone():
    assert recognise("02123852024") == Visitor(format=Format.PHONE, phone="+842123852024")


@pytest.mark.parametrize("number", ["014099000005", "014 099 000 005", "123456789"])
def test_twelve_or_nine_digits_are_an_id_number(number):
    assert recognise(number) == Visitor(format=Format.ID_NUMBER, document=number.replace(" ", ""))


@pytest.mark.parametrize(
    "number", ["", "1", "12345678", "12345678901", "18001234", "19001234", "1900123456", "0" * 13]
)
def test_other_lengths_and_service_numbers_are_nobodys(number):
    assert recognise(number) == Unreadable(Reason.UNKNOWN_CODE)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (people.PLACE, Reason.PLACE_CODE),
        ("https://qr.pccovid.gov.vn/x", Reason.PLACE_CODE),
        ("https://tokhaiyte.vn.evil.example/", Reason.WEB_CODE),
        ("http://[::1", Reason.WEB_CODE),
        (people.PAYMENT, Reason.PAYMENT_CODE),
        (people.WIFI, Reason.WIFI_CODE),
        ("MECARD:N:Thử;TEL:0912345678;;", Reason.CONTACT_CODE),
        ("BEGIN:VCARD\r\nFN:Thử\r\nEND:VCARD", Reason.CONTACT_CODE),
        ("tel:+84912345678", Reason.CONTACT_CODE),
        ("https://example.org/", Reason.WEB_CODE),
        ("https://kbyt.khambenh.gov.vn/qr/01a209b8-f8fd-77f9-adaa-3640e4a01733", Reason.PLACE_CODE),
        ("https://tokhaiyte.vn/#tokhai_yte/ketqua?id=1", Reason.PLACE_CODE),
        (people.DECLARATION, Reason.DECLARATION_CODE),
        ("http://KBYT.khambenh.gov.vn/#tokhai_yte/ketqua", Reason.DECLARATION_CODE),
        ("https://kbyt.khambenh.gov.vn.evil.example/#tokhai_yte/ketqua?id=1", Reason.WEB_CODE),
        (people.SMART_HEALTH, Reason.HEALTH_CARD_CODE),
        ("shc:/2/3/567629095243", Reason.HEALTH_CARD_CODE),
        ("SHC:/567629095243", Reason.HEALTH_CARD_CODE),
        ("shc:/", Reason.UNKNOWN_CODE),
        ("HC1:6BFOXN", Reason.BROKEN_CODE),
        ("HC1:", Reason.BROKEN_CODE),
        ('{"type":"vneid","id":"x"}', Reason.UNKNOWN_CODE),
        ("{" * 4000, Reason.UNKNOWN_CODE),
        ("a|b|c|d|e|f|g", Reason.UNKNOWN_CODE),
    ],
)
def test_a_code_that_tells_of_nobody_is_named_for_what_it_is(text, reason):
    assert recognise(text) == Unreadable(reason)


def test_line_ends_and_a_byte_order_mark_do_not_matter():
    assert recognise("\ufeff" + people.CCCD + "\r\n") == recognise(people.CCCD)


def test_decomposed_letters_are_the_same_name():
    import unicodedata

    assert recognise(unicodedata.normalize("NFD", people.CCCD)) == recognise(people.CCCD)


def test_letters_that_turn_a_line_around_do_not_reach_the_name():
    hostile = people.CCCD.replace("Văn", "\u202eVăn\x00\n")

    assert recognise(hostile).name == "Nguyễn Văn Thử"


def test_a_name_without_end_is_cut():
    endless = people.CCCD.replace("Nguyễn", "N" * 3000)

    assert len(recognise(endless).name) <= 100


@given(people.anything)
def test_any_text_has_an_answer(text):
    assert isinstance(recognise(text), Visitor | Unreadable)


@given(people.anything)
def test_whoever_is_recognised_can_be_known_again(text):
    who = recognise(text)

    if isinstance(who, Visitor):
        assert len(who.identity) > len("name:|")
        assert who.identity == recognise(text).identity


def test_no_personal_field_shows_in_a_repr():
    assert "014099000001" not in repr(recognise(people.CCCD))
    assert "Nguyễn" not in repr(recognise(people.CCCD))
