"""Whole texts of a reader, and halves."""

import json
import unicodedata
import zlib

import pytest
from base45 import b45encode
from hypothesis import given
from hypothesis import strategies as st

from hardware.wholeness import Doubt, is_known, is_whole
from tests import people
from tests.kiosk.formats import made

OPENED_S, LATER_S = 100.0, 200.0
CARDS = (people.CCCD, people.CCCD_OF_A_WOMAN, people.CAN_CUOC)
WHOLE = (
    *CARDS,
    people.PERSONAL_QR,
    people.BHYT,
    people.BHYT_OF_2021,
    people.PLACE,
    people.WIFI,
    people.CONTACT,
)
SIGNED = made.signed_code()
UNPACKING = (
    SIGNED,
    made.signed_code(name=None),
    made.health_certificate(),
    made.health_certificate(made.RSA_KEY),
)
NUMBERS = (people.PHONE, people.ID_NUMBER, "099000001")
words = st.text(max_size=8)


def believed(typed, began_s=LATER_S):
    return Doubt(OPENED_S).believe(typed, began_s, began_s + 1)


def halves(text):
    """Each text that is left when the end is missing."""
    return st.integers(1, len(text) - 1).map(lambda length: text[:length])


def ends(text):
    """Each text that is left when the beginning is missing."""
    return st.integers(1, len(text) - 1).map(lambda start: text[start:])


@pytest.mark.parametrize("text", WHOLE)
def test_a_known_code_needs_no_enter(text):
    assert believed(text) == (text,)


@pytest.mark.parametrize("text", UNPACKING, ids=["pass", "nameless pass", "P-256", "RSA"])
def test_what_unpacks_whole_needs_no_enter(text):
    assert believed(text) == (text,)


@given(st.sampled_from(UNPACKING).flatmap(halves))
def test_half_of_what_is_packed_is_never_believed(half):
    assert believed(half) == ()


@given(
    st.dictionaries(
        words, st.recursive(words | st.integers() | st.booleans(), st.lists, max_leaves=4), max_size=3
    ),
    st.binary(max_size=3),
)
def test_half_of_a_signed_code_is_never_believed_whatever_it_says(facts, head):
    said = json.dumps(facts, ensure_ascii=False, separators=(",", ":")).encode()
    text = "EK1:" + b45encode(head.ljust(72, b"~") + said).decode()

    assert is_whole(text)
    assert not any(is_whole(text[:length]) for length in range(100, len(text)))


@given(st.binary(max_size=200), st.integers(0, 9))
def test_half_of_a_certificate_is_never_believed_whatever_it_says(message, level):
    text = "HC1:" + b45encode(zlib.compress(message, level)).decode()

    assert is_whole(text)
    assert not any(is_whole(text[:length]) for length in range(len(text)))


@pytest.mark.parametrize(
    "packed",
    [b"", b"~" * 72, b"~" * 72 + b"{}"[:1], b"~" * 72 + b"[]", b"~" * 72 + b'"}"', b"~" * 72 + b"{} ", b"~" * 72 + b"\xff}",
     b"~" * 72 + b"[" * 5000 + b"]" * 5000, b"~" * 72 + b'{"a":' * 5000 + b"}" * 5000],
    ids=["nothing", "no facts", "half", "a list", "a text", "a space", "no UTF-8", "a deep list", "deep"],
)  # fmt: skip
def test_a_signed_code_without_facts_is_not_whole(packed):
    assert not is_whole("EK1:" + b45encode(packed).decode())


@pytest.mark.parametrize(
    "packed",
    [b"", b"x" * 40, zlib.compress(b"invented") + b"more", zlib.compress(bytes(10_000_000), 9)],
    ids=["nothing", "not packed", "more behind it", "a bomb"],
)
def test_a_certificate_that_does_not_unpack_is_not_whole(packed):
    assert not is_whole("HC1:" + b45encode(packed).decode())


@pytest.mark.parametrize("text", ["EK1:abc", "HC1:0", "EK1:", SIGNED.lower(), "HC1:::::::"])
def test_what_is_not_packed_as_it_should_be_is_not_whole(text):
    assert not is_whole(text)


@pytest.mark.parametrize("text", [*people.ALL, "Xin chào", "a|b"])
@pytest.mark.parametrize("end", ["\n", "\r", "\r\n", "\t", "\x03"], ids=["LF", "CR", "CRLF", "tab", "ETX"])
def test_a_text_that_its_reader_ended_is_believed(text, end):
    assert believed(text + end) == (text,)


