"""What the fields of codes may hold."""

import time
import unicodedata

import pytest

from kiosk import fields

UNSEEN = ["\u00ad", "\u034f", "\u115f", "\u180b", "\u200b", "\u2060", "\u3164", "\ufe0f", "\U000e0100"]
"""Drawn as nothing at all: what is made of them alone has no width."""


def named(letter):
    return f"U+{ord(letter):04X}"


@pytest.mark.parametrize("letter", UNSEEN, ids=named)
def test_letters_that_nobody_sees_make_no_name(letter):
    assert fields.name(letter * 3) is None


@pytest.mark.parametrize("letter", UNSEEN, ids=named)
def test_letters_that_nobody_sees_do_not_hide_in_a_name(letter):
    assert fields.name(f"Lò {letter}Văn Thử") == "Lò Văn Thử"


def test_a_name_in_vietnamese_stays_as_it_is_written():
    name = "Nguyễn Thị Phương Thuỵ"

    assert fields.name(unicodedata.normalize("NFD", name)) == name


def test_a_name_of_marks_without_end_is_read_at_once():
    began_s = time.process_time()

    assert len(fields.name("a" + "\u0315\u0300" * 20_000)) == fields.MAX_NAME_LETTERS
    assert time.process_time() - began_s < 1


def test_a_long_name_of_composed_letters_is_kept_as_far_as_it_goes():
    assert fields.name(unicodedata.normalize("NFD", "ệ" * 120)) == "ệ" * fields.MAX_NAME_LETTERS
