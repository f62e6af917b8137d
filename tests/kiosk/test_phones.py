"""Phone numbers as people say them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk import phones


@pytest.mark.parametrize(
    ("digits", "said"),
    [
        ("", ""),
        ("0", "0"),
        ("09123", "0912 3"),
        ("0912345678", "0912 345 678"),
        ("02123852024", "0212 385 202 4"),
        ("014099000005", "014 099 000 005"),
        ("123456789", "123 456 789"),
    ],
)
def test_digits_are_grouped_as_people_say_them(digits, said):
    assert phones.grouped(digits) == said


def test_a_shown_number_hides_its_middle():
    assert phones.masked("+84982688084") == "0982 *** 084"


@given(st.text())
def test_any_text_is_a_phone_number_or_is_not(text):
    phone = phones.e164(text)

    assert phone is None or phone.startswith("+")


@given(st.text(alphabet="0123456789", max_size=15))
def test_grouping_loses_no_digit(digits):
    assert phones.grouped(digits).replace(" ", "") == digits
