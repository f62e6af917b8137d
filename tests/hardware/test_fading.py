"""The way back to rest is smooth, and never in the way of an answer."""

import numpy as np
import pygame
import pytest

from hardware.fading import FADE_S, Fade
from hardware.screen import PygameScreen
from hardware.viewfinder import VIEWFINDER
from kiosk.signals import Mood, Picture, View

WAITING = View("waiting", Mood.NEUTRAL, Picture.CARD, "Mời đưa thẻ", aiming=True)
WELCOME = View("showing", Mood.GREEN, Picture.TICK, "XIN CHÀO", name="LÒ THỬ · 1950")


@pytest.fixture(autouse=True)
def no_camera():
    VIEWFINDER.clear()


@pytest.fixture
def now(monkeypatch):
    """A clock that moves when told: `now[0]`."""
    moment = [100.0]
    monkeypatch.setattr("hardware.screen.monotonic", lambda: moment[0])
    return moment


@pytest.fixture
def screen(now):
    opened = PygameScreen(driver="dummy", prepared=False, transitions=True)
    yield opened
    opened.close()


def pixels():
    return pygame.surfarray.array3d(pygame.display.get_surface())


def whole(view):
    """How a view looks without any way to it."""
    opened = PygameScreen(driver="dummy", prepared=False)
    opened.show(view)
    seen = pixels()
    opened.close()
    return seen


@pytest.fixture(scope="module")
def looks():
    return {"waiting": whole(WAITING), "welcome": whole(WELCOME)}


def test_an_answer_is_whole_at_once(looks, screen):
    screen.show(WAITING)
    screen.show(WELCOME)
    assert np.array_equal(pixels(), looks["welcome"])


def test_going_back_to_rest_the_answer_shines_through(looks, screen):
    screen.show(WELCOME)
    screen.show(WAITING)
    assert not np.array_equal(pixels(), looks["waiting"])
    assert not np.array_equal(pixels(), looks["welcome"])


def test_the_waiting_screen_is_the_stronger_from_the_first_moment(looks, screen):
    screen.show(WELCOME)
    screen.show(WAITING)
    seen = pixels().astype(int)
    near, far = (np.abs(seen - looks[name]).sum() for name in ("waiting", "welcome"))
    assert near < far * 1.1


def test_after_less_than_a_fifth_of_a_second_the_answer_is_gone(looks, screen, now):
    screen.show(WELCOME)
    screen.show(WAITING)
    now[0] += 0.2
    screen.attend(lambda _: None)
    assert np.array_equal(pixels(), looks["waiting"])


def test_an_answer_in_the_middle_of_a_fade_is_whole_at_once(looks, screen, now):
    screen.show(WELCOME)
    screen.show(WAITING)
    now[0] += FADE_S / 2
    screen.attend(lambda _: None)
    screen.show(WELCOME)
    assert np.array_equal(pixels(), looks["welcome"])
    now[0] += FADE_S / 4
    screen.attend(lambda _: None)
    assert np.array_equal(pixels(), looks["welcome"])


def test_a_fade_only_ever_grows_fainter(looks, screen, now):
    """It goes one way, so nothing flashes."""
    screen.show(WELCOME)
    screen.show(WAITING)
    away = []
    for _ in range(5):
        away.append(np.abs(pixels().astype(int) - looks["waiting"]).sum())
        now[0] += FADE_S / 4
        screen.attend(lambda _: None)
    assert away == sorted(away, reverse=True)


def test_a_saved_screen_is_whole_in_the_middle_of_a_fade(looks, screen, tmp_path):
    screen.show(WELCOME)
    screen.show(WAITING)
    screen.save(tmp_path / "screen.png")
    saved = pygame.surfarray.array3d(pygame.image.load(tmp_path / "screen.png"))
    assert np.array_equal(saved, looks["waiting"])


def test_in_memory_nothing_fades_unless_asked(looks, now):
    opened = PygameScreen(driver="dummy", prepared=False)
    opened.show(WELCOME)
    opened.show(WAITING)
    seen = pixels()
    opened.close()
    assert np.array_equal(seen, looks["waiting"])


def test_the_first_screen_of_all_does_not_fade(looks, screen):
    screen.show(WAITING)
    assert np.array_equal(pixels(), looks["waiting"])


def test_a_fade_that_is_over_leaves_the_screen_alone():
    old, new = pygame.Surface((4, 4)), pygame.Surface((4, 4))
    old.fill((200, 0, 0))
    assert Fade(old, 1.0).lay_over(new, 1.2) is False
    assert new.get_at((1, 1))[:3] == (0, 0, 0)


def test_a_fade_is_shorter_than_a_fifth_of_a_second():
    assert FADE_S <= 0.2
