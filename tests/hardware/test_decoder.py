"""Codes as visitors carry them, read by each engine alone and by both together, in streams of frames."""

import unicodedata
from functools import cache

import cv2
import numpy as np
import pytest
import segno
from hypothesis import given, settings
from hypothesis import strategies as st
from segno.consts import MODE_ALPHANUMERIC, MODE_BYTE, MODE_KANJI, MODE_NUMERIC

from hardware.decoder import Decoder
from hardware.simulated.codes import draw_code
from hardware.zbar import Zbar
from hardware.zxing import Look, Zxing
from tests import people
from tests.hardware import invented


class First:
    """A first engine that counts its looks; it reads what the real one reads, or always the same."""

    def __init__(self, *contents, unread=(), real=False):
        self.looks = 0
        self._seen = Look(contents, unread)
        self._real = Zxing() if real else None

    def look(self, luma):
        self.looks += 1
        return self._real.look(luma) if self._real else self._seen


class Second:
    """A second engine that reads the same bytes on every picture, and counts its looks."""

    def __init__(self, *contents):
        self.looks = 0
        self._contents = list(contents)

    def read(self, _luma):
        self.looks += 1
        return self._contents


@cache
def drawn(text, mask):
    return invented.drawn(text, 3, mask)


def with_engines(first, second):
    decoder = Decoder()
    decoder._engines.zxing, decoder._engines.zbar = first, second
    return decoder


def blurred():
    """A small code a little out of focus on a wall; zxing-cpp reads it in no frame."""
    code = cv2.GaussianBlur(invented.drawn(people.CCCD, 2, mask=0), (0, 0), 1.1)
    wall = invented.room(240, 320)
    return invented.held_before(wall, invented.faint(code), 60, 90)


@pytest.fixture
def grey():
    return np.full((240, 320), 118, np.uint8)


@pytest.fixture(params=["both", "zxing alone", "zbar alone"])
def decoder(request):
    if request.param == "both":
        return Decoder()
    if request.param == "zxing alone":
        return with_engines(Zxing(), None)
    return with_engines(None, Zbar(inverted=True))


@pytest.mark.parametrize("text", people.ALL)
def test_what_people_carry_is_read_to_the_letter(decoder, text):
    assert decoder.read(draw_code(text, module_px=4)) == [text]


@pytest.mark.parametrize("crowd", [invented.cards, invented.names])
def test_three_hundred_are_read_to_the_letter(decoder, crowd):
    texts = crowd(300)
    readings = [decoder.read(drawn(text, number % 8)) for number, text in enumerate(texts)]

    assert readings == [[text] for text in texts]


def test_a_code_that_names_its_encoding_is_read_too(decoder):
    code = segno.make(people.CCCD, encoding="utf-8", eci=True, micro=False)

    assert decoder.read(invented.picture_of(code)) == [people.CCCD]


def test_kanji_between_numbers_is_read(decoder):
    code = segno.make([("0912", MODE_NUMERIC), ("日本語", MODE_KANJI), ("345", MODE_NUMERIC)], micro=False)

    assert decoder.read(invented.picture_of(code)) == ["0912日本語345"]


def test_kanji_between_letters_is_read_by_the_engine_that_knows_the_parts():
    parts = [("日本語", MODE_KANJI), ("Nguyễn", MODE_BYTE, "utf-8"), ("A-1", MODE_ALPHANUMERIC)]
    code = segno.make(parts, micro=False)

    assert Decoder().read(invented.picture_of(code)) == ["日本語NguyễnA-1"]


@pytest.mark.parametrize("kind", ["M1", "M2", "M3", "M4"])
def test_a_micro_code_is_not_read(decoder, kind):
    assert decoder.read(invented.picture_of(segno.make_micro("01234", version=kind), 8)) == []


@settings(max_examples=40, deadline=None)
@given(st.text(min_size=1, max_size=60))
def test_any_text_is_read_to_the_letter(text):
    assert Decoder().read(invented.drawn(text, mask=0)) == [unicodedata.normalize("NFC", text)]


def test_the_longest_text_that_a_code_holds_is_read_to_the_letter(decoder):
    assert decoder.read(invented.drawn("ế" * 777, mask=0)) == ["ế" * 777]


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


@pytest.mark.parametrize(
    "size",
    [(0, 0), (0, 7), (1, 1), (1, 900), (900, 1), (3, 2), (8, 8), (9, 9), (21, 21), (20, 900), (719, 1279)],
)
def test_an_empty_picture_of_any_size_holds_no_code(decoder, size):
    assert decoder.read(np.full(size, 118, np.uint8)) == []


@pytest.mark.parametrize("seed", range(5))
def test_noise_holds_no_code(decoder, seed):
    assert decoder.read(np.random.default_rng(seed).integers(0, 256, (360, 640), np.uint8)) == []


def test_a_picture_within_a_picture_is_read_though_it_may_not_be_written_to(decoder):
    """A slice with a step, whose pixels do not lie side by side."""
    wide = draw_code(people.CCCD, module_px=4).repeat(2, axis=1)
    wide.flags.writeable = False

    assert decoder.read(wide[:, ::2]) == [people.CCCD]


