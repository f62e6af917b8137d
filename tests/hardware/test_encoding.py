"""From the bytes in a code to its exact text, or to none."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.encoding import exact_text, texts
from tests import people


@pytest.mark.parametrize(
    "text", [*people.ALL, "ếữựậ", "日本語", "ｶﾅ", "🙂", "a\0b\r\n\t\ufeffc", "\x7f\x80ÿ"]
)
def test_utf8_is_read_to_the_letter(text):
    assert exact_text(text.encode()) == text


@pytest.mark.parametrize("text", ["日本語", "漢字", "、。", "東京0912", "0912|東京|x", "Кот", "ソ表"])
def test_shift_jis_of_kanji_mode_is_read(text):
    assert exact_text(text.encode("shift_jis")) == text


@pytest.mark.parametrize("content", [b"Caf\xe9", b"Th\xad", b"M\xfcller", b"\xff\xfe\x00", b"\xc3", b"\x80"])
def test_bytes_of_another_encoding_are_no_text(content):
    assert exact_text(content) is None


@pytest.mark.parametrize("content", [b"\xb1\xb2\xb3", b"ABC\xa1", "日本ｶﾅ".encode("shift_jis"), b"Gar\xdfe"])
def test_half_width_kana_are_letters_of_some_other_encoding(content):
    assert exact_text(content) is None


@pytest.mark.parametrize("text", ["Renée", "élève", "Garçe", "Lâm"])
def test_an_accent_of_latin_1_and_the_next_letter_are_no_kanji(text):
    assert exact_text(text.encode("latin-1")) is None


def test_utf8_cut_off_in_a_letter_is_no_text():
    assert exact_text("Nguyễ".encode()[:-1]) is None


def test_letters_in_pieces_are_put_together():
    assert exact_text(unicodedata.normalize("NFD", people.CCCD).encode()) == people.CCCD


def test_the_old_form_of_a_kanji_becomes_the_usual_one():
    """U+FA19 is another number for U+795E, and NFC knows only the second."""
    assert exact_text("\ufa19".encode()) == "\u795e"


def test_no_bytes_are_an_empty_text_and_count_as_nothing_read():
    assert (exact_text(b""), texts([b""])) == ("", [])


def test_the_same_text_in_two_encodings_is_one():
    assert texts(["日本語".encode(), "日本語".encode("shift_jis")]) == ["日本語"]


def test_texts_keep_their_order_and_lose_those_without_one():
    assert texts((b"2", b"Caf\xe9", b"1", b"2")) == ["2", "1"]


@given(st.text())
def test_any_text_in_utf8_comes_back(text):
    assert exact_text(text.encode()) == unicodedata.normalize("NFC", text)


@given(st.binary())
def test_any_bytes_are_a_text_in_nfc_or_none(content):
    text = exact_text(content)

    assert text is None or unicodedata.is_normalized("NFC", text)
