"""Pictures that do not change: everything is tried until something reads."""

import sys

import cv2
import numpy as np
import pytest

from hardware.stills import read_still
from kiosk.errors import DeviceMissing
from tests import people
from tests.hardware import invented


def clear(module_px=4):
    return invented.drawn(people.CCCD, module_px, mask=0)


def dotted():
    """Modules as small dots, the corner marks whole."""
    modules = np.pad(clear(1)[4:-4, 4:-4] == 0, 4)
    last = len(modules) - 4
    picture = np.full((len(modules) * 12,) * 2, 255, np.uint8)
    for row, column in np.argwhere(modules):
        in_mark = min(row - 4, last - 1 - row) < 7 and min(column - 4, last - 1 - column) < 7
        if in_mark and not (row > last - 8 and column > last - 8):
            picture[row * 12 : row * 12 + 12, column * 12 : column * 12 + 12] = 0
        else:
            middle = (int(column * 12 + 6), int(row * 12 + 6))
            cv2.circle(picture, middle, 1, 0, -1, cv2.LINE_AA)
    return picture


def bent():
    return invented.bent(np.pad(clear(5), 20, constant_values=255), 3, seed=0)


def dark_and_faint():
    return invented.grainy(invented.faint(clear(), 10, 16), seed=3, levels=1)


def in_shade():
    light = np.linspace(0.05, 1, len(clear()))[np.newaxis, :] ** 2
    return ((20 + 200 * (clear() / 255)) * light).astype(np.uint8)


def tiny():
    return cv2.resize(clear(8), None, fx=0.15, fy=0.15, interpolation=cv2.INTER_AREA)


def blurred():
    return cv2.GaussianBlur(clear(8), (0, 0), 5)


def peppered():
    chance = np.random.default_rng(1)
    luma = clear(8)
    return np.where(chance.random(luma.shape) < 0.2, chance.integers(0, 2, luma.shape) * 255, luma).astype(
        np.uint8
    )


def printed_in_lines():
    """A printer that leaves a white line in each module."""
    luma = clear(16).copy()
    for first in range(4):
        luma[first::16] = 255
        luma[:, first::16] = 255
    return luma


def attempts_at(luma):
    attempts = []
    return read_still(luma, attempts.append), attempts


HARD = (dotted, bent, dark_and_faint, in_shade, tiny, blurred, peppered, printed_in_lines)


@pytest.mark.parametrize("picture", HARD)
def test_what_a_first_look_misses_is_read(picture):
    texts, attempts = attempts_at(picture())

    assert texts == [people.CCCD]
    assert len(attempts) > 1


@pytest.mark.parametrize("picture", HARD)
def test_each_attempt_is_told_in_order_and_the_one_that_read_last(picture):
    _, attempts = attempts_at(picture())
    *before, last = attempts

    assert attempts[0].name == "as it is"
    assert last.texts == (people.CCCD,)
    assert not any(attempt.texts for attempt in before)


def test_a_clear_picture_takes_one_attempt():
    texts, attempts = attempts_at(clear())

    assert (texts, [attempt.name for attempt in attempts]) == ([people.CCCD], ["as it is"])


def test_light_on_dark_is_read():
    assert read_still(255 - clear()) == [people.CCCD]


def test_two_codes_are_both_read():
    other = invented.drawn(people.CCCD_OF_A_WOMAN, 4, mask=0)
    other = np.pad(other, (0, max(0, len(clear()) - len(other))), constant_values=255)[: len(clear())]

    assert set(read_still(np.hstack([clear(), other]))) == {people.CCCD, people.CCCD_OF_A_WOMAN}


def test_a_found_code_is_laid_flat():
    _, attempts = attempts_at(bent())

    assert attempts[-1].name == "laid flat"
    assert attempts[-1].code.modules == 45
    assert attempts[-1].picture.shape == (53 * 8, 53 * 8)


def test_a_code_found_in_several_enhanced_pictures_is_laid_flat_once():
    """Seven looks at it enlarged or not: its place in the picture is the same."""
    luma = invented.bent(np.pad(clear(5), 20, constant_values=255), 4.5, seed=4)
    _, attempts = attempts_at(luma)
    corners = [attempt.code.corners for attempt in attempts if attempt.code]

    different = {id(one): one for one in corners}.values()
    assert all(np.abs(one - other).max() >= 4 for one in different for other in different if one is not other)


def noise():
    return np.random.default_rng(1).integers(0, 256, (240, 320), np.uint8)


def slope():
    return np.tile(np.arange(256, dtype=np.uint8), (192, 1))


def lines_of_text():
    """Dark words in rows on white paper."""
    chance = np.random.default_rng(2)
    paper = np.full((240, 320), 230, np.uint8)
    for top in range(10, 230, 14):
        paper[top : top + 8, 10:310] = np.repeat(np.where(chance.random(100) < 0.5, 40, 230), 3)
    return paper


def wall():
    return invented.grainy(invented.room(240, 320), seed=1, levels=6)


@pytest.mark.parametrize("picture", [noise, slope, lines_of_text, wall])
def test_a_picture_without_a_code_gives_no_text_after_every_way_was_tried(picture):
    texts, attempts = attempts_at(picture())

    assert texts == []
    assert len({attempt.name for attempt in attempts}) >= 19


@pytest.mark.parametrize("size", [(0, 0), (0, 5), (1, 1), (3, 2), (7, 900), (900, 7)])
def test_a_tiny_picture_is_not_worth_an_attempt(size):
    assert attempts_at(np.full(size, 118, np.uint8)) == ([], [])


@pytest.mark.parametrize("size", [(8, 8), (9, 9), (8, 300), (300, 8), (21, 21)])
def test_a_small_picture_is_tried_without_harm(size):
    assert read_still(np.random.default_rng(0).integers(0, 256, size, np.uint8)) == []


@pytest.mark.parametrize("cut", [np.s_[:, ::2], np.s_[::-1, ::-2]])
def test_a_picture_within_a_picture_is_read(cut):
    wide = clear().repeat(2, axis=1)
    wide.flags.writeable = False

    assert read_still(wide[cut]) == [people.CCCD]


def test_an_attempt_takes_time_and_shows_no_text():
    _, (attempt,) = attempts_at(clear())

    assert attempt.took_s > 0
    assert people.CCCD[:12] not in repr(attempt)


def test_without_any_engine_a_still_cannot_be_read(monkeypatch):
    monkeypatch.setitem(sys.modules, "zxingcpp", None)
    monkeypatch.setitem(sys.modules, "pyzbar", None)

    with pytest.raises(DeviceMissing):
        read_still(clear())