@pytest.mark.parametrize(
    "picture", [np.zeros((8, 8, 3), np.uint8), np.zeros((8, 8), np.float32), np.zeros(8, np.uint8)]
)
def test_what_is_no_grey_picture_is_refused(picture):
    with pytest.raises(ValueError, match="2 dimensions of uint8"):
        Decoder().read(picture)


@pytest.mark.parametrize("content", [b"Caf\xe9", b"\xc3", b"\xff\xfe\x00", b"Th\xad", b""])
def test_bytes_of_an_unknown_encoding_are_no_text(grey, content):
    assert with_engines(First(content), Second(content)).read(grey) == []


def test_nobody_looks_again_where_the_first_look_has_read(grey):
    first, second = First(b"014099000001"), Second()

    with_engines(first, second).read(grey)

    assert (first.looks, second.looks) == (1, 0)


def test_engines_that_contradict_each_other_have_read_nothing(grey):
    """The second engine reads something in the room; on the same picture the first reads another thing."""

    class ReadsBlackAndWhite(First):
        def look(self, luma):
            return (
                Look((b"1",))
                if set(np.unique(luma)) <= {0, 255}
                else Look((), (invented.located(90, 60, 90),))
            )

    wall = blurred()
    agreeing = with_engines(ReadsBlackAndWhite(), Second(b"1"))
    contradicting = with_engines(ReadsBlackAndWhite(), Second(b"7"))

    assert ["1"] in [agreeing.read(wall) for _ in range(8)]
    assert ["1"] not in [contradicting.read(wall) for _ in range(8)]


@pytest.mark.parametrize(("side", "level"), [(90, 118), (300, 118), (90, 30)], ids=["small", "large", "dark"])
def test_a_frame_takes_at_most_one_extra_attempt(side, level):
    first, second = First(unread=(invented.located(30, -10, side),)), Second()
    decoder = with_engines(first, second)
    looks = []
    for seed in range(24):
        before = first.looks, second.looks
        decoder.read(invented.grainy(np.full((240, 320), level, np.uint8), seed, 20))
        looks.append((first.looks - before[0], second.looks - before[1]))

    assert {of_first for of_first, _ in looks} == {2}
    assert {of_second for _, of_second in looks} <= {0, 1}


def test_an_empty_room_is_looked_at_again_by_heartbeat_only():
    first, wall = First(real=True), invented.room(240, 320)
    decoder = with_engines(first, Second())

    readings = [decoder.read(invented.grainy(wall, seed)) for seed in range(91)]

    assert (readings, first.looks) == ([[]] * 91, 91 + 3)


def test_a_code_that_zxing_cannot_read_is_read_within_a_few_frames():
    frames = [invented.grainy(blurred(), seed) for seed in range(6)]
    zxing, decoder = Zxing(), Decoder()

    assert not any(zxing.read(frame) for frame in frames)
    assert [people.CCCD] in [decoder.read(frame) for frame in frames]


def test_a_code_carried_into_the_room_is_read_within_half_a_second():
    decoder, zxing = Decoder(), Zxing()
    wall, code = invented.room(240, 320), blurred()[60:166, 90:196]
    for seed in range(10):
        decoder.read(invented.grainy(wall, seed))
    frames = [
        invented.grainy(invented.held_before(wall, code, 60 + step % 3, 60 + 2 * step), 100 + step)
        for step in range(8)
    ]

    assert not any(zxing.read(frame) for frame in frames)
    assert [people.CCCD] in [decoder.read(frame) for frame in frames]


def test_grain_that_hides_a_code_in_every_frame_is_taken_away():
    code = invented.faint(cv2.GaussianBlur(invented.drawn(people.CCCD, 2, mask=0), (0, 0), 0.8), 60, 136)
    wall = invented.room(240, 320)
    decoder, zxing = Decoder(), Zxing()
    decoder.read(invented.grainy(wall, 100, 12))
    frames = [invented.grainy(invented.held_before(wall, code, 60, 90), seed, 12) for seed in range(12)]

    assert not any(zxing.read(frame) for frame in frames)
    assert [people.CCCD] in [decoder.read(frame) for frame in frames]


def test_a_bent_code_is_read_within_a_second():
    paper = np.pad(invented.drawn(people.CCCD, 5, mask=0), 20, constant_values=255)
    frame = invented.bent(paper, 3, seed=3)
    decoder = Decoder()

    assert Zxing().read(frame) == []
    assert [people.CCCD] in [decoder.read(frame) for _ in range(15)]


def test_a_code_that_stands_still_is_tried_again():
    """It is hard to read, and does not stand out from the room any more."""
    decoder, frame = Decoder(), blurred()

    readings = [decoder.read(frame) for _ in range(91)]

    assert [number for number, texts in enumerate(readings) if texts] == [0, 45, 90]


def test_a_camera_that_writes_over_its_last_frame_is_read():
    decoder, frame = Decoder(), invented.room(240, 320)
    decoder.read(frame)
    frame[:] = blurred()

    assert [people.CCCD] in [decoder.read(frame) for _ in range(6)]
