"""Every screen of a door, in every language, size and length of words: it can be read, and nothing is lost."""

from dataclasses import replace
from functools import cache
from io import BytesIO
from itertools import combinations, product

import numpy as np
import pygame
import pytest
from fontTools.ttLib import TTFont

from hardware.breaking import BORDER
from hardware.composing import compose
from hardware.composing.pills import KEYS
from hardware.fonts import BOLD, MEDIUM
from hardware.layout import Box, Wish, fit
from hardware.lettering import Lettering
from hardware.painting import Painter
from hardware.theme import BOLD_ROLES, SCALES, Role, contrast, ground, ink
from tests.screens.views import LANGUAGES, LENGTHS, LONGEST_NAME, SIZES, all_views

NAMES = tuple(all_views("vi", "short"))
EVERY_LANGUAGE_AND_LENGTH = tuple(product(LANGUAGES, LENGTHS))
FOOT = frozenset({Role.KEYS, Role.CAPTION, Role.NOTICE})
SQUEEZED = 0.72
UPRIGHT = 1.15
"""An upright screen's H is so much of its width."""

every_size = pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
every_screen = pytest.mark.parametrize("name", NAMES)
with_keys_or_fingers = pytest.mark.parametrize(
    ("size", "touch"),
    [*((size, False) for size in SIZES), *((size, True) for size in SIZES[:2])],
    ids=lambda value: (
        f"{value[0]}x{value[1]}" if isinstance(value, tuple) else ("touch" if value else "keypad")
    ),
)


@pytest.fixture(scope="module", autouse=True)
def lettering():
    pygame.font.init()
    yield _lettering()
    for kept in (_laid_out, _ruler, _painter, _lettering):
        kept.cache_clear()
    pygame.font.quit()


@cache
def _lettering():
    return Lettering()


@cache
def _ruler(bold):
    """One for all pages, since it remembers what it measured."""
    return _lettering().measure(bold)


@cache
def _painter(size):
    return Painter(*size)


def _pages(size, touch=False):
    """The pages of a size, laid out once, however they are asked for."""
    return _laid_out(size, touch)


@cache
def _laid_out(size, touch):
    """
    Each screen laid out, with its view: name -> the pages of all languages and lengths.

    By day only: nothing stands elsewhere by night.
    """
    found = {name: [] for name in NAMES}
    for language, length in EVERY_LANGUAGE_AND_LENGTH:
        for name, view in all_views(language, length).items():
            page = compose(view, *size, _ruler(True), _ruler(False), touch=touch)
            found[name].append((view, page, length))
    return found


def page_of(name, language, length, size):
    """One of these pages, with its view."""
    view, page, _ = _pages(size)[name][EVERY_LANGUAGE_AND_LENGTH.index((language, length))]
    return view, page


def unit(size):
    width, height = size
    return min(height, round(width * UPRIGHT)) if height > width else height


def smallest(role, size):
    return max(6, round(unit(size) / SCALES[role].smallest))


def words_of(view):
    texts = [
        view.headline,
        view.name,
        view.detail,
        view.note,
        view.hint,
        view.notice,
        view.caption,
        view.place,
    ]
    texts += [view.door, view.way, view.time, view.turn, view.digits.replace(" ", "\u00a0")]
    texts += [text for choice in (*view.choices, *view.keys) for text in (choice.key, choice.text)]
    texts += [text for row in view.rows for text in (row.text, row.detail)]
    texts += [sign.text for sign in view.signs]
    return " ".join(texts)


def letters(text):
    return sorted(text.replace("·", "").replace("\u00a0", "").replace(" ", ""))


@every_size
def test_a_hint_does_not_move_the_picture(size):
    without, beside = (_pages(size)[name] for name in ("waiting", "waiting with a hint"))
    assert [page.pane for _, page, _ in without] == [page.pane for _, page, _ in beside]


@with_keys_or_fingers
@every_screen
def test_nothing_overlaps_anything(name, touch, size):
    for _, page, _ in _pages(size, touch)[name]:
        for one, other in combinations(page.boxes, 2):
            assert not one.overlaps(other), (one, other)


@with_keys_or_fingers
@every_screen
def test_nothing_leaves_the_screen(name, touch, size):
    for _, page, _ in _pages(size, touch)[name]:
        assert [box for box in page.boxes if not Box(0, 0, *size).holds(box)] == []


