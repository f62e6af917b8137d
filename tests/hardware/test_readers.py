"""What all code readers have in common."""

import unicodedata

import pytest

from hardware.simulated.reader import SimulatedReader
from kiosk.model import Source
from kiosk.reports import DeviceChange, Reading
from tests import people
from tests.hardware.hearing import hearing
from tests.hardware.readers import Line, Typing


class Simulated:
    """The simulated reader and its levers."""

    part = "wedge"

    def __init__(self, _folder):
        self.device = SimulatedReader()
        self.lose, self.find = self.device.lose, self.device.find

    def say(self, text, later_s=0.0):
        self.device.type(text)

    def close(self):
        pass


@pytest.fixture(params=[Typing, Line, Simulated], ids=["wedge", "serial", "simulated"])
def reader(request, tmp_path):
    made = request.param(tmp_path)
    yield made
    made.close()


@pytest.fixture
def door(reader):
    with hearing(reader.device) as listening:
        assert listening.next() == DeviceChange("scanner", present=True, part=reader.part)
        yield listening


@pytest.mark.parametrize(
    "text", [people.CCCD, people.CAN_CUOC, people.PERSONAL_QR, people.BHYT, people.PLACE]
)
def test_a_code_is_read_with_every_letter(reader, door, text):
    reader.say(text + "\n")

    assert door.next() == Reading((text,), Source.READER)


def test_a_code_that_is_presented_once_is_read_once(reader, door):
    reader.say(people.CCCD + "\n")
    door.next()
    reader.say(people.CCCD_OF_A_WOMAN + "\n", later_s=1)

    assert door.next() == Reading((people.CCCD_OF_A_WOMAN,), Source.READER)


def test_a_code_that_is_presented_again_is_read_again(reader, door):
    for later_s in (0, 1):
        reader.say(people.CCCD + "\n", later_s)

        assert door.next() == Reading((people.CCCD,), Source.READER)


def test_what_a_reader_says_is_told_in_nfc(reader, door):
    reader.say(unicodedata.normalize("NFD", people.CCCD) + "\n")

    assert door.next().texts == (people.CCCD,)


def test_a_reader_that_is_unplugged_says_so_once_and_comes_back(reader, door):
    reader.lose()
    lost = door.next()
    reader.find()
    while not (found := door.next()).present:
        assert found.problem != lost.problem

    assert (lost.device, lost.present, lost.part) == ("scanner", False, reader.part)
    assert lost.problem
    assert found == DeviceChange("scanner", present=True, part=reader.part)


def test_half_a_code_before_it_was_unplugged_is_nothing(reader, door):
    """Not even together with what comes after."""
    reader.say(people.CCCD[:60])
    reader.lose()
    door.next()
    reader.find()
    while not door.next().present:
        pass
    reader.say(people.CCCD + "\n", later_s=1)

    assert door.next() == Reading((people.CCCD,), Source.READER)


def test_a_reader_lives_as_long_as_it_is_there(reader, door):
    reader.say(people.CCCD + "\n")
    door.next()
    seen_s = reader.device.last_frame_s
    reader.say(people.CCCD + "\n", later_s=1)
    door.next()
    while reader.device.last_frame_s == seen_s:
        pass

    assert reader.device.last_frame_s > seen_s


def test_a_reader_that_is_lost_has_not_lived(reader, door):
    reader.lose()
    door.next()

    assert reader.device.last_frame_s is None


def test_a_reader_that_ended_has_not_lived(reader):
    with hearing(reader.device) as door:
        door.next()

    assert reader.device.last_frame_s is None


def test_a_reader_that_was_never_there_is_waited_for(reader):
    reader.lose()
    with hearing(reader.device) as door:
        missing = door.next()
        reader.find()

        assert (missing.present, missing.part) == (False, reader.part)
        assert door.next() == DeviceChange("scanner", present=True, part=reader.part)
