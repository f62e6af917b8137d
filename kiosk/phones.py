"""
Phone numbers: read as people write them, kept in E.164, shown as people say them.

Shapes from the numbering plan of Circular 22/2014/TT-BTTTT: mobile numbers have ten digits and begin with
03, 05, 07, 08 or 09; landlines have eleven and begin with 02. 1800 and 1900 numbers are services, not people.
"""

import re

import phonenumbers

MAX_DIGITS = 15
"""Longest phone number with its country code (ITU-T E.164): nothing longer is keyed in."""

_HOME = "VN"
_PERSONAL = re.compile(r"[35789][0-9]{8}|2[0-9]{9}")
_LONGEST_PHONE = 11
_WRITTEN = re.compile(r"[+0-9][0-9 .()-]{7,24}")


def e164(text: str) -> str | None:
    """
    A person's phone number in E.164, such as `+84982688084`.

    Takes dots, spaces, hyphens, `+84` and `0084`. None when the text is no number that a person can have.
    A foreign number is taken where it is written with its country code.
    """
    if not _WRITTEN.fullmatch(text.strip()):
        return None
    try:
        number = phonenumbers.parse(text, _HOME)
    except phonenumbers.NumberParseException:
        return None
    national = phonenumbers.national_significant_number(number)
    if number.country_code == phonenumbers.country_code_for_region(_HOME):
        possible = _PERSONAL.fullmatch(national) is not None
    else:
        possible = phonenumbers.is_possible_number(number)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164) if possible else None


def masked(phone: str) -> str:
    """A number in E.164 as it may be seen by others: `0982 *** 084`."""
    spoken = re.sub(r"^\+84", "0", phone)
    return f"{spoken[:4]} *** {spoken[-3:]}"


def grouped(digits: str) -> str:
    """
    Digits grouped as people say them, while they are typed or when they are done.

    Ten or eleven digits as phone numbers (`0982 688 084`), others in threes from the left.
    """
    head, tail = digits[:4], digits[4:]
    if len(digits) > _LONGEST_PHONE or not digits.startswith("0"):
        head, tail = "", digits
    groups = [head, *(tail[start : start + 3] for start in range(0, len(tail), 3))]
    return " ".join(group for group in groups if group)
