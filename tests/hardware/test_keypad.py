"""The keypad whose keys are wired as a matrix."""

from functools import partial

import pytest
from gpiozero import GPIODevice
from hypothesis import given, settings
from hypothesis import strategies as st

from hardware.keypad import LAYOUT, SCAN_S, STEADY_SCANS, Debouncer, MatrixKeypad, _Matrix
from hardware.simulated.keypad import SimulatedKeypad
from kiosk.errors import DeviceLost, DeviceMissing
from kiosk.reports import DeviceChange, KeyPress
from tests.hardware.hearing import hearing
from tests.hardware.membrane import ROWS, Membrane, seen_when

KEYS = "".join(LAYOUT)


@pytest.fixture(params=[3, 4], ids=["3 columns", "4 columns"])
def membrane(request):
    return Membrane(request.param)


@pytest.fixture
def matrix(membrane):
    opened = _Matrix(ROWS, membrane.columns, membrane.factory)
    yield opened
    opened.close()


def looks(debouncer, *keys):
    """What comes of holding these keys down, one after the other, long enough each."""
    return [
        press
        for down in keys
        for press in [debouncer.look(frozenset(down)) for _ in range(STEADY_SCANS + 2)]
        if press
    ]


def test_a_key_held_long_is_pressed_once():
    assert looks(Debouncer(), "5", "5", "5") == ["5"]


def test_a_key_pressed_again_is_pressed_twice():
    assert looks(Debouncer(), "5", "", "5") == ["5", "5"]


def test_a_bouncing_contact_is_one_press():
    debouncer = Debouncer()
    bounces = [debouncer.look(frozenset(down)) for down in ("5", "", "5", "5", "", "5", "5", "5", "5")]
    assert [press for press in bounces if press] == ["5"]


def test_a_contact_bouncing_on_release_is_one_press():
    debouncer = Debouncer()
    assert looks(debouncer, "5") == ["5"]
    assert [debouncer.look(frozenset(down)) for down in ("", "5", "", "", "5")] == [None] * 5


def test_two_keys_at_once_are_nothing():
    assert looks(Debouncer(), "58") == []


def test_the_last_of_two_keys_let_go_is_nothing():
    assert looks(Debouncer(), "58", "8", "") == []


def test_after_two_keys_at_once_the_next_key_counts():
    assert looks(Debouncer(), "58", "", "8") == ["8"]


def test_a_quick_finger_that_rolls_from_key_to_key_presses_both():
    assert looks(Debouncer(), "5", "58", "8", "") == ["5", "8"]


def test_a_second_key_tapped_while_one_is_held_counts():
    assert looks(Debouncer(), "1", "12", "1", "12", "") == ["1", "2", "2"]


def test_a_third_key_while_two_are_held_is_nothing():
    assert looks(Debouncer(), "1", "12", "123", "13", "3") == ["1", "2"]


def test_a_stuck_key_silences_no_other():
    assert looks(Debouncer(), "5", "51", "5", "52", "5", "", "5") == ["5", "1", "2", "5"]


def hanging(*keys):
    """What presses come of holding keys after these have hung."""
    debouncer = Debouncer(hanging_scans=100)
    for down in keys:
        for _ in range(200):
            debouncer.look(frozenset(down))
    return debouncer


def test_beside_a_key_that_hangs_a_quick_finger_rolls_from_key_to_key():
    assert looks(hanging("5"), "51", "512", "52", "5") == ["1", "2"]


def test_beside_a_key_that_hangs_two_more_at_once_are_nothing():
    assert looks(hanging("5"), "512", "51", "5") == []


def test_beside_two_keys_that_hang_one_counts_that_makes_no_ghost():
    debouncer = hanging("1", "12")

    assert looks(debouncer, seen_when("126"), seen_when("12"), seen_when("124")) == ["6"]


def test_a_key_that_was_let_go_hangs_no_more():
    debouncer = hanging("5")
    assert debouncer.has_hanging_key

    assert looks(debouncer, "", "5") == ["5"]
    assert not debouncer.has_hanging_key


def test_a_key_held_for_half_a_minute_hangs_and_none_before():
    debouncer = Debouncer()
    hangs = []
    for _ in range(int(30 / SCAN_S) + STEADY_SCANS):
        debouncer.look(frozenset("5"))
        hangs.append(debouncer.has_hanging_key)

    assert hangs.index(True) == len(hangs) - 1


def test_a_key_that_hangs_is_logged_once_and_not_which(membrane, monkeypatch, caplog):
    monkeypatch.setattr("hardware.keypad.Debouncer", partial(Debouncer, hanging_scans=2))
    with hearing(MatrixKeypad(column_pins=membrane.columns, pin_factory=membrane.factory)) as door:
        for key in "5", "51":
            membrane.down = set(key)
            door.next_of(KeyPress)
        membrane.broken = True
        door.next_of(DeviceChange)

    assert [record.getMessage() for record in caplog.records] == ["keypad: a key hangs; see the membrane"]


@pytest.mark.parametrize("key", KEYS)
def test_each_key_is_read_where_it_lies(key):
    membrane = Membrane(4)
    matrix = _Matrix(ROWS, membrane.columns, membrane.factory)
    membrane.down = {key}

    assert matrix.down() == {key}


