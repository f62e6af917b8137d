"""The technician's guide says what the box says, and draws what the settings say."""

import re
from pathlib import Path

import pytest

from collector.commands import collector
from docs.wiring import draw, pins
from kiosk import words
from kiosk.__main__ import kiosk
from kiosk.model import Reason
from kiosk.settings import Settings
from kiosk.signals import SignKind
from kiosk.stages import Hitch
from mqtt_bridge.__main__ import bridge

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs" / "technician.vi.md").read_text(encoding="utf-8")
VIETNAMESE = words.load("vi")
EVERYTHING = Settings(devices={"light": "gpio", "button": "gpio"})
ANSWERS = (
    Reason.SETUP_CODE,
    Reason.FOREIGN_SETUP,
    Reason.EXPIRED_SETUP,
    Reason.TECHNICIAN_CODE,
    Reason.EXPIRED_CODE,
    Reason.NOT_SAVED,
    Reason.IDENTIFY,
)
"""What a door answers to a technician, or has one called for."""
SCREENS = (
    *(f"hitch.{hitch}.headline" for hitch in Hitch),
    *(f"answer.{reason}.headline" for reason in ANSWERS),
    *(f"sign.{kind}" for kind in SignKind if kind is not SignKind.ON_DUTY),
    "setting_up.show",
    "setting_up.no_camera",
    "setting_up.configuration",
    "out_of_order.headline",
)


def _told(key: str) -> str:
    """The screen's words, with dots for what differs from box to box."""
    return re.sub(r"\{\w+\}", "…", VIETNAMESE.table[key])


def test_the_drawing_of_the_wiring_is_drawn_from_the_settings():
    assert draw.drawing(Settings()) == draw.FILE.read_text(encoding="utf-8")


@pytest.mark.parametrize("path", [path for path, _ in EVERYTHING._pins()])
def test_every_pin_that_can_be_set_is_drawn(path):
    drawn = {wire.setting for part in pins.parts(Settings()) for wire in part.wires}

    assert path.rstrip("0123456789").rstrip(".") in drawn


def test_the_table_of_the_wiring_is_that_of_the_settings():
    assert pins.table(Settings()) in GUIDE


@pytest.mark.parametrize("key", SCREENS)
def test_what_a_screen_says_is_in_the_table_in_the_same_words(key):
    first_cells = re.findall(r"^\| (.*?) \|", GUIDE, re.MULTILINE)

    assert any(f"**{_told(key)}**" in cell for cell in first_cells)


def test_every_picture_of_the_guide_is_there():
    pictures = re.findall(r'<img src="([^"]+)"', GUIDE)

    assert pictures
    assert [one for one in pictures if not (ROOT / "docs" / one).is_file()] == []


def test_every_command_of_the_guide_is_one():
    known = {f"{group.name} {name}" for group in (kiosk, bridge, collector) for name in group.commands}
    told = {
        f"{program} {name}"
        for program, name in re.findall(r"(?<![\w-])(kiosk|mqtt-bridge|collector) ([a-z]+)", _code())
    }

    assert told
    assert told <= known


def _code() -> str:
    """All that is written as commands: in blocks, and within lines."""
    blocks = re.findall(r"```sh\n(.*?)```", GUIDE, re.DOTALL)
    return "\n".join(
        [*blocks, *re.findall(r"`((?:sudo [^`]*)?(?:kiosk|mqtt-bridge|collector) [^`]+)`", GUIDE)]
    )
