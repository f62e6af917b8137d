"""The drawing of what was tried on a picture."""

import numpy as np
import pytest
from PIL import Image

from hardware import why
from hardware.pictures import PictureReader
from hardware.simulated.codes import draw_code
from hardware.stills import Attempt, read_still
from hardware.straightening import Located
from hardware.why import Sheet
from tests import people

CORNERS = np.array([(10, 10), (90, 10), (90, 90), (10, 90)], np.float32)
WALL = np.full((100, 150), 118, np.uint8)


def attempt(name="as it is", picture=WALL, texts=(), code=None):
    return Attempt(name, picture, 0.012, texts, code)


def drawn(path, *attempts, title="card.png"):
    sheet = Sheet()
    for one in attempts:
        sheet.note(one)
    sheet.save(path / "sheet.png", title, 0.345)
    return np.asarray(Image.open(path / "sheet.png"))


def has(picture, colour):
    return bool((picture == colour).all(axis=2).any())


@pytest.fixture
def written(monkeypatch):
    """All words that are written on sheets."""
    words = []
    write = why.ImageDraw.ImageDraw.text

    def listen(pen, at, text, *more):
        words.append(text)
        write(pen, at, text, *more)

    monkeypatch.setattr(why.ImageDraw.ImageDraw, "text", listen)
    return words


def test_the_attempt_that_read_is_marked_by_a_colour_and_a_word(tmp_path, written):
    sheet = drawn(tmp_path, attempt(), attempt("sharpened", texts=(people.CCCD,)))

    assert has(sheet, why._READ)
    assert "READ: sharpened" in written
    assert written[-2:] == ["2  sharpened", "12 ms · READ"]


def test_where_nothing_read_no_attempt_is_marked(tmp_path, written):
    sheet = drawn(tmp_path, attempt(), attempt("sharpened"))

    assert not has(sheet, why._READ)
    assert "NOT READ" in written
    assert "150 x 100 pixels, 2 tried in 345 ms" in written
    assert written[-2:] == ["2  sharpened", "12 ms · nothing"]


def test_a_code_that_was_found_is_outlined_on_the_picture_as_it_is(tmp_path, written):
    code = Located(CORNERS, 25)

    sheet = drawn(tmp_path, attempt(), attempt("laid flat", code=code), attempt("laid flat", code=code))

    scale = 4
    edge = (why._HEADER_PX + 10 * scale, why._GAP_PX + 50 * scale)
    assert tuple(sheet[edge]) == why._FOUND
    assert "1: 25 modules of 3.2 px" in written
    assert written.count("code 1 · 12 ms · nothing") == 2


def test_a_code_beside_the_picture_is_outlined_as_far_as_it_goes(tmp_path):
    drawn(tmp_path, attempt(), attempt("laid flat", code=Located(CORNERS - 60, 25)))


def test_nothing_that_a_code_holds_is_written(tmp_path, written):
    (tmp_path / "card.png").parent.mkdir(exist_ok=True)
    Image.fromarray(draw_code(people.CCCD)).save(tmp_path / "card.png")

    read = PictureReader().read(tmp_path / "card.png", tmp_path / "card.why.png")

    assert read.texts == (people.CCCD,)
    assert written == ["card.png", "READ: as it is", *written[2:]]
    assert not any(part in word for word in written for part in people.CCCD.split("|") if part)


def test_a_sheet_holds_every_attempt_of_a_long_search(tmp_path, written):
    sheet = Sheet()
    noise = np.random.default_rng(1).integers(0, 255, (80, 120)).astype(np.uint8)
    names = []

    read_still(noise, lambda one: (names.append(one.name), sheet.note(one)))
    sheet.save(tmp_path / "sheet.png", "noise.png", 1)

    assert [f"{number}  {name}" for number, name in enumerate(names, 1)] == [
        word for word in written if word[0].isdigit() and "  " in word
    ]


@pytest.mark.parametrize("shape", [(1, 1), (3000, 2), (2, 3000), (1, 100_000), (4000, 3000)])
def test_a_picture_of_any_shape_can_be_drawn(tmp_path, shape):
    picture = np.zeros(shape, np.uint8)

    assert drawn(tmp_path, attempt(picture=picture), attempt("sharpened", picture)).ndim == 3


def test_a_picture_too_small_for_any_attempt_is_told(tmp_path, written):
    Image.new("L", (4, 4)).save(tmp_path / "dot.png")

    PictureReader().read(tmp_path / "dot.png", tmp_path / "dot.why.png")

    assert "1  too small to hold a code" in written


def test_a_long_or_odd_title_stays_on_one_line_of_the_sheet(tmp_path, written):
    sheet = drawn(tmp_path, attempt(), title=f"thẻ\n\udcff{'x' * 300}.png")

    title = written[0]
    assert title.startswith("thẻ??xxx")
    assert title.endswith("xxx.png")
    assert why._font(True, why._TITLE_PX).getlength(title) < sheet.shape[1]


def test_drawing_is_no_time_of_the_reader(tmp_path):
    sheet = Sheet()
    sheet.note(attempt(picture=np.zeros((4000, 3000), np.uint8)))

    assert sheet.drawing_s > 0


def test_a_drawing_that_cannot_be_written_is_an_os_error(tmp_path):
    Image.new("L", (40, 40)).save(tmp_path / "card.png")

    with pytest.raises(OSError, match="none"):
        PictureReader().read(tmp_path / "card.png", tmp_path / "none" / "card.why.png")