@pytest.mark.parametrize("text", [*NUMBERS, people.SMART_HEALTH, people.WEB, "Xin chào", ""])
def test_a_text_that_could_go_on_is_nothing_without_its_end(text):
    assert believed(text) == ()


@given(st.sampled_from(CARDS).flatmap(halves))
def test_half_a_card_is_never_believed(half):
    """Only a card of 2024 that lacks nothing but its four last fields is one of 2021: the same visitor."""
    assert believed(half) == () or half == people.CAN_CUOC.removesuffix("||||")


@given(st.sampled_from(CARDS).flatmap(halves), st.sampled_from("\n\r\t"))
def test_a_card_that_its_reader_ended_before_the_seventh_field_is_not_believed(half, end):
    expected = () if "|" in half and half.count("|") < 6 else (half,)

    assert believed(half + end) == expected


@given(st.sampled_from((people.PERSONAL_QR, people.BHYT, people.PLACE, people.WIFI)).flatmap(halves))
def test_half_a_code_is_never_believed(half):
    assert believed(half) == ()


@given(
    st.sampled_from(CARDS).flatmap(
        lambda card: st.integers(1, len(card) - 1).map(lambda at: (card[:at], card[at:]))
    )
)
def test_the_two_halves_of_a_card_torn_by_a_pause_are_nothing(halves_of_it):
    """Not even the digits that are left of its number, with the Enter that comes after them."""
    first, second = halves_of_it
    doubt = Doubt(OPENED_S)
    told = doubt.believe(first, LATER_S, LATER_S + 0.5) + doubt.believe(
        second + "\n", LATER_S + 1, LATER_S + 1.5
    )

    assert told in {(), (people.CAN_CUOC.removesuffix("||||"),)}


@given(st.sampled_from((*CARDS, *NUMBERS)).flatmap(ends))
def test_the_end_of_a_text_that_began_before_its_reader_was_opened_is_nothing(end):
    assert believed(end + "\n", began_s=OPENED_S + 0.05) == ()


@given(st.sampled_from(NUMBERS).flatmap(ends))
def test_the_end_of_a_number_after_strokes_were_lost_is_nothing(end):
    doubt = Doubt(OPENED_S)
    doubt.tear(LATER_S)

    assert doubt.believe(end + "\n", LATER_S + 1, LATER_S + 1.1) == ()


def test_a_whole_card_right_after_half_a_one_is_believed():
    doubt = Doubt(OPENED_S)
    doubt.believe(people.CCCD[:30], LATER_S, LATER_S + 0.5)

    assert doubt.believe(people.CCCD + "\n", LATER_S + 0.7, LATER_S + 1) == (people.CCCD,)


def test_a_number_is_believed_again_once_a_text_has_ended_well():
    doubt = Doubt(OPENED_S)
    doubt.tear(LATER_S)
    doubt.believe("0001\n", LATER_S + 1, LATER_S + 1.1)

    assert doubt.believe(people.PHONE + "\n", LATER_S + 1.5, LATER_S + 1.6) == (people.PHONE,)


def test_a_number_is_believed_again_some_time_after_a_torn_text():
    doubt = Doubt(OPENED_S)
    doubt.tear(LATER_S)

    assert doubt.believe(people.PHONE + "\n", LATER_S + 2.5, LATER_S + 2.6) == (people.PHONE,)


def test_two_whole_codes_in_one_go_are_two_texts():
    assert believed(f"{people.CCCD}\n{people.CCCD_OF_A_WOMAN}\n") == (people.CCCD, people.CCCD_OF_A_WOMAN)


def test_a_contact_of_several_lines_is_one_text():
    assert believed(people.CONTACT + "\n") == (people.CONTACT,)


def test_texts_are_believed_in_nfc():
    decomposed = unicodedata.normalize("NFD", people.CCCD)

    assert believed(decomposed) == (people.CCCD,)


@pytest.mark.parametrize(
    "text", [people.CCCD.swapcase(), people.CCCD.replace("|", "\\"), "Xin chào", "9" * 8, ""]
)
def test_texts_that_were_typed_wrongly_are_not_known(text):
    assert not is_known(text)


@pytest.mark.parametrize("text", [*people.ALL, "HC1:6BF+70790T9WJWG", "EK1:abc"])
def test_codes_are_known_by_their_beginning(text):
    assert is_known(text)


@given(people.anything)
def test_any_text_at_all_is_judged(text):
    assert is_whole(text) in {True, False}
    assert believed(text) in {(), (unicodedata.normalize("NFC", text.strip("\r\n\t\x03")),)} or "\n" in text