@with_keys_or_fingers
@every_screen
def test_what_lies_on_a_plate_stays_on_it_and_apart(name, touch, size):
    for _, page, _ in _pages(size, touch)[name]:
        for plate in [*page.plates, *([page.band] if page.band else [])]:
            assert [part for part in plate.parts if not plate.box.holds(part)] == []
            assert not any(one.overlaps(other) for one, other in combinations(plate.parts, 2))


@every_size
@every_screen
def test_a_hint_lies_within_the_picture_and_leaves_some_of_it(name, size):
    for _, page, _ in _pages(size)[name]:
        if page.band:
            assert page.pane.holds(page.band.box)
            assert page.band.box.height < 0.75 * page.pane.height


@every_size
@every_screen
def test_the_caret_stays_in_its_field_behind_the_digits(name, size):
    for _, page, _ in _pages(size)[name]:
        if page.caret:
            (field,) = [plate for plate in page.plates if plate.box.holds(page.caret)]
            assert not any(text.box.overlaps(page.caret) for text in field.texts)


@every_size
@every_screen
def test_every_letter_of_a_view_is_written(name, size):
    """And nothing else: no word is cut, none is left out."""
    for view, page, _ in _pages(size)[name]:
        drawn = "123456789*0#" if view.types else ""
        written = "".join(line for text, _ in page.written for line in text.fitted.lines)
        assert letters(written) == letters(words_of(view) + drawn)


@every_size
@every_screen
def test_every_line_fits_its_box(name, size):
    for _, page, _ in _pages(size)[name]:
        for text, _ in page.written:
            if text.role is Role.CAP:
                continue
            measure = _ruler(text.role in BOLD_ROLES)
            assert all(measure(line, text.fitted.size_px) <= text.box.width + 1 for line in text.fitted.lines)


def alone_too_large(text, least):
    """Whether a text does not fit its room at its smallest size, without breaking a word."""
    whole = BORDER.join(text.fitted.lines) if text.role is Role.NAME else " ".join(text.fitted.lines)
    measure = _ruler(text.role in BOLD_ROLES)
    return fit(Wish(whole, measure, least, least), text.room.width, text.room.height).size_px < least


def of_too_many_lines(text, size):
    """Whether a notice takes more lines than it may, at its smallest size."""
    if text.role is not Role.NOTICE:
        return False
    most = 6 if text.room.width < 0.95 * unit(size) else 4
    return text.fitted.size_px / smallest(text.role, size) * most <= len(text.fitted.lines) + 1


def together_too_large(texts, size):
    """Whether texts that share a room do not fit it at their smallest sizes."""
    room, high = texts[0].room, 0
    for text in texts:
        least, measure = smallest(text.role, size), _ruler(text.role in BOLD_ROLES)
        high += fit(
            Wish(" ".join(text.fitted.lines), measure, least, least), room.width, size[1] * 4
        ).height_px
    return high > room.height * 0.96


@every_size
@every_screen
def test_a_text_is_smaller_than_its_size_only_where_it_does_not_fit(name, size):
    """
    Headline H/8, name H/9, body H/16, footer H/24: unless a text, or those that share its room, or those that are
    of one size with it, do not fit so. Where the office says much, its foot is down to 0.72 of that.
    """
    for _, page, length in _pages(size)[name]:
        written = [text for text, _ in page.written if text.role not in {Role.CAP, Role.SIGN, Role.DIGITS}]
        for text in written:
            least = smallest(text.role, size)
            if text.role in FOOT and length != "short":
                least = round(least * SQUEEZED)
            if text.fitted.size_px < least:
                fellows = [other for other in written if other.room == text.room]
                alike = [other for other in written if other.role is text.role]
                assert (
                    of_too_many_lines(text, size)
                    or any(alone_too_large(one, smallest(one.role, size)) for one in (*alike, *fellows))
                    or together_too_large(fellows, size)
                ), (text.role, text.fitted, text.room)


@pytest.mark.parametrize(
    "size", [size for size in SIZES if size[0] > size[1]], ids=lambda size: f"{size[0]}x{size[1]}"
)
@pytest.mark.parametrize(
    "name", ["answer welcome", "answer goodbye", "answer already_in", "out of order", "saving"]
)
def test_usual_words_have_their_whole_size(name, size):
    for _, page, length in _pages(size)[name]:
        if length == "short":
            assert all(text.fitted.size_px >= smallest(text.role, size) for text in page.texts)


