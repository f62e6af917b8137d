"""Guards' PINs and badges: hashed as they may be kept, and found again."""

import hmac
import re
import sys
import threading

import pytest
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk import pins
from kiosk.badges import badge_digest
from kiosk.pins import hashed, matches, salt_of

SALT = b"salt of a place."
AN, BINH, CHI = "482913", "730264", "915208"
KEPT = [hashed(pin, SALT) for pin in (AN, BINH, CHI)]
ELSEWHERE = hashed(AN)
_, _, _, _COSTS, _SALT, _DIGEST = KEPT[0].split("$")


def phc(costs=_COSTS, salt=_SALT, digest=_DIGEST, name="argon2id", version="v=19"):
    return f"${name}${version}${costs}${salt}${digest}"


NO_HASHES = {
    "nothing": "",
    "a PIN": AN,
    "another function": phc(name="argon2i"),
    "an older version": phc(version="v=16"),
    "scrypt": "$scrypt$ln=14,r=8,p=1$c2FsdA$aGFzaA",
    "no memory": phc("m=0,t=2,p=1"),
    "less memory than its lanes need": phc("m=7,t=2,p=1"),
    "more memory than 64 MiB": phc("m=65537,t=2,p=1"),
    "memory without end": phc("m=4294967295,t=2,p=1"),
    "five passes": phc("m=19456,t=5,p=1"),
    "no pass": phc("m=19456,t=0,p=1"),
    "five lanes": phc("m=19456,t=2,p=5"),
    "a cost that is no number": phc("m=many,t=2,p=1"),
    "a digit of another script": phc("m=1945٦,t=2,p=1"),
    "no salt": phc(salt=""),
    "a salt too short": phc(salt="c2FsdA"),
    "a salt of an impossible length": phc(salt="A" * 13),
    "a salt without end": phc(salt="A" * 100_000),
    "half a hash": phc(digest=_DIGEST[:20]),
    "a line behind it": phc() + "\n",
    "a part too many": phc() + "$",
}


def test_a_pin_is_kept_in_the_format_of_the_password_hashing_competition():
    assert re.fullmatch(r"\$argon2id\$v=19\$m=19456,t=2,p=1\$[\w+/]{22}\$[\w+/]{43}", hashed(AN))


def test_any_reader_of_that_format_knows_the_pin_again():
    Argon2id.verify_phc_encoded(AN.encode(), KEPT[0])


@pytest.mark.parametrize(("place", "pin"), [(0, AN), (1, BINH), (2, CHI)])
def test_a_pin_tells_whose_it_is(place, pin):
    assert matches(pin, KEPT) == place


def test_a_pin_of_nobody_is_nobodys():
    assert matches("604937", KEPT) is None
    assert matches(AN, []) is None


def test_guards_with_salts_of_their_own_are_found_too():
    assert matches(AN, [hashed(BINH), ELSEWHERE]) == 1


def test_each_hash_has_a_salt_of_its_own_unless_told_otherwise():
    assert hashed(AN) != ELSEWHERE
    assert hashed(AN, SALT) == KEPT[0]


def test_the_next_guard_of_a_place_gets_the_same_salt():
    assert salt_of(KEPT[0]) == SALT
    assert salt_of(hashed(BINH, salt_of(ELSEWHERE))) == salt_of(ELSEWHERE)


def test_two_guards_with_the_same_pin_are_found_when_it_is_set():
    assert hashed(AN, salt_of(KEPT[1])) in KEPT


def test_of_two_with_the_same_pin_it_is_the_first():
    assert matches(AN, [KEPT[1], KEPT[0], ELSEWHERE]) == 1


@pytest.fixture
def derived(monkeypatch):
    """The salts of all derivations."""
    salts = []

    def watched(**costs):
        salts.append(costs["salt"])
        return Argon2id(**costs)

    monkeypatch.setattr(pins, "Argon2id", watched)
    return salts


def test_one_derivation_does_for_all_guards_of_a_place(derived):
    matches(CHI, KEPT * 100)

    assert derived == [SALT]


