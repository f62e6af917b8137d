"""Several frames of a moving card as one picture."""

import cv2
import numpy as np
import pytest

from hardware.fusing import Fusion
from hardware.zxing import Zxing
from tests import people
from tests.hardware import invented

FINE = 4


@pytest.fixture
def fusion():
    return Fusion()


def moved_in_the_dark(seed, frames=8):
    """A small code in the grain of a dark room, in a hand that moves by parts of a pixel."""
    chance = np.random.default_rng(seed)
    code = np.pad(invented.drawn(people.CCCD, 2 * FINE, mask=0), 40 * FINE, constant_values=180)
    code = cv2.GaussianBlur(code, (0, 0), 0.8 * FINE)
    at = np.zeros(2)
    for number in range(frames):
        way = np.float32([[1, 0, at[0] * FINE], [0, 1, at[1] * FINE]])
        there = cv2.warpAffine(code, way, code.shape[::-1], borderMode=cv2.BORDER_REPLICATE)
        there = cv2.resize(there, None, fx=1 / FINE, fy=1 / FINE, interpolation=cv2.INTER_AREA)
        yield invented.grainy(invented.faint(there, 60, 136), seed * 100 + number, 12)
        at += chance.uniform(-0.8, 0.8, 2)


def under_a_lamp(seed, frames=9):
    """A code with a lamp's mirror image wandering across it, never off it."""
    chance = np.random.default_rng(seed)
    code = np.pad(invented.drawn(people.CCCD, 3, mask=1), 30, constant_values=200)
    code = invented.faint(cv2.GaussianBlur(code, (0, 0), 0.8), 30, 132)
    y, x = np.mgrid[: len(code), : len(code)] - len(code) / 2
    for number in range(frames):
        away = np.hypot(y - chance.uniform(-4, 4), x - 6 * (number - (frames - 1) / 2))
        lit = code + 400 * np.exp(-((away / 40) ** 6))
        yield invented.grainy(np.clip(lit, 0, 255), seed * 100 + number)


def reads(luma):
    return Zxing().read(luma) == [people.CCCD.encode()]


@pytest.mark.parametrize("seed", range(3))
def test_frames_too_noisy_to_read_are_read_together(fusion, seed):
    frames = list(moved_in_the_dark(seed))
    for frame in frames:
        fusion.add(frame)

    assert not any(reads(frame) for frame in frames)
    assert reads(fusion.mean())


@pytest.mark.parametrize("seed", [1, 3, 4])
def test_a_lamp_that_wanders_over_the_card_is_taken_away(fusion, seed):
    frames = list(under_a_lamp(seed))
    for frame in frames:
        fusion.add(frame)

    assert not any(reads(frame) for frame in frames)
    assert not reads(fusion.mean())
    assert reads(fusion.darkest())


def test_two_frames_are_not_ripe_and_three_are(fusion):
    ripe = []
    for frame in moved_in_the_dark(seed=1, frames=3):
        fusion.add(frame)
        ripe.append(fusion.is_ripe)

    assert ripe == [False, False, True]


def test_a_picture_of_frames_is_twice_as_large_and_grey(fusion):
    for frame in moved_in_the_dark(seed=1, frames=3):
        fusion.add(frame[:100, :120])

    assert fusion.mean().shape == fusion.darkest().shape == (200, 240)
    assert fusion.mean().dtype == fusion.darkest().dtype == np.uint8


def test_a_part_of_another_size_begins_anew(fusion):
    *before, last = moved_in_the_dark(seed=1, frames=4)
    for frame in before:
        fusion.add(frame)
    fusion.add(last[:-8, :-8])

    assert not fusion.is_ripe


def test_another_thing_begins_anew(fusion):
    frames = list(moved_in_the_dark(seed=1, frames=4))
    for frame in frames[:3]:
        fusion.add(frame)
    fusion.add(np.ascontiguousarray(np.rot90(frames[3])))

    assert not fusion.is_ripe


def test_an_empty_wall_cannot_be_followed(fusion):
    for _ in range(4):
        fusion.add(np.full((160, 160), 118, np.uint8))

    assert not fusion.is_ripe


def test_corners_that_are_gone_cannot_be_followed(fusion):
    """The code is there, then the lights go out."""
    for frame in moved_in_the_dark(seed=1, frames=3):
        fusion.add(frame)
    fusion.add(np.zeros_like(frame))

    assert not fusion.is_ripe


def test_after_a_jump_three_frames_are_ripe_again(fusion):
    frames = list(moved_in_the_dark(seed=1, frames=6))
    for frame in frames[:3]:
        fusion.add(np.ascontiguousarray(np.rot90(frame)))
    for frame in frames[3:]:
        fusion.add(frame)

    assert fusion.is_ripe


def test_a_forgotten_picture_begins_anew(fusion):
    for frame in moved_in_the_dark(seed=1, frames=3):
        fusion.add(frame)
    fusion.forget()

    assert not fusion.is_ripe


@pytest.mark.parametrize("size", [(1, 1), (3, 2), (8, 8), (20, 900)])
def test_parts_of_any_size_are_laid_over_each_other(fusion, size):
    for seed in range(4):
        fusion.add(np.random.default_rng(seed).integers(0, 256, size, np.uint8))

    assert fusion.mean().shape == fusion.darkest().shape == (size[0] * 2, size[1] * 2)
