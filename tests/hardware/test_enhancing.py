"""Pictures made easier to read: whatever comes in, a picture comes out."""

from functools import partial

import numpy as np
import pytest

from hardware import enhancing
from tests.hardware import invented

SAME_SIZE = (
    enhancing.contrasted,
    enhancing.thresholded,
    enhancing.softened,
    enhancing.closed,
    enhancing.opened,
    enhancing.evened,
    enhancing.brightened,
    enhancing.thresholded_evenly,
    partial(enhancing.sharpened_near, times=2),
)
ALL = (*SAME_SIZE, enhancing.sharpened, enhancing.enlarged, enhancing.reduced)
SIZES = [(1, 1), (1, 2), (3, 2), (8, 8), (1, 900), (900, 1), (61, 60), (240, 321)]


def noise(size, seed=1):
    return np.random.default_rng(seed).integers(0, 256, size, np.uint8)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("way", ALL)
def test_a_picture_of_any_size_stays_a_grey_picture(way, size):
    better = way(noise(size))

    assert (better.dtype, better.ndim) == (np.uint8, 2)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("way", SAME_SIZE)
def test_light_and_shade_are_changed_at_the_same_size(way, size):
    assert way(noise(size)).shape == size


@pytest.mark.parametrize("way", ALL)
def test_the_picture_itself_is_left_as_it_was(way):
    luma = noise((60, 80))
    before = luma.copy()

    way(luma)

    assert np.array_equal(luma, before)


@pytest.mark.parametrize("way", ALL)
def test_a_picture_that_may_not_be_written_to_will_do(way):
    luma = noise((60, 80))
    luma.flags.writeable = False

    assert np.array_equal(way(luma), way(luma.copy()))


@pytest.mark.parametrize("cut", [np.s_[:, ::2], np.s_[::-1], np.s_[5:50, 7:61]])
@pytest.mark.parametrize("way", ALL)
def test_pixels_need_not_lie_side_by_side(way, cut):
    part = noise((60, 80))[cut]

    assert np.array_equal(way(part), way(np.ascontiguousarray(part)))


def test_sharpening_doubles_the_size():
    assert enhancing.sharpened(noise((60, 81))).shape == (120, 162)


def test_enlarging_stops_at_sixteen_megapixels():
    assert enhancing.enlarged(np.zeros((2000, 2000), np.uint8)).size == 16_000_000
    assert enhancing.enlarged(np.zeros((2000, 2001), np.uint8)).shape == (2000, 2001)


def test_a_picture_reduced_to_less_than_a_pixel_is_one_pixel():
    assert enhancing.reduced(noise((3, 1)), 100).shape == (1, 1)


def test_reducing_takes_the_mean():
    assert enhancing.reduced(np.uint8([[0, 100], [100, 200]])).tolist() == [[100]]


def test_an_edge_is_steeper_after_sharpening():
    ramp = np.tile(np.linspace(60, 180, 40).astype(np.uint8), (40, 1))
    ramp[:, :15], ramp[:, 25:] = 60, 180

    sharp = enhancing.sharpened(ramp).astype(int)

    assert sharp.min() < 60
    assert sharp.max() > 180


@pytest.mark.parametrize("way", [enhancing.thresholded, enhancing.thresholded_evenly])
def test_a_threshold_leaves_black_and_white(way):
    assert set(np.unique(way(invented.grainy(invented.room(), seed=1, levels=20)))) == {0, 255}


def test_a_threshold_finds_black_in_the_shade_and_white_in_the_light():
    light = np.tile(np.linspace(40, 200, 160), (160, 1))
    marks = np.zeros((160, 160), bool)
    marks[40:120:8, 40:120] = True
    luma = np.where(marks, light * 0.7, light).astype(np.uint8)

    black = enhancing.thresholded(luma) == 0

    assert np.array_equal(black[40:120, 40:120], marks[40:120, 40:120])


def test_local_contrast_wakes_a_faint_code():
    code = invented.faint(invented.drawn("0912345678", 8), 10, 16)

    assert np.ptp(enhancing.contrasted(code)) >= 2 * np.ptp(code)


def test_evening_takes_the_light_from_one_side_away():
    light = np.tile(np.linspace(60, 200, 320), (240, 1)).astype(np.uint8)

    assert np.ptp(enhancing.evened(light)[:, 60:-60]) < 10


def test_brightening_spreads_the_dark_and_keeps_the_ends():
    assert enhancing.brightened(np.uint8([[0, 64, 255]])).tolist() == [[0, 128, 255]]


def test_dark_specks_are_closed_and_light_ones_opened():
    specks = np.full((40, 40), 128, np.uint8)
    specks[10, 10], specks[30, 30] = 0, 255

    assert enhancing.closed(specks).min() == 128
    assert enhancing.opened(specks).max() == 128
