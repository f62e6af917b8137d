"""Codes as visitors carry them, read by each engine alone and by both together."""

import logging
import sys
import unicodedata
from functools import cache

import numpy as np
import pytest
import segno

from hardware import decoder as decoding
from hardware.decoder import Decoder
from hardware.simulated.codes import draw_code
from hardware.zbar import Zbar
from hardware.zxing import Zxing
from kiosk.errors import DeviceMissing
from tests import people
from tests.hardware import invented


class Fixed:
    """An engine that reads the same bytes on every picture, and counts its looks."""

    def __init__(self, *contents):
        self.looks = 0
        self.contents = list(contents)

    def read(self, _luma):
        self.looks += 1
        return self.contents


@cache
def drawn(text):
    return draw_code(text, module_px=3)


def with_engines(first, second):
    decoder = Decoder()
    decoder._first, decoder._second = first, second
    return decoder


@pytest.fixture
def grey():
    return np.full((240, 320), 118, np.uint8)


@pytest.fixture
def without(monkeypatch):
    """Make libraries look as if they were not installed."""

    def remove(*modules):
        decoding._warn_once.cache_clear()
        for module in modules:
            monkeypatch.setitem(sys.modules, module, None)

    yield remove
    decoding._warn_once.cache_clear()


@pytest.fixture(params=["both", "zxing alone", "zbar alone"])
def decoder(request):
    if request.param == "both":
        return Decoder()
    return with_engines(Zxing(), None) if request.param == "zxing alone" else with_engines(None, Zbar())


@pytest.mark.parametrize("text", people.ALL)
def test_what_people_carry_is_read_to_the_letter(decoder, text):
    assert decoder.read(draw_code(text, module_px=4)) == [text]


def test_three_hundred_cards_are_read_to_the_letter(decoder):
    texts = invented.cards(300)

    assert [decoder.read(drawn(text)) for text in texts] == [[text] for text in texts]


def test_three_hundred_bare_names_are_read_to_the_letter(decoder):
    texts = invented.names(300)

    assert [decoder.read(drawn(text)) for text in texts] == [[text] for text in texts]


def test_a_code_that_names_its_encoding_is_read_too(decoder):
    code = segno.make(people.CCCD, encoding="utf-8", eci=True, micro=False)
    luma = np.array([list(row) for row in code.matrix_iter(scale=4, border=4)], np.uint8)

    assert decoder.read(np.where(luma, 0, 255).astype(np.uint8)) == [people.CCCD]


def test_kanji_is_read(decoder):
    code = segno.make("日本語", mode="kanji", micro=False)
    luma = np.array([list(row) for row in code.matrix_iter(scale=6, border=4)], np.uint8)

    assert decoder.read(np.where(luma, 0, 255).astype(np.uint8)) == ["日本語"]


def test_letters_in_pieces_are_put_together(decoder):
    pieces = unicodedata.normalize("NFD", people.CCCD)

    assert decoder.read(draw_code(pieces, module_px=4)) == [people.CCCD]


def test_control_characters_stay_as_they_are(decoder):
    assert decoder.read(draw_code("a\0b\r\n\t\ufeffc", module_px=6)) == ["a\0b\r\n\t\ufeffc"]


@pytest.mark.parametrize("turns", range(4))
def test_a_code_is_read_whichever_way_it_lies(decoder, turns):
    assert decoder.read(np.rot90(draw_code(people.CCCD, module_px=4), turns)) == [people.CCCD]


def test_a_tilted_code_is_read(decoder):
    assert decoder.read(draw_code(people.CCCD, module_px=6, tilt_deg=20)) == [people.CCCD]


def test_a_dark_mode_phone_is_read():
    assert Decoder().read(draw_code(people.CCCD, dark_mode=True)) == [people.CCCD]


def test_two_cards_side_by_side_are_both_read(decoder):
    both = np.hstack([draw_code("Nguyễn Văn Thử"), draw_code("Lò Thị Thử")])

    assert sorted(decoder.read(both)) == sorted(["Nguyễn Văn Thử", "Lò Thị Thử"])


def test_the_same_code_twice_is_one_text(decoder):
    assert decoder.read(np.hstack([draw_code("Lò Thị Thử")] * 2)) == ["Lò Thị Thử"]


@pytest.mark.parametrize("size", [(0, 0), (0, 7), (1, 1), (1, 900), (900, 1), (3, 2), (21, 21), (719, 1279)])
def test_an_empty_picture_of_any_size_holds_no_code(decoder, size):
    assert decoder.read(np.full(size, 118, np.uint8)) == []


