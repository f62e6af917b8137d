"""Fingers on the screen: what is drawn can be pressed, once a press."""

import numpy as np
import pygame
import pytest

from hardware.page import Page
from hardware.screen import PygameScreen
from hardware.touching import PRESSED_S, Touch
from hardware.viewfinder import VIEWFINDER
from kiosk.reports import DeviceChange, KeyPress
from kiosk.signals import Choice, Mood, Picture, View

TYPING = View(
    state="typing",
    mood=Mood.NEUTRAL,
    picture=Picture.KEYPAD,
    headline="Số điện thoại",
    types=True,
    digits="0982",
    keys=(Choice("*", "Xoá"), Choice("#", "Xong")),
    time="08:15",
)
ASKING = View(
    state="asking",
    mood=Mood.NEUTRAL,
    picture=Picture.QUESTION,
    headline="Quý vị có sốt không?",
    choices=(Choice("1", "Có"), Choice("2", "Không")),
)
WAITING = View(
    state="waiting",
    mood=Mood.NEUTRAL,
    picture=Picture.CARD,
    headline="Mời đưa thẻ",
    aiming=True,
    keys=(Choice("*", "Không có mã?"), Choice("", "Chỉ để đọc")),
)
TOUCH = DeviceChange("keypad", present=True, part="touch")


@pytest.fixture(autouse=True)
def no_camera():
    VIEWFINDER.clear()


@pytest.fixture
def screen():
    opened = PygameScreen(driver="dummy", touch=True)
    yield opened
    opened.close()


@pytest.fixture
def heard(screen):
    """What the screen reports, after it has said that it is a keypad."""
    reports = []
    screen.attend(reports.append)
    reports.clear()
    return reports


def middle(screen, key):
    """Of the plate that is this key: the largest, where a hint speaks of it too."""
    plates = [plate for plate in screen._page.plates if plate.key == key]
    box = max(plates, key=lambda plate: plate.box.width * plate.box.height).box
    return box.x + box.width // 2, box.y + box.height // 2


def finger(screen, x, y, kind=pygame.FINGERDOWN):
    width, height = screen.size_px
    return pygame.Event(kind, x=x / width, y=y / height, dx=0.0, dy=0.0, finger_id=1, touch_id=1)


def mouse(x, y, *, touch=False, button=1, kind=pygame.MOUSEBUTTONDOWN):
    return pygame.Event(kind, pos=(x, y), button=button, touch=touch)


def press(screen, heard, *events):
    for event in events:
        pygame.event.post(event)
    screen.attend(heard.append)


def pixel(x, y):
    return tuple(pygame.display.get_surface().get_at((x, y))[:3])


def test_a_screen_that_can_be_touched_is_a_keypad_and_says_so_once(screen):
    said = []
    screen.attend(said.append)
    screen.attend(said.append)
    assert said == [TOUCH]


def test_a_screen_that_cannot_be_touched_is_no_keypad():
    opened, said = PygameScreen(driver="dummy"), []
    opened.attend(said.append)
    opened.close()
    assert said == []


@pytest.mark.parametrize("key", list("0123456789*#"))
def test_a_drawn_key_is_pressed_by_a_finger(screen, heard, key):
    screen.show(TYPING)
    press(screen, heard, finger(screen, *middle(screen, key)))
    assert heard == [KeyPress(key)]


def test_a_mouse_serves_as_a_finger(screen, heard):
    screen.show(TYPING)
    press(screen, heard, mouse(*middle(screen, "5")))
    assert heard == [KeyPress("5")]


def test_one_touch_is_one_press_though_it_comes_as_a_mouse_too(screen, heard):
    screen.show(TYPING)
    where = middle(screen, "5")
    press(screen, heard, finger(screen, *where), mouse(*where, touch=True))
    assert heard == [KeyPress("5")]


def test_a_long_press_is_one_press(screen, heard):
    screen.show(TYPING)
    where = middle(screen, "5")
    press(screen, heard, finger(screen, *where), finger(screen, *where, kind=pygame.FINGERMOTION))
    press(screen, heard, finger(screen, *where, kind=pygame.FINGERUP))
    assert heard == [KeyPress("5")]


