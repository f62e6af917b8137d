"""A small part of what `python -m tests.fuzz` does by the million."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.formats import number, recognise
from kiosk.model import Unreadable, Visitor
from tests.fuzz.__main__ import SEED
from tests.fuzz.payloads import KINDS, payload
from tests.fuzz.trying import run
from tests.kiosk.formats import made

PREFIXES = st.sampled_from(["", "HC1:", "EK1:", "shc:/", "https://kbyt.khambenh.gov.vn/#", "0000000001|"])


@pytest.mark.parametrize("kind", KINDS)
def test_no_mutation_raises_hangs_or_lies(kind):
    assert run(kind, SEED, 0, 2000).faults == []


@pytest.mark.parametrize("kind", KINDS)
def test_a_seed_and_a_number_bring_a_payload_back(kind):
    assert [payload(kind, 7, number) for number in range(20)] == [
        payload(kind, 7, number) for number in range(20)
    ]


@given(PREFIXES, st.text())
def test_any_text_after_any_beginning_has_an_answer(prefix, text):
    assert isinstance(recognise(prefix + text, made.TRUST, made.NOW), Visitor | Unreadable)


@given(st.text())
def test_any_typed_text_has_an_answer(text):
    assert isinstance(number.recognise(text), Visitor | Unreadable | None)


@given(PREFIXES, st.binary())
def test_any_bytes_read_in_any_way_have_an_answer(prefix, raw):
    for encoding in ("latin-1", "utf-8", "shift-jis"):
        read = prefix + raw.decode(encoding, "surrogateescape" if encoding == "utf-8" else "replace")
        assert isinstance(recognise(read, made.TRUST, made.NOW), Visitor | Unreadable)


@given(st.binary())
def test_any_bytes_in_a_health_certificate_have_an_answer(raw):
    assert isinstance(recognise(made.hc1(raw), made.TRUST, made.NOW), Unreadable)
    assert isinstance(recognise(made.hc1(made.sign1(raw)), made.TRUST, made.NOW), Unreadable)
