"""Tokens of the office's own code."""

from datetime import UTC, datetime, timedelta, timezone
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.sealing import Sealer
from kiosk.tokens import Tokens, office_code_key, token, with_token
from tests.fakes import MORNING

KEY = office_code_key(b"p" * 32)


def test_a_token_is_what_openssl_makes_of_it():
    """`openssl kdf … HKDF`, then `openssl dgst -sha256 -mac HMAC`, five bytes of it through `base32`."""
    assert KEY.hex() == "f8df6df659729c94365090e649cd23584b62cf2e8dae803c5e76a0240d803b23"
    assert token(KEY, "kiosk-1", datetime(2026, 11, 23, 1, 5, tzinfo=UTC)) == "j63uo3j2"


def test_a_token_lasts_for_its_minute_in_every_zone():
    first, last = MORNING.replace(second=0), MORNING.replace(second=59, microsecond=999_999)
    there = first.astimezone(timezone(timedelta(hours=5, minutes=45)))

    assert token(KEY, "kiosk-1", first) == token(KEY, "kiosk-1", last) == token(KEY, "kiosk-1", there)
    assert token(KEY, "kiosk-1", last + timedelta(microseconds=1)) != token(KEY, "kiosk-1", last)


def test_boxes_and_places_have_tokens_of_their_own():
    other = office_code_key(b"q" * 32)

    assert len({token(KEY, "a", MORNING), token(KEY, "b", MORNING), token(other, "a", MORNING)}) == 3


@given(
    st.binary(min_size=32, max_size=32),
    st.text(min_size=1, max_size=63),
    st.datetimes(timezones=st.just(UTC)),
)
def test_a_token_is_eight_letters_whatever_the_time(key, kiosk, at):
    made = token(key, kiosk.encode(errors="replace").decode(), at)

    assert len(made) == 8
    assert set(made) <= set("abcdefghijklmnopqrstuvwxyz234567")


def test_the_key_of_the_tokens_is_not_that_of_the_pseudonyms():
    sealer = Sealer("kiosk-1", b"p" * 32)

    assert sealer.place_key != KEY
    assert "p" * 32 not in repr(Tokens("kiosk-1", KEY))
    assert "key" not in repr(Tokens("kiosk-1", KEY))


@pytest.mark.parametrize(
    ("address", "whole"),
    [
        ("https://vao.example.vn/o/k7p2mqx", "https://vao.example.vn/o/k7p2mqx?t=j63uo3j2"),
        ("https://vao.example.vn", "https://vao.example.vn?t=j63uo3j2"),
        ("https://vao.example.vn/o?place=17", "https://vao.example.vn/o?place=17&t=j63uo3j2"),
        ("https://vao.example.vn/o#vao", "https://vao.example.vn/o?t=j63uo3j2#vao"),
        ("https://vao.example.vn/o?place=17#a?b", "https://vao.example.vn/o?place=17&t=j63uo3j2#a?b"),
        ("https://vao.example.vn/o#a?b", "https://vao.example.vn/o?t=j63uo3j2#a?b"),
    ],
)
def test_the_page_is_asked_with_the_token(address, whole):
    assert with_token(address, "j63uo3j2") == whole


@given(st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=180))
def test_whatever_the_address_its_page_learns_the_token_and_nothing_else_changes(rest):
    address = f"https://vao.example.vn/{rest}"
    before, after = urlsplit(address), urlsplit(with_token(address, "j63uo3j2"))

    assert parse_qs(after.query)["t"][-1] == "j63uo3j2"
    assert (after.netloc, after.path, after.fragment) == (before.netloc, before.path, before.fragment)
    assert after.query.removesuffix("t=j63uo3j2").removesuffix("&") in {before.query, before.query[:-1]}