@pytest.mark.parametrize("button", [2, 3])
def test_other_buttons_of_a_mouse_press_nothing(screen, heard, button):
    screen.show(TYPING)
    press(screen, heard, mouse(*middle(screen, "5"), button=button))
    assert heard == []


def test_an_answer_is_pressed(screen, heard):
    screen.show(ASKING)
    press(screen, heard, finger(screen, *middle(screen, "2")))
    assert heard == [KeyPress("2")]


def test_what_a_key_does_is_pressed_on_the_waiting_screen(screen, heard):
    screen.show(WAITING)
    press(screen, heard, finger(screen, *middle(screen, "*")))
    assert heard == [KeyPress("*")]


def test_a_hint_without_a_key_is_only_read(screen, heard):
    screen.show(WAITING)
    assert [plate.key for plate in screen._page.plates] == ["*", ""]


@pytest.mark.parametrize("where", [(1, 1), (1023, 599)])
def test_a_touch_beside_the_keys_is_nothing(screen, heard, where):
    screen.show(TYPING)
    press(screen, heard, finger(screen, *where))
    assert heard == []


def test_without_touch_a_mouse_presses_nothing():
    opened, said = PygameScreen(driver="dummy"), []
    opened.show(TYPING)
    where = middle(opened, "5")
    press(opened, said, mouse(*where), finger(opened, *where))
    opened.close()
    assert said == []


def test_before_anything_is_shown_a_touch_is_nothing(screen, heard):
    press(screen, heard, finger(screen, 500, 300))
    assert heard == []


def test_a_key_looks_pressed_while_a_finger_is_on_it(screen, heard):
    screen.show(TYPING)
    x, y = middle(screen, "5")
    corner = (x - 30, y)
    before = pixel(*corner)
    press(screen, heard, finger(screen, x, y))
    assert pixel(*corner) != before


def test_a_pressed_key_stays_pressed_when_its_digit_appears(screen, heard):
    screen.show(TYPING)
    x, y = middle(screen, "5")
    press(screen, heard, finger(screen, x, y))
    pressed = pixel(x - 30, y)
    screen.show(View(**{name: getattr(TYPING, name) for name in View.__slots__} | {"digits": "0982 5"}))
    assert pixel(x - 30, y) == pressed


def page():
    opened = PygameScreen(driver="dummy", touch=True)
    opened.show(TYPING)
    shown = opened._page
    where = middle(opened, "5")
    opened.close()
    return shown, where


def test_a_key_looks_pressed_for_a_moment_after_a_tap():
    shown, where = page()
    touch = Touch((1024, 600))
    touch.begins(mouse(*where), shown, 10.0)
    touch.ends(mouse(*where, kind=pygame.MOUSEBUTTONUP))
    assert not touch.released(10.0 + PRESSED_S / 2)
    assert touch.released(10.0 + PRESSED_S + 0.01)
    assert touch.pressed is None


def test_a_held_key_looks_pressed_until_it_is_let_go():
    shown, where = page()
    touch = Touch((1024, 600))
    touch.begins(mouse(*where), shown, 10.0)
    assert not touch.released(15.0)
    touch.ends(mouse(*where, kind=pygame.MOUSEBUTTONUP))
    assert touch.released(15.0)


def test_nothing_pressed_is_nothing_released():
    assert not Touch((1024, 600)).released(10.0)


def test_an_empty_page_has_nothing_to_press():
    assert Touch((1024, 600)).begins(mouse(5, 5), Page(()), 0.0) is None


def test_a_saved_screen_shows_no_finger(screen, heard, tmp_path):
    screen.show(TYPING)
    screen.save(tmp_path / "before.png")
    press(screen, heard, finger(screen, *middle(screen, "5")))
    screen.save(tmp_path / "while.png")
    before, pressed = (pygame.image.load(tmp_path / f"{name}.png") for name in ("before", "while"))
    assert np.array_equal(pygame.surfarray.array3d(before), pygame.surfarray.array3d(pressed))
