"""Codes by which a centre makes a box its own."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk import setup_codes, signing
from kiosk.model import Reason, Unreadable
from kiosk.proof import Trust
from kiosk.setup_codes import SetupCode, Wifi
from kiosk.signing import Purpose, SignedCode

KEY, OTHER = bytes(range(32)), bytes(range(1, 33))
EXPIRES = datetime(2026, 12, 1, 9, tzinfo=UTC)
CODE = SetupCode(
    "https://centre.example:8884", bytes(32), "A" * 22, EXPIRES, Wifi("Trạm nước", "mat khau 12")
)


def keys_of(private):
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    public = Ed25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw()
    return {signing.key_id(public): public}


@pytest.mark.parametrize(
    "code", [CODE, replace(CODE, wifi=None), replace(CODE, wifi=Wifi("open", hidden=True))]
)
@pytest.mark.parametrize("keys", [None, keys_of(KEY)], ids=["new box", "box of the centre"])
def test_a_set_up_code_says_what_was_signed(code, keys):
    assert setup_codes.opened(setup_codes.sign(code, KEY), keys) == code


def test_a_box_of_a_centre_refuses_the_code_of_another():
    assert setup_codes.opened(setup_codes.sign(CODE, OTHER), keys_of(KEY)) == Unreadable(Reason.FORGED_CODE)


def test_a_code_that_somebody_changed_is_forged():
    text = setup_codes.sign(CODE, KEY)
    changed = setup_codes.sign(replace(CODE, url="https://else.example:8884"), KEY)
    head = len("EK1:") + 108  # key id and signature, as base45 has them

    assert setup_codes.opened(text[:head] + changed[head:], keys_of(KEY)) == Unreadable(Reason.FORGED_CODE)


@pytest.mark.parametrize("purpose", [Purpose.PASS, Purpose.BADGE, Purpose.TECHNICIAN])
def test_a_code_for_something_else_sets_nothing_up(purpose):
    text = signing.sign(SignedCode(purpose, "somebody", EXPIRES), KEY)

    assert setup_codes.opened(text, None) is None
    assert setup_codes.opened(text, keys_of(KEY)) is None


def test_a_text_that_is_no_signed_code_is_none():
    assert setup_codes.opened("014099000001", None) is None


@pytest.mark.parametrize(
    "facts",
    [
        {"url": "http://centre.example:8884"},
        {"url": "https://centre.example:8884/../x y"},
        {"ca": "AAAA"},
        {"sub": "short"},
        {"exp": "soon"},
        {"ssid": ""},
        {"ssid": "x" * 33},
        {"ssid": ["x"]},
        {"ssid": "net", "psk": "short"},
        {"ssid": "net\n[ipv4]"},
    ],
)
def test_a_code_that_says_nonsense_is_broken(facts):
    good = {"for": "setup", "sub": "A" * 22, "exp": 1, "url": "https://c.example:8884", "ca": "A" * 43}

    assert setup_codes.opened(signing.signed(good, KEY), None) is not None
    assert setup_codes.opened(signing.signed(good | facts, KEY), None) == Unreadable(Reason.BROKEN_CODE)


def test_neither_token_nor_password_is_told_by_its_repr():
    assert "A" * 22 not in repr(CODE)
    assert "mat khau" not in repr(CODE)


def test_a_bad_password_is_not_told_in_its_complaint():
    with pytest.raises(ValueError, match="8 to 63") as complaint:
        Wifi("net", "ngắn quá mà có dấu")

    assert "dấu" not in str(complaint.value)


@given(st.text())
def test_no_text_makes_it_raise(text):
    setup_codes.opened(f"EK1:{text}", None)
    setup_codes.opened(text, Trust().own)
