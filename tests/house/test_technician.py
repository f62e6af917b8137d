"""The technician's guide says what the box says, and draws what the settings say."""

from pathlib import Path

import pytest

from docs.wiring import draw, pins
from kiosk.settings import Settings

ROOT = Path(__file__).parents[2]


def test_the_drawing_of_the_wiring_is_drawn_from_the_settings():
    assert draw.drawing(Settings()) == draw.FILE.read_text(encoding="utf-8")


@pytest.mark.parametrize("path", [path for path, _ in Settings()._pins()])
def test_every_pin_that_can_be_set_is_drawn(path):
    drawn = {wire.setting for part in pins.parts(Settings()) for wire in part.wires}

    assert path.rstrip("0123456789").rstrip(".") in drawn
