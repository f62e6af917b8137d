"""The code reader on a serial line, beside what all readers have in common."""

import os
import termios
import tracemalloc
from itertools import pairwise
from threading import Event

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware import serial
from hardware.serial import SerialScanner, _Line
from kiosk.errors import DeviceLost, DeviceMissing, SettingsError
from kiosk.reports import Reading
from tests import people
from tests.hardware.hearing import hearing
from tests.hardware.readers import Line

SILENCE = b""


class Scripted:
    """A line that says what a test wants, and then hears that the door ends."""

    def __init__(self, *said):
        self.said = list(said)
        self.stop = Event()

    def read(self, _within_s):
        if not self.said:
            self.stop.set()
            return SILENCE
        return self.said.pop(0)


class Clock:
    """A clock that goes on by half a second at each look."""

    def __init__(self):
        self.now_s = 100.0

    def monotonic(self):
        self.now_s += 0.5
        return self.now_s


def told(*said):
    """What comes of these bytes on a line that has been open for a while."""
    line, readings = Scripted(*said, SILENCE), []
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(serial, "time", Clock())
        SerialScanner()._watch(line, readings.append, line.stop)
    return [text for reading in readings for text in reading.texts]


def fails(problem):
    """What raises this, whatever it is asked."""

    def fail(*_):
        raise problem

    return fail


@pytest.fixture
def line(tmp_path):
    made = Line(tmp_path)
    yield made
    made.close()


@given(st.lists(st.integers(1, len(people.CCCD.encode()) - 1)))
def test_a_text_may_come_in_any_pieces(cuts):
    said = people.CCCD.encode() + b"\r\n"
    borders = [0, *sorted(set(cuts)), len(said)]
    pieces = [said[start:end] for start, end in pairwise(borders)]

    assert told(*pieces) == [people.CCCD]


@pytest.mark.parametrize("end", [b"", b"\r", b"\n", b"\r\n", b"\t", b"\x03"])
def test_a_card_is_read_however_its_reader_ends_it(end):
    assert told(people.CCCD.encode() + end) == [people.CCCD]


def test_a_start_of_text_is_no_letter_of_it():
    assert told(b"\x02" + people.CCCD.encode() + b"\x03") == [people.CCCD]


@given(st.integers(1, len(people.CCCD.encode()) - 1))
def test_a_text_that_falls_silent_in_the_middle_is_nothing(at):
    said = people.CCCD.encode()

    assert told(said[:at], SILENCE, said[at:] + b"\r") == []


def test_after_half_a_text_the_next_whole_one_is_read():
    assert told(people.CCCD.encode()[:30], SILENCE, people.CCCD_OF_A_WOMAN.encode()) == [
        people.CCCD_OF_A_WOMAN
    ]


def test_silence_is_nothing():
    assert told(SILENCE, SILENCE) == []


@given(st.binary(min_size=1, max_size=60))
def test_garbage_before_a_card_makes_nothing_of_it(garbage):
    assert people.CCCD not in told(b"\x80" + garbage + people.CCCD.encode() + b"\r")


@pytest.mark.parametrize(
    "garbage",
    [b"\x00", b"\xff", b"\x07", b"\xc3", b"\xe1\xbb"],
    ids=["zero", "ones", "bell", "half", "two thirds"],
)
def test_a_byte_that_crept_into_a_number_makes_nothing_of_it(garbage):
    said = people.ID_NUMBER.encode() + b"\r"

    assert told(said[:5] + garbage + said[5:]) == []


def test_a_number_is_read_when_its_reader_ends_it():
    assert told(people.ID_NUMBER.encode() + b"\r") == [people.ID_NUMBER]


@pytest.mark.parametrize("half", [b"014", b"014\x00", b"014\xff\r"], ids=["torn", "zero", "ones"])
def test_the_rest_of_a_number_that_was_torn_or_garbled_is_nothing(half):
    assert told(half, SILENCE, b"099000001\r") == []


def test_a_number_is_read_again_after_that():
    assert told(b"014\x00", SILENCE, b"1\r", SILENCE, people.PHONE.encode() + b"\r") == [people.PHONE]


