"""Signed codes of the centre: what is believed, for what, and how long."""

import json
from datetime import timedelta

import pytest
from base45 import b45decode, b45encode
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from kiosk import signing
from kiosk.badges import badge_digest
from kiosk.formats import recognise
from kiosk.model import Format, Reason, Unreadable, Visitor
from kiosk.proof import NOBODY, Proof, Trust
from kiosk.signing import Purpose, SignedCode
from tests.kiosk.formats import made

FORGED = Unreadable(Reason.FORGED_CODE)
BROKEN = Unreadable(Reason.BROKEN_CODE)
BEARER = Visitor(Format.PASS, name="Lò Thị Thử", reference="K-0042", proof=Proof.VALID)


def shown(text, trust=made.TRUST, at=made.NOW):
    return recognise(text, trust, at)


def signed(facts):
    """Facts of any kind, signed by the centre."""
    facts = facts if isinstance(facts, bytes) else json.dumps(facts).encode()
    head = signing.key_id(made.CENTRE_PUBLIC)
    signature = Ed25519PrivateKey.from_private_bytes(made.CENTRE).sign(b"EK1:" + head + facts)
    return "EK1:" + b45encode(head + signature + facts).decode()


def test_a_pass_tells_its_bearer():
    assert shown(made.signed_code()) == BEARER


def test_a_pass_may_do_without_a_name():
    assert shown(made.signed_code(name=None)) == Visitor(Format.PASS, reference="K-0042", proof=Proof.VALID)


def test_a_set_up_code_is_named_and_lets_nobody_in():
    assert shown(made.signed_code(Purpose.SETUP)) == Unreadable(Reason.SETUP_CODE)


def test_a_badge_lets_nobody_in_and_tells_by_what_its_guard_is_known():
    told = shown(made.signed_code(Purpose.BADGE))

    assert told == Unreadable(Reason.BADGE_CODE, badge_digest("K-0042"), made.NOW + timedelta(days=1))


@pytest.mark.parametrize("purpose", Purpose)
def test_whatever_it_is_for_a_code_runs_out(purpose):
    code = made.signed_code(purpose, not_before=made.NOW - timedelta(hours=1))

    assert shown(code, at=made.NOW + timedelta(days=1)) == Unreadable(Reason.EXPIRED_CODE)
    assert shown(code, at=made.NOW - timedelta(hours=2)) == Unreadable(Reason.EARLY_CODE)


def test_a_clock_that_nobody_set_calls_nothing_expired():
    assert shown(made.signed_code(days=-400), at=None) == BEARER


@pytest.mark.parametrize("purpose", Purpose)
def test_what_was_signed_can_be_read_again(purpose):
    code = SignedCode(purpose, "K-0042", made.EXPIRES, made.ISSUED, "Lò Thị Thử")

    assert signing.opened(signing.sign(code, made.CENTRE), made.TRUST) == code


def test_a_code_is_drawn_in_the_small_alphabet_of_qr_codes():
    assert set(made.signed_code()) <= set("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:")


def test_a_code_of_a_stranger_is_nobodys():
    assert shown(made.signed_code(key=made.STRANGER)) == FORGED


def test_a_door_that_knows_no_centre_believes_none():
    assert shown(made.signed_code(), NOBODY) == FORGED


def test_a_stranger_cannot_borrow_the_centres_key_id():
    strangers = b45decode(made.signed_code(key=made.STRANGER)[4:])

    assert shown("EK1:" + b45encode(signing.key_id(made.CENTRE_PUBLIC) + strangers[8:]).decode()) == FORGED


def test_a_key_of_another_id_does_not_help():
    swapped = Trust(own={b"12345678": made.CENTRE_PUBLIC})

    assert shown(made.signed_code(), swapped) == FORGED


def test_a_badge_cannot_be_made_out_of_a_pass():
    packed = b45decode(made.signed_code()[4:])

    assert shown("EK1:" + b45encode(packed.replace(b'"pass"', b'"badge"')).decode()) == FORGED


def test_a_code_of_a_later_version_is_not_taken_for_one_of_this():
    assert shown(made.signed_code().replace("EK1:", "EK2:")) == Unreadable(Reason.UNKNOWN_CODE)


def test_any_bit():
    packed = b45decode(made.signed_code()[4:])
    for bit in range(len(packed) * 8):
        flipped = bytearray(packed)
        flipped[bit // 8] ^= 1 << bit % 8
        assert shown("EK1:" + b45encode(bytes(flipped)).decode()) == FORGED


def test_cut_at_every_letter():
    code = made.signed_code()
    for length in range(len("EK1:"), len(code)):
        assert shown(code[:length]) in (FORGED, BROKEN)


@pytest.mark.parametrize("text", ["EK1:", "EK1:0", "EK1:chữ", "EK1:" + "0" * 108, "EK1:ek1"])
def test_what_holds_no_code_is_broken(text):
    assert shown(text) == BROKEN


@pytest.mark.parametrize(
    "facts",
    [
        b"[" * 2000,
        b"\xff",
        b"{}",
        b"[]",
        b"null",
        b'"pass"',
        {"for": "reign", "sub": "x", "exp": 1800000000},
        {"for": ["pass"], "sub": "x", "exp": 1800000000},
        {"for": "pass", "sub": "", "exp": 1800000000},
        {"for": "pass", "sub": "x" * 81, "exp": 1800000000},
        {"for": "pass", "sub": "\u202ex", "exp": 1800000000},
        {"for": "pass", "sub": "\ud800", "exp": 1800000000},
        {"for": "pass", "sub": 5, "exp": 1800000000},
        {"for": "pass", "sub": "x"},
        {"for": "pass", "sub": "x", "exp": None},
        {"for": "pass", "sub": "x", "exp": "2030"},
        {"for": "pass", "sub": "x", "exp": -1},
        {"for": "pass", "sub": "x", "exp": 10**30},
        {"for": "pass", "sub": "x", "exp": 1e400},
        {"for": "pass", "sub": "x", "exp": 1800000000, "nbf": "now"},
        {"for": "pass", "sub": "x", "exp": 1800000000, "name": 5},
    ],
    ids=lambda facts: str(facts)[:60],
)
def test_what_a_later_centre_says_and_this_door_cannot_follow_is_broken(facts):
    assert shown(signed(facts)) == BROKEN


def test_facts_that_this_door_does_not_know_are_passed_over():
    facts = {"for": "pass", "sub": "K-0042", "exp": 1800000000, "name": "Lò Thị Thử", "room": 3}

    assert shown(signed(facts)) == BEARER


def test_a_code_shows_nobody_in_its_repr():
    assert "K-0042" not in repr(signing.opened(made.signed_code(), made.TRUST))
    assert "Thử" not in repr(signing.opened(made.signed_code(), made.TRUST))
