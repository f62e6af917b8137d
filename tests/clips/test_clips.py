"""Clips are the same in every run, and true."""

import numpy as np
import pytest
import zxingcpp

from tests.benchmarks.readers import PlainZxingCpp
from tests.clips import SCENARIOS, clip
from tests.clips.scenarios import CARD


def filmed(name, seed=1, **size):
    return list(clip(name, seed, **{"width_px": 640, "height_px": 360, "frames_per_s": 4, **size}))


@pytest.mark.parametrize("name", ["phone_moire", "phone_roll", "card_worn", "paper_dark", "empty"])
def test_the_same_seed_gives_the_same_frames(name):
    once, again = filmed(name), filmed(name)

    assert len(once) == 10
    assert all(np.array_equal(a.luma, b.luma) for a, b in zip(once, again, strict=True))


def test_another_seed_gives_another_clip():
    assert not np.array_equal(filmed("empty", 1)[0].luma, filmed("empty", 2)[0].luma)


def test_a_code_held_still_says_the_truth_where_it_is_said_to_be():
    shot = filmed("phone_good")[-1]
    (code,) = zxingcpp.read_barcodes(shot.luma)
    corners = [
        (corner.x, corner.y)
        for corner in (
            code.position.top_left,
            code.position.top_right,
            code.position.bottom_right,
            code.position.bottom_left,
        )
    ]

    assert shot.visible
    assert code.text == shot.truth
    assert np.abs(np.array(corners) - shot.corners_px).max() < 2 * shot.module_px


def test_a_card_says_its_text():
    shot = filmed("card_near", seed=3, width_px=1280, height_px=720)[-1]

    assert (shot.truth, PlainZxingCpp().read(shot.luma)) == (CARD, [CARD])


def test_a_code_is_out_of_view_before_it_comes():
    first = filmed("phone_good")[0]

    assert (first.visible, first.corners_px, first.module_px) == (False, None, 0)


@pytest.mark.parametrize("name", ["empty", "empty_dark"])
def test_an_empty_clip_holds_no_code(name):
    shots = filmed(name)

    assert {shot.truth for shot in shots} == {None}
    assert not any(shot.visible for shot in shots)
    assert not any(zxingcpp.read_barcodes(shot.luma) for shot in shots)


def test_two_scenarios_are_empty():
    assert [name for name, scenario in SCENARIOS.items() if scenario.kind == "empty"] == [
        "empty",
        "empty_dark",
    ]