@given(st.sets(st.sampled_from(KEYS)))
@settings(max_examples=60, deadline=None)
def test_whatever_is_held_the_pins_show_it_with_its_ghosts(down):
    membrane = Membrane(4)
    matrix = _Matrix(ROWS, membrane.columns, membrane.factory)
    membrane.down = down

    assert matrix.down() == seen_when(down)
    assert not membrane.shorted


@given(st.lists(st.tuples(st.sets(st.sampled_from(KEYS), max_size=6), st.integers(1, 2 * STEADY_SCANS))))
def test_no_ghost_is_ever_pressed(holds):
    """Fingers hold any keys for any number of looks: a press is of a key that is then really down."""
    for debouncer in Debouncer(), Debouncer(hanging_scans=2 * STEADY_SCANS):
        for down, looks_long in holds:
            for _ in range(looks_long):
                pressed = debouncer.look(seen_when(down))
                assert pressed is None or pressed in down


@given(st.lists(st.sets(st.sampled_from(KEYS), max_size=6)))
def test_among_three_keys_that_no_defect_holds_none_is_pressed(holds):
    debouncer = Debouncer()
    for down in holds:
        pressed = looks(debouncer, seen_when(down))
        assert len(down) < 3 or pressed == []


@given(st.lists(st.sets(st.sampled_from(KEYS), max_size=6)), st.sampled_from(KEYS))
def test_after_all_keys_were_let_go_the_next_one_counts(holds, key):
    debouncer = Debouncer()
    looks(debouncer, *map(seen_when, holds), "")

    assert looks(debouncer, key) == [key]


def test_no_key_down_reads_as_nothing(matrix):
    assert matrix.down() == frozenset()


def test_two_keys_down_never_short_two_driven_pins(membrane, matrix):
    membrane.down = {"1", "4"}
    assert matrix.down() == {"1", "4"}
    assert not membrane.shorted


def test_three_keys_down_show_a_ghost_and_the_ghost_is_not_pressed(membrane, matrix):
    membrane.down = {"1", "2", "4"}
    ghosts = matrix.down()
    assert ghosts == {"1", "2", "4", "5"}
    assert looks(Debouncer(), ghosts) == []


def test_a_pin_that_fails_is_a_lost_device(membrane, matrix):
    membrane.broken = True
    with pytest.raises(DeviceLost, match="cable"):
        matrix.down()


def test_a_pin_in_use_is_a_missing_device_and_the_others_are_free_again(membrane):
    held = GPIODevice(20, pin_factory=membrane.factory)
    with pytest.raises(DeviceMissing, match="column_pins"):
        _Matrix(ROWS, membrane.columns, membrane.factory)
    held.close()
    _Matrix(ROWS, membrane.columns, membrane.factory).close()


def test_a_keypad_that_fails_is_reported_lost(membrane):
    with hearing(MatrixKeypad(column_pins=membrane.columns, pin_factory=membrane.factory)) as door:
        door.next()
        membrane.broken = True
        change = door.next()

    assert (change.present, change.part) == (False, "matrix")
    assert "cable" in change.problem


def test_a_keypad_that_comes_back_is_reported_found(membrane):
    held = GPIODevice(5, pin_factory=membrane.factory)
    with hearing(MatrixKeypad(pin_factory=membrane.factory)) as door:
        assert door.next().present is False
        held.close()
        assert door.next() == DeviceChange("keypad", present=True, part="matrix")


def test_the_door_ends_soon_while_a_keypad_is_missing(membrane):
    held = GPIODevice(5, pin_factory=membrane.factory)
    with hearing(MatrixKeypad(pin_factory=membrane.factory)) as door:
        door.next()
    held.close()


def test_the_pins_are_given_back_at_the_end(membrane):
    with hearing(MatrixKeypad(pin_factory=membrane.factory)) as door:
        door.next()
    GPIODevice(5, pin_factory=membrane.factory).close()


@pytest.mark.parametrize(
    "pins",
    [
        {"row_pins": (5, 6, 13)},
        {"column_pins": (12, 16)},
        {"column_pins": (12, 16, 20, 21, 26)},
        {"column_pins": (12, 16, 20, 20)},
        {"row_pins": (5, 5, 13, 19)},
        {"column_pins": (5, 16, 20)},
    ],
)
def test_pins_that_make_no_keypad_are_refused_with_a_remedy(pins):
    with pytest.raises(ValueError, match="four rows and three or four columns"):
        MatrixKeypad(**pins)


def test_a_simulated_keypad_without_a_cable_loses_its_keys():
    keypad = SimulatedKeypad()
    keypad.lose()
    keypad.press("4")
    keypad.find()
    keypad.press("#")
    with hearing(keypad) as door:
        assert [door.next().present for _ in range(3)] == [True, False, True]
        assert door.next() == KeyPress("#")


@pytest.mark.parametrize("key", ["a", "", "12", "٣", "A"])
def test_a_key_that_does_not_exist_cannot_be_pressed(key):
    with pytest.raises(ValueError, match="press one of"):
        SimulatedKeypad().press(key)


def test_pressed_keys_are_told_to_no_log():
    assert "5" not in repr(KeyPress("5"))