@pytest.mark.parametrize("seed", range(5))
def test_noise_holds_no_code(decoder, seed):
    assert decoder.read(np.random.default_rng(seed).integers(0, 256, (360, 640), np.uint8)) == []


def test_a_picture_within_a_picture_is_read(decoder):
    """A slice with a step, whose pixels do not lie side by side."""
    wide = draw_code(people.CCCD, module_px=4).repeat(2, axis=1)

    assert decoder.read(wide[:, ::2]) == [people.CCCD]


def test_a_picture_that_may_not_be_written_to_is_read(decoder):
    luma = draw_code(people.CCCD, module_px=4)
    luma.flags.writeable = False

    assert decoder.read(luma) == [people.CCCD]


@pytest.mark.parametrize(
    "picture", [np.zeros((8, 8, 3), np.uint8), np.zeros((8, 8), np.float32), np.zeros(8, np.uint8)]
)
def test_what_is_no_grey_picture_is_refused(picture):
    with pytest.raises(ValueError, match="2 dimensions of uint8"):
        Decoder().read(picture)


@pytest.mark.parametrize("content", [b"Caf\xe9", b"\xc3", b"\xff\xfe\x00", b"Th\xad", b""])
def test_bytes_of_an_unknown_encoding_are_no_text(grey, content):
    assert with_engines(Fixed(content), Fixed(content)).read(grey) == []


def test_the_second_engine_does_not_look_where_the_first_has_read(grey):
    second = Fixed()

    with_engines(Fixed(b"014099000001"), second).read(grey)

    assert second.looks == 0


def test_a_code_that_stands_still_is_read_by_the_second_engine_though_the_picture_does_not_change(grey):
    """It becomes legible to zbar late, as when the light steadies by less than the gate sees."""
    second = Fixed()
    decoder = with_engines(Fixed(), second)
    decoder.read(grey)
    second.contents = [b"014099000001"]

    readings = [decoder.read(grey) for _ in range(5)]

    assert readings == [[]] * 4 + [["014099000001"]]


def test_a_code_that_only_the_second_engine_reads_is_read_on_every_frame(grey):
    decoder = with_engines(Fixed(), Fixed(b"014099000001"))

    assert [decoder.read(grey) for _ in range(7)] == [["014099000001"]] * 7


def test_the_second_engine_looks_at_the_first_picture(grey):
    second = Fixed()

    with_engines(Fixed(), second).read(grey)

    assert second.looks == 1


def test_the_second_engine_looks_at_every_fifth_frame_of_a_quiet_room(grey):
    second = Fixed()
    decoder = with_engines(Fixed(), second)
    grain = np.random.default_rng(1).integers(-3, 4, (51, *grey.shape))

    for frame in range(51):
        decoder.read((grey + grain[frame]).astype(np.uint8))

    assert second.looks == 11


def test_the_second_engine_looks_at_once_when_the_picture_changes(grey):
    second = Fixed()
    decoder = with_engines(Fixed(), second)
    decoder.read(grey)
    changed = grey.copy()
    changed[100:140, 100:140] = 250

    decoder.read(changed)

    assert second.looks == 2


def test_a_camera_that_writes_over_its_last_picture_is_seen_to_change(grey):
    second = Fixed()
    decoder = with_engines(Fixed(), second)
    decoder.read(grey)
    grey[100:140, 100:140] = 250

    decoder.read(grey)

    assert second.looks == 2


def test_a_picture_of_another_size_counts_as_changed(grey):
    second = Fixed()
    decoder = with_engines(Fixed(), second)

    decoder.read(grey)
    decoder.read(grey[:, :200])

    assert second.looks == 2


def test_without_zxing_the_door_reads_with_zbar(without):
    without("zxingcpp")

    assert Decoder().read(draw_code(people.CCCD)) == [people.CCCD]


def test_without_zxing_a_dark_mode_phone_is_still_read(without):
    without("zxingcpp")

    assert Decoder().read(draw_code(people.CCCD, dark_mode=True)) == [people.CCCD]


def test_without_libzbar_the_door_reads_with_zxing(without):
    without("pyzbar")

    assert Decoder().read(draw_code(people.CCCD)) == [people.CCCD]


def test_a_missing_engine_is_told_once_with_its_remedy(without, caplog):
    without("pyzbar")

    with caplog.at_level(logging.WARNING):
        Decoder()
        Decoder()

    (record,) = caplog.records
    assert "apt install libzbar0" in record.message


def test_without_any_engine_the_device_is_missing(without):
    without("zxingcpp", "pyzbar")

    with pytest.raises(DeviceMissing, match="pip install zxing-cpp"):
        Decoder()
