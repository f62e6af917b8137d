"""A screen that is switched off at night while nobody is there."""

from dataclasses import replace

import numpy as np
import pygame
import pytest

from hardware.backlight import Backlight
from hardware.frame import Frame
from hardware.screen import PygameScreen
from hardware.viewfinder import VIEWFINDER
from kiosk.signals import Mood, Picture, View

RESTING = View("waiting", Mood.NEUTRAL, Picture.CARD, "Mời đưa thẻ", aiming=True, night=True, time="21:00")
WELCOME = View("showing", Mood.GREEN, Picture.TICK, "XIN CHÀO", night=True)


@pytest.fixture(autouse=True)
def no_camera():
    VIEWFINDER.clear()


@pytest.fixture
def lights(monkeypatch):
    """What the display was told, one after the other: whether to shine."""
    told = []
    monkeypatch.setattr("hardware.displays.Display.light", lambda _self, *, on: told.append(on))
    return told


@pytest.fixture
def screen(lights):
    opened = PygameScreen(driver="dummy", night="off", touch=True, prepared=False)
    yield opened
    opened.close()


def is_black():
    return not pygame.surfarray.array3d(pygame.display.get_surface()).any()


def test_at_night_a_door_at_rest_is_off(screen, lights):
    screen.show(RESTING)

    assert (is_black(), lights) == (True, [False])


def test_it_stays_off_when_only_the_time_changes(screen, lights):
    screen.show(RESTING)
    screen.show(replace(RESTING, time="21:01"))

    assert (is_black(), lights) == (True, [False])


def test_whoever_comes_switches_it_on(screen, lights):
    screen.show(RESTING)
    screen.show(WELCOME)

    assert (is_black(), lights) == (False, [False, True])


def test_afterwards_it_is_off_again_at_once(screen, lights):
    for shown in (RESTING, WELCOME, RESTING):
        screen.show(shown)

    assert (is_black(), lights) == (True, [False, True, False])


def test_by_day_it_is_on(screen, lights):
    screen.show(replace(RESTING, night=False))

    assert (is_black(), lights) == (False, [])


def test_while_it_is_off_no_face_is_shown(screen):
    screen.show(RESTING)
    VIEWFINDER.put(Frame(np.full((360, 640), 200, np.uint8), 1, 1.0))

    screen.attend(lambda _: None)

    assert is_black()


@pytest.mark.parametrize(
    "touch",
    [
        pygame.Event(pygame.FINGERDOWN, x=0.5, y=0.5, dx=0.0, dy=0.0, finger_id=1, touch_id=1),
        pygame.Event(pygame.MOUSEBUTTONDOWN, pos=(9, 9), button=1, touch=False),
    ],
    ids=["finger", "mouse"],
)
def test_a_touch_in_the_dark_shows_where_the_keys_are_and_presses_none(screen, lights, touch):
    screen.show(RESTING)
    heard = []
    screen.attend(heard.append)
    heard.clear()

    pygame.event.post(touch)
    screen.attend(heard.append)

    assert (is_black(), lights, heard) == (False, [False, True], [])


def test_a_touched_screen_is_off_again_with_the_next_minute(screen, lights):
    screen.show(RESTING)
    pygame.event.post(pygame.Event(pygame.MOUSEBUTTONDOWN, pos=(9, 9), button=1, touch=False))
    screen.attend(lambda _: None)

    screen.show(replace(RESTING, time="21:01"))

    assert (is_black(), lights) == (True, [False, True, False])


def test_it_is_lit_when_the_door_ends(lights):
    screen = PygameScreen(driver="dummy", night="off", prepared=False)
    screen.show(RESTING)
    screen.close()

    assert lights == [False, True]


def test_a_screen_that_is_only_dark_at_night_shows_its_page(lights):
    screen = PygameScreen(driver="dummy", prepared=False)
    screen.show(RESTING)

    assert (is_black(), lights) == (False, [])
    screen.close()


def test_a_backlight_is_switched_by_the_kernels_words(tmp_path):
    switch = tmp_path / "rpi_backlight" / "bl_power"
    switch.parent.mkdir()
    switch.write_text("0")
    light = Backlight(tmp_path)

    light.light(on=False)
    assert switch.read_text() == "4"
    light.light(on=True)
    assert switch.read_text() == "0"


def test_a_backlight_that_may_not_be_switched_stays_as_it_is(tmp_path):
    (tmp_path / "rpi_backlight" / "bl_power").mkdir(parents=True)

    Backlight(tmp_path).light(on=False)


def test_a_machine_without_a_backlight_is_content(tmp_path):
    Backlight(tmp_path / "none").light(on=False)


def test_a_light_that_may_not_be_switched_is_told_of_once(tmp_path, caplog):
    (tmp_path / "panel" / "bl_power").mkdir(parents=True)
    light = Backlight(tmp_path)

    light.light(on=False)
    light.light(on=True)

    assert [record.levelname for record in caplog.records] == ["WARNING"]
