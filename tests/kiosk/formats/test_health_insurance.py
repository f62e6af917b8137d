"""Health-insurance cards and their bare numbers."""

import pytest

from kiosk.formats import recognise
from kiosk.model import Format, Reason, Unreadable, Visitor
from tests import people

HOLDER = Visitor(Format.BHYT, name="Nguyễn Văn Thử", birth="1999-02-01", reference="0000000001")


def card(number="DN4140000000001", name="4e677579e1bb856e2056c4836e205468e1bbad", birth="01/02/1999"):
    _, _, _, rest = people.BHYT.split("|", 3)
    return f"{number}|{name}|{birth}|{rest}"


def test_a_card_tells_number_name_and_birth():
    assert recognise(people.BHYT) == HOLDER


def test_the_number_is_no_id_number():
    assert recognise(people.BHYT).document is None


@pytest.mark.parametrize(
    "shown",
    ["0000000001", "DN4140000000001", "dn4 14 0000000001", people.BHYT_OF_2021, card("dn4140000000001")],
)
def test_the_old_number_and_the_new_are_the_same_person(shown):
    assert recognise(shown).identity == HOLDER.identity


@pytest.mark.parametrize("hexed", ["", "-", "4e6", "zz", "ff", "4e677579e1bb", "é", "e1bb8"])
def test_a_garbled_name_is_no_name_and_no_fault(hexed):
    assert recognise(card(name=hexed)) == Visitor(Format.BHYT, birth="1999-02-01", reference="0000000001")


def test_a_decomposed_name_is_the_same_name():
    import unicodedata

    written = unicodedata.normalize("NFD", HOLDER.name).encode().hex()

    assert recognise(card(name=written)) == HOLDER


def test_a_name_in_hex_cannot_turn_a_line_around():
    assert recognise(card(name="Ng\u202eThử\x00".encode().hex())).name == "Ng Thử"


@pytest.mark.parametrize(
    ("written", "birth"),
    [("01/02/1999", "1999-02-01"), ("1999", "1999"), ("31/02/1999", None), ("", None), ("02/1999", None)],
)
def test_a_birth_is_a_day_or_a_year(written, birth):
    assert recognise(card(birth=written)).birth == birth


@pytest.mark.parametrize(
    "shown", [card("123"), card("0" * 12), card("DN41400000000"), card("D14140000000001"), "|$", "$"]
)
def test_what_has_another_number_is_no_card(shown):
    assert recognise(shown) == Unreadable(Reason.UNKNOWN_CODE)


def test_a_card_with_other_fields_at_the_end_is_one():
    assert recognise("0000000001|4e|1999|$") == Visitor(
        Format.BHYT, name="N", birth="1999", reference="0000000001"
    )


@pytest.mark.parametrize("number", ["7916123456", "0412345678", "HS4010112345678"])
def test_a_bare_number_is_a_holder(number):
    assert recognise(number) == Visitor(Format.BHYT, reference=number[-10:])


@pytest.mark.parametrize("number", ["0312345678", "0512345678", "0712345678", "0812345678", "0912345678"])
def test_ten_digits_that_can_be_a_phone_are_one(number):
    assert recognise(number).format is Format.PHONE


@pytest.mark.parametrize("number", ["1900561234", "1800599920", "140000000000001", "79161234567"])
def test_services_and_other_lengths_are_nobodys(number):
    assert recognise(number) == Unreadable(Reason.UNKNOWN_CODE)