def test_the_time_it_takes_does_not_tell_where_a_pin_was_found(monkeypatch):
    """Every hash is compared, whether one before it was the right one or not."""
    compared, same = [], hmac.compare_digest
    monkeypatch.setattr(
        pins.hmac, "compare_digest", lambda one, other: compared.append(other) or same(one, other)
    )

    assert matches(AN, KEPT) == 0
    assert len(compared) == 3


@pytest.mark.parametrize("kept", NO_HASHES.values(), ids=NO_HASHES)
def test_what_is_no_hash_is_nobodys(kept, derived):
    assert matches(AN, [kept]) is None
    assert derived == [], "and costs nothing"
    with pytest.raises(ValueError, match="no hash of a PIN"):
        salt_of(kept)


def test_what_is_no_hash_keeps_no_other_guard_out():
    assert matches(AN, [*NO_HASHES.values(), KEPT[0]]) == len(NO_HASHES)


@given(st.lists(st.text(max_size=120) | st.text("$argon2id=v19m,tp0+/", max_size=120), max_size=5))
def test_no_text_at_all_is_a_hash_or_ends_anything(kept):
    assert matches(AN, kept) is None


@pytest.mark.parametrize(
    "pin",
    [
        "",
        "48291",
        "4829130",
        "048291",
        "48a913",
        "４８２９１３",
        "48 913",
        "482913\n",
        "-48291",
        "+48291",
        "482.13",
    ],
)
def test_a_pin_is_six_digits_and_does_not_begin_with_0(pin):
    """So no phone and no ID number can be one."""
    with pytest.raises(ValueError, match="6 digits, and the first of them is not 0"):
        hashed(pin)
    assert matches(pin, KEPT) is None


@pytest.mark.parametrize(
    "pin",
    [
        *("111111", "999999", "123456", "654321", "234567", "987654", "890123", "210987", "135791", "864208"),
        *("100000", "121212", "112211", "200002", "123123", "786786", "123321", "850058", "112233", "998877"),
        *("147258", "159753", "789456", "369258"),
    ],
)
def test_a_pin_that_everybody_would_try_first_is_refused(pin):
    with pytest.raises(ValueError, match="choose another"):
        hashed(pin)


def test_few_others_are_refused():
    refused = sum(pins._is_guessable(str(pin)) for pin in range(100_000, 1_000_000))

    assert refused < 900_000 / 200


@pytest.mark.parametrize("pin", ["123456", "048291", "4829131"])
def test_no_error_tells_the_pin(pin):
    with pytest.raises(ValueError, match="PIN") as refused:
        hashed(pin)

    assert pin not in str(refused.value)
    assert refused.value.__cause__ is None


def test_a_hash_does_not_hold_the_pin_nor_a_repr_the_salt():
    recipe, digest = pins._read(KEPT[0])

    assert AN not in KEPT[0]
    assert "salt of a place" not in repr(recipe)
    assert digest not in {AN.encode(), AN.encode().ljust(32, b"\0")}


@settings(max_examples=5, deadline=None)
@given(st.integers(100_000, 999_999).map(str).filter(lambda pin: not pins._is_guessable(pin)))
def test_any_pin_is_found_among_others(pin):
    kept = [*KEPT, hashed(pin, SALT)]

    assert matches(pin, kept) == kept.index(kept[3])


@pytest.fixture
def _stubborn():
    """No thread gives way to another by itself."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1000)
    yield
    sys.setswitchinterval(before)


@pytest.mark.usefixtures("_stubborn")
def test_the_door_goes_on_while_a_pin_is_looked_at():
    go, went = threading.Event(), threading.Event()
    other = threading.Thread(target=lambda: go.wait() and went.set(), daemon=True)
    other.start()
    go.set()
    for _ in range(50):
        if went.is_set():
            break
        matches(AN, KEPT)

    assert went.is_set()


def test_a_badge_is_known_by_its_digest():
    assert badge_digest("guard-7") == badge_digest("guard-7") != badge_digest("guard-8")
    assert re.fullmatch("[0-9a-f]{64}", badge_digest("guard-7"))
