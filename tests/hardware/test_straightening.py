"""Codes on bent and slanting paper, laid flat on their own grid."""

import cv2
import numpy as np
import pytest
import segno

from hardware.straightening import Located, flatten, modules_of
from hardware.zxing import Zxing
from tests import people
from tests.hardware import invented

PAPER_PX = 20


def on_paper(text=people.CCCD, module_px=5):
    return np.pad(invented.drawn(text, module_px, mask=0), PAPER_PX, constant_values=255)


def located(luma, module_px=5):
    """Where a drawn code lies on its paper."""
    near, far = PAPER_PX + 4 * module_px, len(luma) - PAPER_PX - 4 * module_px
    corners = np.float32([(near, near), (far, near), (far, far), (near, far)])
    return Located(corners, (far - near) // module_px)


def modules(text):
    """What `modules_of` shall give for a code: four pixels a module, four blank modules around."""
    return invented.drawn(text, 4, mask=0)


def reads(luma, text=people.CCCD):
    return Zxing().read(luma) == [text.encode()]


@pytest.mark.parametrize("seed", [0, 3, 9, 18])
def test_a_bent_code_that_is_found_and_not_read_is_read_when_laid_flat(seed):
    luma = invented.bent(on_paper(), 3, seed)
    look = Zxing().look(luma)
    (found,) = look.unread

    assert look.contents == ()
    assert any(reads(flat) for flat in flatten(luma, found))


@pytest.mark.parametrize("seed", [0, 3, 9, 18])
def test_corners_alone_do_not_make_a_bent_code_flat(seed):
    luma = invented.bent(on_paper(), 3, seed)
    (found,) = Zxing().look(luma).unread

    assert not reads(next(flatten(luma, found)))


@pytest.mark.parametrize("text", [people.PHONE, people.CCCD, people.BHYT])
def test_a_flat_code_stays_readable_after_each_round(text):
    luma = on_paper(text)

    assert [reads(flat, text) for flat in flatten(luma, located(luma))] == [True] * 4


@pytest.mark.parametrize("text", [people.PHONE, people.CCCD, people.BHYT])
def test_the_modules_of_a_clean_code_are_exactly_its_own(text):
    luma = on_paper(text)

    for flat in flatten(luma, located(luma)):
        assert np.array_equal(modules_of(flat), modules(text))


def test_modules_come_out_of_shade_and_light():
    luma = on_paper()
    light = np.linspace(0.2, 1, len(luma))[np.newaxis, :]
    shaded = (luma * 0.6 * light + 60 * light).astype(np.uint8)

    assert np.array_equal(modules_of(next(flatten(shaded, located(shaded)))), modules(people.CCCD))


def test_a_slanting_code_is_laid_flat_by_its_corners():
    luma = on_paper()
    side = len(luma)
    square = np.float32([(0, 0), (side, 0), (side, side), (0, side)])
    aslant = np.float32([(40, 10), (side + 60, 60), (side - 10, side + 40), (10, side - 30)])
    way = cv2.getPerspectiveTransform(square, aslant)
    seen = cv2.warpPerspective(luma, way, (side + 80, side + 80), borderValue=255)
    code = located(luma)
    corners = cv2.perspectiveTransform(code.corners[np.newaxis], way)[0]

    flat = next(flatten(seen, Located(corners, code.modules)))

    assert np.array_equal(modules_of(flat), modules(people.CCCD))


@pytest.mark.parametrize("turns", range(4))
def test_a_turned_code_stands_upright_when_laid_flat(turns):
    luma = on_paper()
    code = located(luma)
    seen = np.ascontiguousarray(np.rot90(luma, turns))
    turned = Located(np.roll(code.corners, turns, axis=0), code.modules)

    assert np.array_equal(modules_of(next(flatten(seen, turned))), modules(people.CCCD))


@pytest.mark.parametrize("rounds", range(4))
def test_so_many_rounds_give_one_picture_more(rounds):
    luma = on_paper()

    assert len(list(flatten(luma, located(luma), rounds))) == rounds + 1


def test_a_flat_picture_has_eight_pixels_a_module_and_four_modules_around():
    luma = on_paper()
    flat = next(flatten(luma, located(luma)))

    assert (flat.shape, flat.dtype) == ((53 * 8, 53 * 8), np.uint8)


def test_the_largest_code_is_laid_flat():
    luma = np.pad(invented.picture_of(segno.make("x", version=40, mask=0), 3), PAPER_PX, constant_values=255)
    code = located(luma, module_px=3)

    assert code.modules == 177
    assert reads(modules_of(next(flatten(luma, code))), "x")


@pytest.mark.parametrize(
    "corners",
    [
        [(-200, -150), (-90, -150), (-90, -40), (-200, -40)],
        [(10, 10), (200, 200), (200, 10), (10, 200)],
        [(50, 50), (51, 50), (51, 51), (50, 51)],
        [(10, 10), (200, 10), (105, 12), (10, 200)],
    ],
    ids=["outside", "crossed", "a pixel", "bent inwards"],
)
def test_nonsense_is_laid_flat_without_a_sound(corners):
    """A reader's guess at corners may be wild; what comes of it is a picture in which nothing is read."""
    pictures = list(flatten(on_paper(), Located(np.float32(corners), 45)))

    assert [flat.shape for flat in pictures] == [(53 * 8, 53 * 8)] * 4
    assert not any(Zxing().read(modules_of(flat)) for flat in pictures)


def test_where_there_is_no_edge_there_is_no_drift():
    grey = np.full((200, 200), 118, np.uint8)

    for flat in flatten(grey, located(grey)):
        assert np.unique(flat).tolist() == [118]


def test_a_module_is_as_wide_as_its_share_of_the_sides():
    corners = np.float32([(0, 0), (84, 0), (84, 42), (0, 42)])

    assert Located(corners, 21).module_px == 3


def test_where_a_code_lies_is_not_shown():
    assert "corners" not in repr(located(on_paper()))
