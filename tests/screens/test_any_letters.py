"""Whatever letters come, the screen shows what it can of them, and goes on."""

import sys
from dataclasses import replace
from unicodedata import category

import pygame
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hardware.lettering import Lettering
from hardware.painting import Painter
from kiosk.signals import Choice, Mood, Picture, Row, Sign, SignKind, View

SIZE = (800, 480)
WHITE = (255, 255, 255)
ANSWER = View("showing", Mood.GREEN, Picture.TICK, "XIN CHÀO", keys=(Choice("*", "Thêm"),), time="08:05")
WAITING = View("waiting", Mood.NEUTRAL, Picture.CARD, "Mời đưa thẻ", aiming=True, code="https://a.vn")
TYPING = View("typing", Mood.NEUTRAL, Picture.KEYPAD, "Số điện thoại", types=True)
ASKING = View("asking", Mood.NEUTRAL, Picture.QUESTION, "Gặp ai?", choices=(Choice("1", "Một cửa"),))
LISTING = View("menu", Mood.NEUTRAL, Picture.GUARD, "Trong: 1", rows=(Row("LÒ THỬ", "08:05"),))
SETTING_UP = replace(LISTING, state="setting_up", aiming=True)

FIELDS = {
    **{
        name: lambda view, text, name=name: replace(view, **{name: text})
        for name in (
            *("headline", "name", "detail", "note", "digits", "turn", "hint", "code", "caption", "notice"),
            *("place", "door", "way", "time"),
        )
    },
    "choice": lambda view, text: replace(view, choices=(Choice(text, "Có"), Choice("2", text))),
    "key": lambda view, text: replace(view, keys=(Choice(text, "Xong"), Choice("#", text))),
    "row": lambda view, text: replace(view, rows=(Row(text, "08:05"), Row("LÒ THỬ", text, done=True))),
    "sign": lambda view, text: replace(view, signs=(Sign(SignKind.ON_DUTY, text),)),
}
"""Puts a text into a field of a view."""
CATEGORIES = sorted({category(chr(point)) for point in range(sys.maxunicode)})
letters_of_one_category = st.sampled_from(CATEGORIES).flatmap(
    lambda name: st.text(st.characters(categories=[name]), max_size=40)
)
texts = letters_of_one_category | st.text(st.characters(), max_size=40)


@pytest.fixture(scope="module", autouse=True)
def painter():
    pygame.font.init()
    yield Painter(*SIZE)
    pygame.font.quit()


@pytest.mark.parametrize("field", FIELDS)
@settings(max_examples=25, deadline=None)
@given(view=st.sampled_from([ANSWER, WAITING, TYPING, ASKING, LISTING, SETTING_UP]), text=texts)
def test_any_letters_in_any_field_are_painted(painter, field, view, text):
    shown = FIELDS[field](view, text)
    painter.paint(pygame.Surface(SIZE, depth=32), shown, painter.page(shown))


@pytest.mark.parametrize("text", ["\u034f", "\u200b\u200b", "\u202e", "\0", ""], ids=ascii)
def test_a_line_without_any_width_is_clear(painter, text):
    written = Lettering().write(text, 40, WHITE, bold=True, room_px=200)
    assert written.get_width() <= 1
    assert not pygame.surfarray.array_alpha(written).any()


@pytest.mark.parametrize("text", ["XIN\0 CHÀO", "XIN CHÀ\u200bO"], ids=ascii)
def test_letters_beside_one_without_width_are_written(painter, text):
    lettering = Lettering()
    written, plain = (lettering.write(one, 40, WHITE, bold=True, room_px=400) for one in (text, "XIN CHÀO"))
    assert written.get_width() == pytest.approx(plain.get_width(), abs=3)
    assert pygame.surfarray.array_alpha(written).any()


def test_half_a_letter_is_written_as_a_question_mark(painter):
    lettering = Lettering()
    half, mark = (lettering.write(one, 40, WHITE, bold=True, room_px=200) for one in ("\ud83d", "?"))
    assert pygame.image.tobytes(half, "RGBA") == pygame.image.tobytes(mark, "RGBA")


def test_a_size_of_a_font_that_was_taken_over_is_drawn_alike(painter):
    """Few fonts are kept, and change their sizes: none shows."""
    lettering = Lettering()
    first = lettering.write("Ễ 08:15", 61, WHITE, bold=True, room_px=900)
    for size in range(20, 60):
        lettering.write("Ễ 08:15", size, WHITE, bold=True, room_px=900)
    again = lettering.write("Ễ 08:15", 61, WHITE, bold=True, room_px=900)
    assert pygame.image.tobytes(first, "RGBA") == pygame.image.tobytes(again, "RGBA")