def test_a_text_in_another_encoding_is_nothing():
    assert told("014099000001||Nguyễn|…".encode("utf-16") + b"\r") == []


def test_bytes_without_end_take_no_memory():
    chunk = b"9" * 4096
    tracemalloc.start()
    try:
        told(*[chunk] * 2000)
        _, peak_bytes = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert peak_bytes < 2_000_000


def test_bytes_without_end_are_nothing():
    assert told(b"9" * 16_384 + b"\r", b"9" * 4096, b"\r") == []


def test_after_bytes_without_end_a_card_is_read():
    assert told(*[b"9" * 4096] * 8, b"\r", SILENCE, people.CCCD.encode()) == [people.CCCD]


def test_bytes_pass_the_line_as_they_are(line):
    """None of them is taken for an order, swapped or sent back."""
    said = bytes(byte for byte in range(256))
    opened = _Line(str(line.path), termios.B115200)
    try:
        os.write(line.reader, said)
        heard = b""
        while len(heard) < len(said):
            heard += opened.read(5)
    finally:
        opened.close()

    assert heard == said
    os.set_blocking(line.reader, False)
    with pytest.raises(BlockingIOError):
        os.read(line.reader, 1)


@pytest.mark.parametrize("baud", [1200, 9600, 115200, 921600])
def test_a_line_has_the_speed_of_the_settings(line, baud):
    speed = getattr(termios, f"B{baud}")
    opened = _Line(str(line.path), speed)
    try:
        assert termios.tcgetattr(line.door)[4:6] == [speed, speed]
    finally:
        opened.close()


@pytest.mark.parametrize("baud", [0, 9601, -1])
def test_a_speed_that_no_line_has_is_refused(baud):
    with pytest.raises(SettingsError, match=rf"^serial\.baud = {baud}: no line has this speed"):
        SerialScanner(baud=baud)


def test_a_line_that_is_gone_is_lost(line):
    opened = _Line(str(line.path), termios.B9600)
    line.close()
    try:
        with pytest.raises(DeviceLost, match="unplugged"):
            opened.read(5)
    finally:
        opened.close()


def test_a_line_that_fails_is_lost(line, monkeypatch):
    opened = _Line(str(line.path), termios.B9600)
    line.say("1")
    with monkeypatch.context() as failing:
        failing.setattr("hardware.serial.os.read", fails(OSError(5, "Input/output error")))
        with pytest.raises(DeviceLost, match=r"unplugged \(Input/output error\)"):
            opened.read(5)
    opened.close()


def test_a_line_that_woke_for_nothing_is_silent(line, monkeypatch):
    opened = _Line(str(line.path), termios.B9600)
    line.say("1")
    with monkeypatch.context() as failing:
        failing.setattr("hardware.serial.os.read", fails(BlockingIOError()))
        assert opened.read(5) == SILENCE
    opened.close()


def test_a_line_that_is_not_there_says_what_to_do(tmp_path):
    with pytest.raises(DeviceMissing, match=r"none\": No such file .*plug the reader in.* group dialout"):
        _Line(str(tmp_path / "none"), termios.B9600)


def test_a_file_that_is_no_line_is_named(tmp_path):
    (file := tmp_path / "file").touch()

    with pytest.raises(DeviceMissing, match="name the file of a serial line"):
        _Line(str(file), termios.B9600)


def test_a_line_that_another_has_taken_is_missing(line):
    opened = _Line(str(line.path), termios.B9600)
    try:
        with pytest.raises(DeviceMissing, match="another program has taken it"):
            _Line(str(line.path), termios.B9600)
    finally:
        opened.close()


def test_the_line_is_given_back_at_the_end(line):
    with hearing(line.device) as door:
        door.next()
    _Line(str(line.path), termios.B9600).close()


def test_what_lay_on_the_line_before_the_door_opened_is_nothing(line):
    line.leave(people.CCCD[40:])
    with hearing(line.device) as door:
        door.next()
        line.say(people.CCCD_OF_A_WOMAN + "\r")

        assert door.next_of(Reading).texts == (people.CCCD_OF_A_WOMAN,)
