"""Fingers on the screen: what is drawn can be pressed, once a press."""

from dataclasses import replace

import numpy as np
import pygame
import pytest

from hardware.page import Page
from hardware.screen import PygameScreen
from hardware.theme import Ground, ground
from hardware.touching import BOUNCE_S, HELD_S, PRESSED_S, Touch
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
def now(monkeypatch):
    """A clock that moves when told: `now[0]`."""
    moment = [100.0]
    monkeypatch.setattr("hardware.screen.monotonic", lambda: moment[0])
    return moment


@pytest.fixture
def screen(now):
    opened = PygameScreen(driver="dummy", touch=True, prepared=False)
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


def finger(screen, x, y, kind=pygame.FINGERDOWN, number=1):
    width, height = screen.size_px
    return pygame.Event(kind, x=x / width, y=y / height, dx=0.0, dy=0.0, finger_id=number, touch_id=1)


def lifted(screen, x, y, number=1):
    return finger(screen, x, y, pygame.FINGERUP, number)


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
    opened, said = PygameScreen(driver="dummy", prepared=False), []
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
    opened, said = PygameScreen(driver="dummy", prepared=False), []
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
    screen.show(replace(TYPING, digits="0982 5"))
    assert pixel(x - 30, y) == pressed


def looks_pressed(screen, key):
    """By the colour beside the digit of a drawn key."""
    x, y = middle(screen, key)
    return pixel(x - 30, y) != RESTING


RESTING = ground(Ground.PANEL, Mood.NEUTRAL)


def later(screen, heard, now, seconds):
    now[0] += seconds
    screen.attend(heard.append)


def test_a_key_looks_pressed_for_a_moment_after_a_tap(screen, heard, now):
    screen.show(TYPING)
    where = middle(screen, "5")
    press(screen, heard, finger(screen, *where), lifted(screen, *where))
    later(screen, heard, now, PRESSED_S / 2)
    assert looks_pressed(screen, "5")
    later(screen, heard, now, PRESSED_S)
    assert not looks_pressed(screen, "5")


def test_a_held_key_looks_pressed_until_it_is_let_go(screen, heard, now):
    screen.show(TYPING)
    where = middle(screen, "5")
    press(screen, heard, finger(screen, *where))
    later(screen, heard, now, 1.5)
    assert looks_pressed(screen, "5")
    press(screen, heard, lifted(screen, *where))
    assert not looks_pressed(screen, "5")


def test_a_finger_whose_lift_was_never_told_holds_no_longer_than_two_seconds(screen, heard, now):
    screen.show(TYPING)
    press(screen, heard, finger(screen, *middle(screen, "5")))
    later(screen, heard, now, HELD_S)
    assert not looks_pressed(screen, "5")
    press(screen, heard, finger(screen, *middle(screen, "6"), number=2))
    assert heard == [KeyPress("5"), KeyPress("6")]


def test_a_new_view_ends_a_hold(screen, heard, now):
    screen.show(TYPING)
    press(screen, heard, finger(screen, *middle(screen, "5")))
    screen.show(replace(TYPING, digits="0982 5"))
    later(screen, heard, now, PRESSED_S)
    assert not looks_pressed(screen, "5")


def test_of_two_keys_pressed_one_after_the_other_only_the_last_looks_so(screen, heard):
    screen.show(TYPING)
    five, six = middle(screen, "5"), middle(screen, "6")
    press(screen, heard, finger(screen, *five), lifted(screen, *five), finger(screen, *six))
    assert [key for key in "56" if looks_pressed(screen, key)] == ["6"]


@pytest.mark.parametrize("key", ["5", "6"], ids=["the same key", "another key"])
def test_a_second_finger_presses_nothing_while_the_first_is_down(screen, heard, now, key):
    screen.show(TYPING)
    press(screen, heard, finger(screen, *middle(screen, "5")))
    later(screen, heard, now, 0.5)
    press(screen, heard, finger(screen, *middle(screen, key), number=2))
    assert heard == [KeyPress("5")]


def test_a_finger_presses_nothing_while_another_rests_beside_the_keys(screen, heard, now):
    screen.show(TYPING)
    press(screen, heard, finger(screen, 1, 1), finger(screen, *middle(screen, "5"), number=2))
    assert heard == []


def test_after_two_fingers_are_lifted_the_next_counts(screen, heard, now):
    screen.show(TYPING)
    five, six = middle(screen, "5"), middle(screen, "6")
    press(screen, heard, finger(screen, *five), finger(screen, *six, number=2))
    press(screen, heard, lifted(screen, *five), lifted(screen, *six, number=2))
    later(screen, heard, now, BOUNCE_S + 0.01)
    press(screen, heard, finger(screen, *six, number=3))
    assert heard == [KeyPress("5"), KeyPress("6")]


def test_the_first_of_two_fingers_lifted_leaves_the_second_down(screen, heard, now):
    screen.show(TYPING)
    five, six, seven = (middle(screen, key) for key in "567")
    press(screen, heard, finger(screen, *five), finger(screen, *six, number=2), lifted(screen, *five))
    press(screen, heard, finger(screen, *seven, number=3))
    assert heard == [KeyPress("5")]


def test_a_wet_finger_that_lifts_and_lands_at_once_is_one_press(screen, heard):
    screen.show(TYPING)
    where = middle(screen, "5")
    again = finger(screen, *where, number=2)
    press(screen, heard, finger(screen, *where), lifted(screen, *where), again)
    assert heard == [KeyPress("5")]


def test_a_finger_that_goes_on_trembling_is_one_press(screen, heard, now):
    screen.show(TYPING)
    where = middle(screen, "5")
    for number in range(5):
        press(screen, heard, finger(screen, *where, number=number), lifted(screen, *where, number=number))
        now[0] += 0.06
    assert heard == [KeyPress("5")]


def test_the_same_key_a_tenth_of_a_second_after_its_lift_is_pressed_again(screen, heard, now):
    screen.show(TYPING)
    where = middle(screen, "5")
    press(screen, heard, finger(screen, *where), lifted(screen, *where))
    now[0] += BOUNCE_S + 0.01
    press(screen, heard, finger(screen, *where))
    assert heard == [KeyPress("5"), KeyPress("5")]


def test_another_key_at_once_after_a_lift_is_pressed(screen, heard):
    screen.show(TYPING)
    five, six = middle(screen, "5"), middle(screen, "6")
    press(screen, heard, finger(screen, *five), lifted(screen, *five), finger(screen, *six))
    assert heard == [KeyPress("5"), KeyPress("6")]


def test_a_finger_that_trembles_presses_nothing_of_the_view_that_its_press_brings(screen, heard):
    screen.show(ASKING)
    where = middle(screen, "2")
    press(screen, heard, finger(screen, *where), lifted(screen, *where))
    screen.show(replace(ASKING, headline="Quý vị có ho không?"))
    press(screen, heard, finger(screen, *where, number=2))
    assert heard == [KeyPress("2")]


def test_a_mouse_that_bounces_is_one_press(screen, heard):
    screen.show(TYPING)
    where = middle(screen, "5")
    press(screen, heard, mouse(*where), mouse(*where, kind=pygame.MOUSEBUTTONUP), mouse(*where))
    assert heard == [KeyPress("5")]


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
