"""The office's own code can be read off the screen."""

import numpy as np
import pygame
import pytest
import zxingcpp
from hypothesis import example, given
from hypothesis import strategies as st

from hardware.office_code import QUIET_MODULES, modules, modules_across
from hardware.painting import Painter
from hardware.screen import PygameScreen
from hardware.viewfinder import VIEWFINDER
from kiosk.signals import Choice, Mood, Picture, View

LINKS = {
    "short": "https://a.vn",
    "usual": "https://cua.example.vn/o/chieng-an",
    "longest": "https://" + "a" * 180,
}
SIZES = [(800, 480), (480, 800), (1024, 600), (1280, 720), (1920, 1080)]


@pytest.fixture(autouse=True)
def no_camera():
    VIEWFINDER.clear()


def waiting(code, *, night=False):
    return View(
        "waiting",
        Mood.NEUTRAL,
        Picture.CARD,
        "Mời đưa thẻ hoặc mã QR trước camera",
        aiming=True,
        code=code,
        caption="Trang của cơ quan",
        notice="Sáng thứ Tư nghỉ họp",
        keys=(Choice("*", "Bấm số"),),
        night=night,
    )


def saved(tmp_path, view, size):
    width, height = size
    screen = PygameScreen(width_px=width, height_px=height, driver="dummy")
    screen.show(view)
    screen.save(tmp_path / "screen.png")
    box = screen._page.code
    screen.close()
    return pygame.surfarray.array3d(pygame.image.load(tmp_path / "screen.png")).swapaxes(0, 1), box


@pytest.mark.parametrize("night", [False, True], ids=["day", "night"])
@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("link", LINKS)
def test_the_code_is_read_off_a_saved_screen(tmp_path, link, size, night):
    picture, _ = saved(tmp_path, waiting(LINKS[link], night=night), size)
    grey = np.ascontiguousarray(picture.mean(axis=2).astype(np.uint8))
    assert [code.text for code in zxingcpp.read_barcodes(grey)] == [LINKS[link]]


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_every_module_is_as_many_whole_pixels(tmp_path, size):
    picture, box = saved(tmp_path, waiting(LINKS["usual"]), size)
    drawn = picture[box.y : box.bottom, box.x : box.right, 0] < 128
    module = box.width // modules_across(LINKS["usual"])
    whole = modules(LINKS["usual"]).repeat(module, axis=0).repeat(module, axis=1)
    assert np.array_equal(drawn, whole)


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("link", LINKS)
def test_a_module_is_at_least_two_pixels(tmp_path, link, size):
    _, box = saved(tmp_path, waiting(LINKS[link]), size)
    assert box.width // modules_across(LINKS[link]) >= 2


def test_four_modules_around_a_code_are_white():
    dark = modules(LINKS["usual"])
    inner = dark[QUIET_MODULES:-QUIET_MODULES, QUIET_MODULES:-QUIET_MODULES]
    assert QUIET_MODULES == 4
    assert dark.sum() == inner.sum()
    assert inner[0, 0]


@pytest.mark.parametrize("letters", range(24, 60))
def test_no_token_makes_a_code_of_another_size(letters):
    """Digits pack closer than letters: some of the tokens would be a size smaller, and the screen jump."""
    address = f"https://{'a' * (letters - len('https://?t='))}?t="

    assert len({modules_across(address + token) for token in ("abcdefgh", "abc23456", "23456723")}) == 1


def test_a_night_of_codes_drives_no_drawing_out():
    """One that changes each minute; the answers' drawings are made before the door opens."""
    pygame.font.init()
    painter, surface = Painter(640, 480), pygame.Surface((640, 480))
    kept = []
    for minute in range(20):
        view = waiting(f"https://a.vn?t=abcd{minute:04}")
        painter.paint(surface, view, painter.page(view))
        kept.append(len(painter._kept))

    assert set(kept[1:]) == {kept[0]}
    pygame.font.quit()


def test_without_a_code_there_is_no_paper(tmp_path):
    _, box = saved(tmp_path, waiting(""), (1024, 600))
    assert box is None


@given(st.text(min_size=1, max_size=60))
@example("かéかж0😀9ệ9ệử")
def test_letters_of_any_scripts_make_a_code(text):
    assert modules(text).any()
