"""Picture files of every kind, good and bad."""

import io
import os
import struct
import sys
import zlib

import numpy as np
import pygame
import pytest
from PIL import Image

from hardware.decoder import Decoder
from hardware.pictures import HeicPicture, PictureReader, load_luma, luma_of
from hardware.scans import scans
from hardware.simulated.codes import draw_code, write_code
from kiosk.errors import BadPicture, KioskError
from tests import people


def surface(luma):
    return pygame.surfarray.make_surface(np.repeat(luma.T[:, :, np.newaxis], 3, axis=2))


@pytest.mark.parametrize("ending", ["png", "jpg", "bmp"])
def test_a_card_is_read_off_a_picture_file(tmp_path, ending):
    path = tmp_path / f"thẻ của tôi.{ending}"
    pygame.image.save(surface(draw_code(people.CCCD)), path)

    assert PictureReader().read(path).texts == (people.CCCD,)


def test_the_kind_of_picture_is_told_by_what_is_in_it(tmp_path):
    write_code(people.CCCD, tmp_path / "card.txt")

    assert PictureReader().read(tmp_path / "card.txt").texts == (people.CCCD,)


def test_a_picture_without_a_code_holds_no_text(tmp_path):
    pygame.image.save(surface(np.full((200, 300), 118, np.uint8)), tmp_path / "wall.png")

    assert PictureReader().read(tmp_path / "wall.png").texts == ()


def test_a_code_of_a_dark_mode_phone_is_read(tmp_path):
    write_code(people.PERSONAL_QR, tmp_path / "phone.png", dark_mode=True, tilt_deg=7)

    assert PictureReader().read(tmp_path / "phone.png").texts == (people.PERSONAL_QR,)


def test_what_one_look_cannot_read_is_tried_in_other_ways(tmp_path):
    code = draw_code(people.CCCD, module_px=6)
    faint = code // 10 + 100 + np.random.default_rng(1).normal(0, 10, code.shape)
    pygame.image.save(surface(faint.astype(np.uint8)), tmp_path / "faint.png")
    assert Decoder().read(load_luma(tmp_path / "faint.png")) == []

    assert PictureReader().read(tmp_path / "faint.png").texts == (people.CCCD,)


def test_the_time_of_a_look_is_told(tmp_path):
    write_code(people.CCCD, tmp_path / "card.png")

    assert 0 < PictureReader().read(tmp_path / "card.png").took_s < 10


def test_a_text_is_in_no_log(tmp_path):
    write_code(people.CCCD, tmp_path / "card.png")

    assert people.CCCD not in repr(PictureReader().read(tmp_path / "card.png"))


def test_what_is_transparent_is_white(tmp_path):
    glass = pygame.Surface((3, 2), pygame.SRCALPHA, 32)
    glass.fill((0, 0, 0, 0))
    glass.set_at((0, 0), (0, 0, 0, 255))
    pygame.image.save(glass, tmp_path / "glass.png")

    assert load_luma(tmp_path / "glass.png").tolist() == [[0, 255, 255], [255, 255, 255]]


@pytest.mark.parametrize(
    ("colour", "level"), [("red", 76), ("green1", 150), ("blue", 29), ("white", 255), ("black", 0)]
)
def test_colours_weigh_as_the_eye_sees_them(tmp_path, colour, level):
    wall = pygame.Surface((2, 2), 0, 24)
    wall.fill(colour)
    pygame.image.save(wall, tmp_path / "wall.png")

    assert load_luma(tmp_path / "wall.png")[0, 0] == level


def test_rows_and_columns_keep_their_places(tmp_path):
    luma = np.arange(60, dtype=np.uint8).reshape(5, 12)
    pygame.image.save(surface(luma), tmp_path / "steps.png")

    assert load_luma(tmp_path / "steps.png").tolist() == luma.tolist()


def test_a_palette_is_honoured(tmp_path):
    few = pygame.Surface((2, 1), 0, 8)
    few.set_palette([(0, 0, 0), (255, 255, 255)])
    few.set_at((1, 0), (255, 255, 255))
    pygame.image.save(few, tmp_path / "few.png")

    assert load_luma(tmp_path / "few.png").tolist() == [[0, 255]]


def png_head(width, height):
    """The first bytes of a PNG of that size, and no more."""
    head = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    signed = struct.pack(">I", 13) + head + struct.pack(">I", zlib.crc32(head))
    return b"\x89PNG\r\n\x1a\n" + signed + struct.pack(">I", 10) + b"IDAT" + b"\0" * 4


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "no picture; give a PNG or JPEG"),
        (b"garbage" * 99, "no picture; give a PNG or JPEG"),
        (b"\x89PNG\r\n\x1a\n" + b"x" * 60, "picture"),
        (png_head(10, 10), "a broken picture"),
        (png_head(9000, 9000), "9000 x 9000 pixels; scale it down to less than 80 megapixels"),
        (png_head(10000, 9000), "too many pixels; scale it down"),
        (png_head(30000, 30000), "too many pixels; scale it down"),
    ],
)
def test_a_file_that_is_no_good_picture_is_named_with_the_remedy(tmp_path, content, problem):
    path = tmp_path / "bad.png"
    path.write_bytes(content)

    with pytest.raises(BadPicture, match=problem) as caught:
        load_luma(path)

    assert str(caught.value).startswith(f"{path}: ")
    assert "\n" not in str(caught.value)


