"""The code reader that types, beside what all readers have in common."""

import pytest

from hardware import keymaps
from hardware.pad import UsbKeypad
from hardware.simulated.keyboards import SimulatedKeyboard, SimulatedKeyboards, strokes_of
from hardware.simulated.reader import SimulatedReader
from hardware.wedge import WedgeScanner
from kiosk.errors import BadPicture
from kiosk.reports import DeviceChange, Reading
from tests import people
from tests.hardware.hearing import hearing
from tests.hardware.readers import Typing


@pytest.fixture
def reader():
    return Typing(None)


@pytest.fixture
def door(reader):
    with hearing(reader.device) as listening:
        listening.next_of(DeviceChange)
        yield listening


def test_codes_that_wait_to_be_read_are_a_reading_each(reader, door):
    """A machine that was busy hears of all at once; the kernel tells when each was typed."""
    codes = [people.CCCD, people.CCCD_OF_A_WOMAN, people.CAN_CUOC]
    reader.keyboard.strike(*(one for at_s, code in enumerate(codes, 50) for one in strokes_of(code, at_s)))

    assert [door.next().texts for _ in codes] == [(code,) for code in codes]


def test_a_person_who_types_is_not_read(reader, door):
    reader.keyboard.strike(*strokes_of(people.PHONE + "\n", 50, 0.04), *strokes_of(people.CCCD, 60))

    assert door.next().texts == (people.CCCD,)


def test_half_a_code_is_not_read(reader, door):
    reader.keyboard.strike(*strokes_of(people.CCCD[:60], 50), *strokes_of(people.CCCD_OF_A_WOMAN, 60))

    assert door.next().texts == (people.CCCD_OF_A_WOMAN,)


def test_a_code_of_which_strokes_were_lost_is_not_read(reader, door):
    strokes = strokes_of(people.CCCD + "\n", 50)
    reader.keyboard.strike(*strokes[:30], None, *strokes[40:], *strokes_of(people.CCCD_OF_A_WOMAN, 60))

    assert door.next().texts == (people.CCCD_OF_A_WOMAN,)


def test_what_it_types_reaches_nobody_else(reader, door):
    other = reader.keyboard.open()
    reader.say(people.CCCD + "\n")
    door.next()
    other.tell(())

    assert other.strokes() == []


def test_a_keyboard_that_may_be_no_reader_is_given_back_when_a_reader_comes(monkeypatch):
    monkeypatch.setattr("hardware.choosing._LOOK_S", 0.01)
    reader, keyboard = SimulatedKeyboard("Barcode Reader"), SimulatedKeyboard("HID 1")
    reader.unplug()
    with hearing(device := WedgeScanner(keyboards=SimulatedKeyboards(keyboard, reader))) as door:
        door.next()
        before = device.name
        reader.plug()

        assert door.next() == DeviceChange("scanner", present=True, part="wedge")
        assert (before, device.name) == ("HID 1", "Barcode Reader")
        assert not keyboard.press(keymaps.ENTER)


def test_a_pad_and_a_reader_on_one_box_find_their_own_whatever_was_there_before():
    keyboard, reader, pad = map(SimulatedKeyboard, ("HID 1", "Barcode Reader", "Numeric Keypad"))
    plugged = SimulatedKeyboards(keyboard, reader, pad)
    reader.unplug()
    pad.unplug()
    scanner, keypad = (kind(shared=True, keyboards=plugged) for kind in (WedgeScanner, UsbKeypad))
    with hearing(scanner) as reading, hearing(keypad) as keying:
        missing = [reading.next().problem, keying.next().problem]
        reader.plug()
        pad.plug()

        assert missing == [
            "wedge: the code reader may be HID 1; name its file in wedge.device",
            "usb: the numeric pad may be HID 1; name its file in usb.device",
        ]
        assert reading.next().present
        assert keying.next().present
        assert (scanner.name, keypad.name) == ("Barcode Reader", "Numeric Keypad")


def test_it_is_given_back_at_the_end(reader):
    with hearing(reader.device) as door:
        door.next()

    assert not reader.keyboard.strike(*strokes_of("1", 50))


def test_what_was_read_is_told_to_no_log(reader, door):
    reader.say(people.CCCD + "\n")

    assert people.ID_NUMBER[:6] not in repr(door.next())


def test_the_simulated_reader_types_what_a_file_holds(tmp_path):
    (file := tmp_path / "thẻ.txt").write_text(people.CCCD + "\n", encoding="utf-8")
    reader = SimulatedReader()
    with hearing(reader) as door:
        assert reader.scan(file)
        assert door.next_of(Reading).texts == (people.CCCD,)


def test_the_simulated_reader_types_a_number_too(tmp_path):
    (file := tmp_path / "number.txt").write_text(people.PHONE, encoding="utf-8")
    reader = SimulatedReader()
    with hearing(reader) as door:
        assert reader.scan(file)
        assert door.next_of(Reading).texts == (people.PHONE,)


def test_the_simulated_reader_says_when_it_read_nothing(monkeypatch):
    monkeypatch.setattr("hardware.simulated.reader._READ_S", 0.3)
    reader = SimulatedReader()
    with hearing(reader):
        assert not reader.type(people.CCCD[:40])


def test_a_simulated_reader_that_is_unplugged_types_nothing(monkeypatch):
    monkeypatch.setattr("hardware.simulated.reader._PLUGGED_IN_S", 0.1)
    reader = SimulatedReader()
    reader.lose()

    assert not reader.type(people.CCCD)


@pytest.mark.parametrize(
    ("content", "complaint"),
    [(None, "No such file"), (b"\xff\xfe\x00", "no text in UTF-8")],
    ids=["none", "bytes"],
)
def test_a_file_that_is_no_text_is_named(tmp_path, content, complaint):
    file = tmp_path / "card.txt"
    if content:
        file.write_bytes(content)

    with pytest.raises(BadPicture, match=complaint):
        SimulatedReader().scan(file)
