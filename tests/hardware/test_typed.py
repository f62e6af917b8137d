"""What a reader typed, whatever keymap it was set to."""

import pytest
from evdev import ecodes
from hypothesis import given
from hypothesis import strategies as st

from hardware import keymaps
from hardware.keyboards import Stroke
from hardware.keymaps import AMERICAN, FRENCH, GERMAN
from hardware.simulated.keyboards import strokes_of
from hardware.typed import text_of
from tests import people

CARD = "014099000001|050000002|Nguyen Van Thu Yz|01021999|Nam|Ban Mon, Son La|15042021"
PASS = "EK1:abc-DEF_123"


def tap(*codes, held=()):
    """These keys, while others are held."""
    strokes = [(code, True) for code in held]
    strokes += [(code, down) for code in codes for down in (True, False)]
    strokes += [(code, False) for code in held]
    return [Stroke(code, down, 0.0) for code, down in strokes]


def typed_on(keymap, text):
    """The strokes of a reader that is set to this keymap; a letter that it does not have is left out."""
    strokes = []
    for letter in text:
        for keys, held in (
            (keymap.plain, ()),
            (keymap.shifted, (keymaps.LEFT_SHIFT,)),
            (keymap.alternate, (keymaps.RIGHT_ALT,)),
        ):
            code = next(
                (
                    code
                    for code, stands in keys.items()
                    if stands == letter and code not in keymaps.PAD_DIGITS
                ),
                None,
            )
            if code is not None:
                strokes += tap(code, held=held)
                break
    return strokes


def by_number(*numbers):
    """Alt held, and a number on the pad, for each."""
    on_the_pad = {digit: code for code, digit in keymaps.PAD_DIGITS.items()}
    return [
        stroke
        for number in numbers
        for stroke in tap(*(on_the_pad[digit] for digit in number), held=(keymaps.LEFT_ALT,))
    ]


@pytest.mark.parametrize("text", [CARD, PASS, *people.ALL])
def test_a_reader_with_the_right_keymap_is_taken_at_its_word(text):
    assert text_of(strokes_of(text, 0.0)) == text


@given(st.text(st.characters(min_codepoint=32, max_codepoint=126)))
def test_each_letter_of_an_american_keyboard_is_typed(text):
    known = text_of(strokes_of("https://" + text, 0.0))

    assert known == "https://" + text


@pytest.mark.parametrize("keymap", [GERMAN, FRENCH], ids=["QWERTZ", "AZERTY"])
@pytest.mark.parametrize(
    "text",
    [
        CARD,
        people.PERSONAL_QR,
        people.BHYT,
        people.PLACE,
        people.PHONE,
        "HC1:6BF+70790T9WJWG.FKY*4GO0",
        PASS,
        people.WIFI,
    ],
    ids=["card", "personal qr", "insurance", "place", "phone", "certificate", "pass", "wifi"],
)
def test_a_reader_with_another_keymap_is_understood(keymap, text):
    assert text_of(typed_on(keymap, text)) == text


@pytest.mark.parametrize(
    "text", [CARD, people.PERSONAL_QR, "HC1:6BF+70790T9WJWG", PASS], ids=["card", "qr", "hc1", "pass"]
)
def test_small_and_capital_letters_that_were_exchanged_are_put_right(text):
    assert text_of(strokes_of(text.swapcase(), 0.0)) == text


@pytest.mark.parametrize(
    "text", [CARD, people.PERSONAL_QR, people.BHYT], ids=["card", "personal qr", "insurance"]
)
def test_a_shift_that_got_lost_is_put_back(text):
    without = [stroke for stroke in strokes_of(text, 0.0) if stroke.code != keymaps.LEFT_SHIFT]

    assert text_of(without) == text


def test_caps_lock_that_the_reader_presses_itself_counts():
    strokes = [
        *tap(ecodes.KEY_A),
        *tap(keymaps.CAPS_LOCK),
        *tap(ecodes.KEY_A, ecodes.KEY_1),
        *tap(keymaps.CAPS_LOCK),
    ]

    assert text_of([*strokes, *tap(ecodes.KEY_A)]) == "aA1a"


@pytest.mark.parametrize(
    ("numbers", "letters"),
    [
        (["7877"], "ễ"),
        (["07877"], "ễ"),
        (["432", "7901"], "ườ"),
        (["0225", "0187", "0133"], "ễ"),
        (["225", "187", "133"], "ễ"),
        (["0234"], "ê"),
        (["234"], "ê"),
        (["160", "130"], "áé"),
        (["065", "66"], "AB"),
        (["0150"], "–"),
        (["99999999"], ""),
        (["55296"], ""),
        (["7"], ""),
        (["0007877"], "ễ"),
        (["00007877"], ""),
        (["9" * 5000], ""),
        (["9" * 5000, "7877"], "ễ"),
    ],
    ids=["unicode", "with a zero", "two", "bytes", "bytes without zeros", "1252", "latin", "437", "ascii", "dash", "too large", "half a pair", "control", "seven digits", "eight digits", "endless", "after an endless one"],
)  # fmt: skip
def test_letters_typed_by_their_numbers_are_read(numbers, letters):
    assert text_of([*tap(ecodes.KEY_X), *by_number(*numbers), *tap(ecodes.KEY_X)]) == f"x{letters}x"


def test_a_name_in_vietnamese_typed_by_numbers_is_whole():
    assert text_of(strokes_of(people.CCCD, 0.0)) == people.CCCD


def test_a_number_at_the_very_end_is_not_lost():
    assert text_of([*tap(ecodes.KEY_X), *by_number("7877")]) == "xễ"


def test_enter_and_tab_are_kept():
    assert text_of(tap(ecodes.KEY_X, ecodes.KEY_TAB, ecodes.KEY_Y, ecodes.KEY_KPENTER)) == "x\ty\n"


@pytest.mark.parametrize("code", [ecodes.KEY_F1, ecodes.KEY_NUMLOCK, ecodes.KEY_LEFTMETA])
def test_keys_that_type_nothing_are_nothing(code):
    assert text_of(tap(code, ecodes.KEY_X)) == "x"


def test_letters_with_control_held_are_nothing():
    assert text_of([*tap(ecodes.KEY_J, held=(keymaps.LEFT_CTRL,)), *tap(ecodes.KEY_X)]) == "x"


@pytest.mark.parametrize("keymap", [AMERICAN, GERMAN, FRENCH], ids=["american", "german", "french"])
def test_every_keymap_types_all_that_cards_are_made_of(keymap):
    letters = {*keymap.plain.values(), *keymap.shifted.values(), *keymap.alternate.values()}

    assert letters >= set(
        "0123456789|/-<*$.,:;?&=_+#{}%@ abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
    )


@given(st.lists(st.builds(Stroke, st.integers(0, 255), st.booleans(), st.just(0.0)), max_size=60))
def test_any_strokes_at_all_give_a_text(strokes):
    assert isinstance(text_of(strokes), str)
