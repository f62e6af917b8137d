"""Persons and answers as the pages write them."""

import time
import unicodedata

import pytest

from collector import answers, people, searching
from tests.collector.web.conftest import KNOWN


def test_an_answer_does_not_show_in_a_repr():
    questions = [
        {
            "id": "visit",
            "text": {"vi": "Đến làm gì?"},
            "answers": [{"id": "work", "text": {"vi": "Làm việc"}}],
        }
    ]

    (one,) = answers.told({"visit": "work"}, questions, "vi")

    assert one.answer == "Làm việc"

    assert "Làm việc" not in repr(one)


def test_a_name_of_letters_that_nobody_sees_is_none():
    assert people.tidy("\u034f\u115f\u3164") == ""


def test_a_name_without_end_is_cut():
    assert people.tidy("A" * 5000) == "A" * 79 + "…"


def test_a_name_does_not_grow_out_of_its_line():
    assert people.tidy("A" + "\u0335" * 50) == "A" + "\u0335" * 2


@pytest.mark.parametrize("read", [people.tidy, searching.folded])
def test_a_name_of_marks_without_end_is_read_at_once(read):
    began_s = time.process_time()

    assert len(read("a" + "\u0315\u0300" * 20_000)) <= people.MAX_LETTERS
    assert time.process_time() - began_s < 1


def test_a_long_name_of_composed_letters_is_shown_as_far_as_it_goes():
    assert people.tidy(unicodedata.normalize("NFD", "ệ" * 120)) == "ệ" * 79 + "…"


@pytest.mark.parametrize("text", ["Nguyễn Văn Thử", "Đặng Thị Ổi", "H'Hen Niê", "Lò Văn Ước"])
def test_a_vietnamese_name_stays_as_it_is(text):
    assert people.tidy(text) == text


def test_a_person_does_not_show_in_a_repr():
    assert "Thử" not in repr(people.show(KNOWN))