def test_half_a_picture_is_refused(tmp_path):
    whole = io.BytesIO()
    pygame.image.save(surface(draw_code(people.CCCD)), whole, "card.png")
    (tmp_path / "half.png").write_bytes(whole.getvalue()[: len(whole.getvalue()) // 2])

    with pytest.raises(BadPicture, match="a broken picture"):
        load_luma(tmp_path / "half.png")


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(BadPicture, match=r"card\.png: no such file"):
        PictureReader().read(tmp_path / "card.png")


def test_a_folder_is_no_picture(tmp_path):
    with pytest.raises(BadPicture, match="a folder"):
        PictureReader().read(tmp_path)


def test_a_folder_gives_its_pictures_sorted_and_nothing_else(tmp_path):
    for name in ("b/2.png", "a.png", "b/deep/1.jpg", "drawn.why.png"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True, parents=True)
        pygame.image.save(surface(np.zeros((2, 2), np.uint8)), path)
    (tmp_path / "words.txt").write_text("no picture")
    (tmp_path / "empty.png").touch()
    (tmp_path / "broken.png").write_bytes(png_head(10, 10))
    (tmp_path / "huge.png").write_bytes(png_head(30000, 30000))
    os.mkfifo(tmp_path / "pipe.png")
    (tmp_path / "nowhere.png").symlink_to("nothing")

    found = [str(path.relative_to(tmp_path)) for path in PictureReader().pictures_in(tmp_path)]

    assert found == ["a.png", "b/2.png", "b/deep/1.jpg", "broken.png", "huge.png"]


def test_a_folder_without_a_picture_is_told(tmp_path):
    (tmp_path / "words.txt").write_text("no picture")

    with pytest.raises(BadPicture, match="holds no picture that can be read; name another folder"):
        PictureReader().pictures_in(tmp_path)


def test_a_name_that_no_file_can_have_is_refused(tmp_path):
    with pytest.raises(BadPicture, match="cannot be read"):
        PictureReader().read(tmp_path / ("x" * 5000))


def test_a_pipe_that_would_never_end_is_not_opened(tmp_path):
    os.mkfifo(tmp_path / "pipe")

    with pytest.raises(BadPicture, match="a device or pipe"):
        PictureReader().read(tmp_path / "pipe")


def test_drawing_without_segno_says_how_to_get_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "segno", None)

    with pytest.raises(KioskError, match=r"entrance-kiosk\[demo\]"):
        draw_code(people.CCCD)


def jpeg_of_scans(scans, size=(1900, 1060)):
    """A JPEG of so many passes over nothing."""
    written = io.BytesIO()
    Image.new("L", size, 128).save(written, "JPEG", progressive=True)
    content = written.getvalue()
    end = content.rindex(b"\xff\xd9")
    last = content[content.rindex(b"\xff\xda") : end]
    return content[:end] + last * (scans - content.count(b"\xff\xda")) + content[end:]


def test_a_jpeg_that_asks_for_a_thousand_passes_is_not_decoded():
    with pytest.raises(BadPicture, match="more than 20 scans; save it anew"):
        luma_of(jpeg_of_scans(1000), "photo")


def test_a_progressive_jpeg_with_a_film_behind_it_and_a_small_picture_in_it_is_read():
    content = jpeg_of_scans(12, (30, 20))
    small = b"\xff\xe1\x01\x02" + b"\xff\xda" * 128
    assert scans(content) == 12

    assert luma_of(content[:2] + small + content[2:] + b"\xff\xda" * 500, "photo").shape == (20, 30)


def test_a_program_that_draws_is_not_run(tmp_path):
    path = tmp_path / "drawing.png"
    path.write_bytes(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n%%EndComments\n{} loop\n")

    with pytest.raises(BadPicture, match="no picture"):
        load_luma(path)
    with pytest.raises(BadPicture, match="holds no picture"):
        PictureReader().pictures_in(tmp_path)


def test_a_photo_as_phones_keep_it_is_told_from_what_is_none():
    with pytest.raises(HeicPicture, match="save it as JPEG, or take a screenshot"):
        luma_of(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(50), "photo")


@pytest.mark.parametrize("problem", [RuntimeError("could not\ndecode"), NotImplementedError("pixel format")])
def test_whatever_a_decoder_says_of_a_broken_picture_it_is_one(monkeypatch, problem):
    def decode(*_):
        raise problem

    monkeypatch.setattr(Image.Image, "convert", decode)

    with pytest.raises(BadPicture, match="a broken picture") as told:
        luma_of(jpeg_of_scans(10, (30, 20)), "photo")
    assert "\n" not in str(told.value)
