"""Whoever watches the twins is told what they do when they do it; they remember it all the same."""

from pathlib import Path

import numpy as np
import pygame
import pytest

from hardware.frame import Frame
from hardware.layout import Box
from hardware.simulated.buzzer import Played, SimulatedBuzzer
from hardware.simulated.lamp import SimulatedLamp
from hardware.simulated.light import SimulatedLight
from hardware.simulated.screen import Painted, SimulatedScreen
from hardware.simulated.voice import Said, SimulatedVoice
from hardware.viewfinder import VIEWFINDER
from kiosk.cues import REFUSED, WELCOME
from kiosk.signals import Colour, Glow, Mood, Picture, View

RESTING = View("waiting", Mood.NEUTRAL, Picture.CARD, "Mời đưa thẻ", aiming=True)
ANSWER = View("showing", Mood.GREEN, Picture.TICK, "XIN CHÀO")


@pytest.fixture
def told():
    return []


def test_a_glow_is_told_on_change_only(told):
    lamp = SimulatedLamp()
    lamp.light(Glow(Colour.WHITE))
    lamp.watch(told.append)
    for colour in (Colour.WHITE, Colour.GREEN, Colour.GREEN, Colour.OFF):
        lamp.light(Glow(colour))
    lamp.close()

    assert told == [Glow(Colour.GREEN), Glow(Colour.OFF)]
    assert lamp.glows == [Glow(Colour.WHITE), *told]


def test_a_cue_is_told_each_time(told):
    buzzer = SimulatedBuzzer()
    buzzer.watch(told.append)
    for cue, volume in ((WELCOME, 100), (WELCOME, 30), (REFUSED, 0)):
        buzzer.play(cue, volume)
    buzzer.close()

    assert told == [Played(WELCOME, 100), Played(WELCOME, 30), Played(REFUSED, 0)]
    assert (buzzer.played, buzzer.volumes) == ([WELCOME, WELCOME, REFUSED], [100, 30, 0])


def test_a_cue_that_cannot_be_played_is_not_told(told):
    buzzer = SimulatedBuzzer()
    buzzer.watch(told.append)
    with pytest.raises(ValueError, match="volume"):
        buzzer.play(WELCOME, 101)
    buzzer.close()

    assert told == []


def test_a_phrase_is_told_each_time_and_silence_is_not(told):
    voice = SimulatedVoice(folder=Path("none"))
    voice.watch(told.append)
    for phrase in ("welcome", "", "welcome"):
        voice.say(phrase, "vi", 50)

    assert told == voice.said == [Said("welcome", "vi", 50)] * 2


def test_light_is_told_on_change_only(told):
    light = SimulatedLight()
    light.watch(told.append)
    for on in (False, True, True, False):
        light.shine(on=on)
    light.close()

    assert told == [True, False]


@pytest.fixture
def screen(told):
    opened = SimulatedScreen(width_px=320, height_px=200, driver="window", fullscreen=True, prepared=False)
    opened.watch(told.append)
    yield opened
    opened.close()
    VIEWFINDER.clear()


def as_drawn():
    return pygame.surfarray.array2d(pygame.display.get_surface()).T


def test_the_screen_is_in_memory_whatever_is_asked_for(screen):
    assert pygame.display.get_driver() == "dummy"
    assert screen.size_px == (320, 200)


def test_a_view_is_told_before_it_is_painted_and_then_all_of_its_pixels(screen, told):
    screen.show(ANSWER)

    view, picture = told
    assert view is ANSWER
    assert (picture.box, picture.is_camera) == (Box(0, 0, 320, 200), False)
    assert np.array_equal(picture.pixels, as_drawn())


def test_what_was_told_stays_as_it_was(screen, told):
    screen.show(ANSWER)
    before = told[1].pixels.copy()
    screen.show(RESTING)

    assert np.array_equal(told[1].pixels, before)


def test_of_a_new_picture_of_the_camera_its_pane_alone_is_told(screen, told):
    VIEWFINDER.put(Frame(np.full((90, 160), 200, np.uint8), 1, 0.0))
    screen.show(RESTING)
    VIEWFINDER.put(Frame(np.full((90, 160), 30, np.uint8), 2, 0.0))

    screen.attend(told.append)

    *_, picture = told
    assert picture.is_camera
    assert picture.box.width * picture.box.height < 320 * 200
    box = picture.box
    assert np.array_equal(picture.pixels, as_drawn()[box.y : box.bottom, box.x : box.right])
    assert (picture.pixels & 0xFF == 30).mean() > 0.9


@pytest.mark.parametrize(
    "frame", [None, Frame(np.zeros((160, 90), np.uint8), 2, 0.0)], ids=["lost", "upright"]
)
def test_where_more_than_the_pane_is_painted_anew_all_is_told(frame, screen, told):
    VIEWFINDER.put(Frame(np.full((90, 160), 200, np.uint8), 1, 0.0))
    screen.show(RESTING)
    VIEWFINDER.clear()
    if frame:
        VIEWFINDER.put(frame)

    screen.attend(told.append)

    *_, picture = told
    assert isinstance(picture, Painted)
    assert (picture.box, picture.is_camera) == (Box(0, 0, 320, 200), False)


def test_nothing_is_told_of_a_turn_that_paints_nothing(screen, told):
    screen.show(ANSWER)
    told.clear()

    screen.attend(told.append)

    assert told == []