@every_size
@every_screen
def test_no_words_are_too_small_to_be_read(name, size):
    """Whatever happens, nothing is below a sixtieth of the height, and what is not extreme below a thirty-sixth."""
    for _, page, length in _pages(size)[name]:
        least = min(text.fitted.size_px for text, _ in page.written if text.role is not Role.CAP)
        assert least >= unit(size) / (60 if length == "extreme" else 36), least


@pytest.mark.parametrize("size", SIZES[:2], ids=["lying", "upright"])
@every_screen
def test_whatever_can_be_pressed_is_large_enough_for_a_finger(name, size):
    for view, page, length in _pages(size, touch=True)[name]:
        keys = {choice.key for choice in (*view.choices, *view.keys)} & KEYS
        assert keys <= {plate.key for plate in page.plates}
        if length != "extreme":
            assert all(
                min(plate.box.width, plate.box.height) >= unit(size) / 10 - 1
                for plate in page.plates
                if plate.key
            )


@pytest.mark.parametrize("night", [False, True], ids=["day", "night"])
@every_screen
def test_every_text_stands_out_from_its_ground(name, night):
    for view, page, _ in _pages(SIZES[0])[name]:
        for text, where in page.written:
            colours = ink(text.role, where, view.mood, night=night), ground(where, view.mood, night=night)
            assert contrast(*colours) >= 7, (text.role, where)


@pytest.mark.parametrize("night", [False, True], ids=["day", "night"])
@every_screen
def test_every_text_is_painted_in_its_colour_on_its_ground(name, night):
    """What is measured is what is seen: the pixels of each text are its ground and its ink."""
    size = (1280, 720)
    surface = pygame.Surface(size, depth=32)
    view, page = page_of(name, "vi", "long", size)
    _painter(size).paint(surface, replace(view, night=night), page)
    pixels = pygame.surfarray.array2d(surface)
    for text, where in page.written:
        box = text.box
        colours, counts = np.unique(pixels[box.x : box.right, box.y : box.bottom], return_counts=True)
        expected = {ink(text.role, where, view.mood, night=night), ground(where, view.mood, night=night)}
        common = {tuple(surface.unmap_rgb(int(colour)))[:3] for colour in colours[np.argsort(counts)[-2:]]}
        assert common == expected, (text.role, where)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_letter_is_in_the_font_and_drawn(language):
    """By the font's own table, and by its picture: the box of a missing letter is none."""
    cmaps = {
        bold: TTFont(BytesIO(file.read_bytes())).getBestCmap()
        for bold, file in ((True, BOLD), (False, MEDIUM))
    }
    fonts = {
        bold: pygame.font.Font(BytesIO(file.read_bytes()), 48)
        for bold, file in ((True, BOLD), (False, MEDIUM))
    }

    def drawn(bold, letter):
        return pygame.image.tobytes(fonts[bold].render(letter, True, (255, 255, 255)), "RGBA")

    used = set()
    for pages in _pages(SIZES[0]).values():
        for _, page, _ in pages:
            for text, _ in page.written:
                used |= {(text.role in BOLD_ROLES, letter) for letter in "".join(text.fitted.lines)}
    missing = {bold: drawn(bold, "\uffff") for bold in cmaps}
    assert {(bold, letter) for bold, letter in used if ord(letter) not in cmaps[bold]} == set()
    assert {(bold, letter) for bold, letter in used if drawn(bold, letter) == missing[bold]} == set()


@every_size
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_longest_name_is_whole(language, size):
    """Word by word, in its order, on lines of its own, and nothing else on them."""
    view, page = page_of("answer welcome", language, "extreme", size)
    (name,) = [text for text in page.texts if text.role is Role.NAME]
    assert view.name == LONGEST_NAME
    assert " ".join(name.fitted.lines) == LONGEST_NAME
    assert all(line == line.strip() and line for line in name.fitted.lines)


@pytest.mark.parametrize("name", NAMES)
def test_by_night_all_stands_where_it_stands_by_day(name):
    """So what is shown of a page by day holds by night."""
    size = SIZES[0]
    view, page = page_of(name, "vi", "short", size)
    assert all_views("vi", "short", night=True)[name] == replace(view, night=True)
    assert compose(replace(view, night=True), *size, _ruler(True), _ruler(False)) == page
