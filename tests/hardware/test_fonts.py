"""The shipped letters hold all of Vietnamese."""

import unicodedata
from io import BytesIO

import pygame
import pytest
from fontTools.ttLib import TTFont

from hardware.fonts import BOLD, MEDIUM
from hardware.layout import LINE_HEIGHT, LINE_PITCH

BASES = "AĂÂBCDĐEÊGHIKLMNOÔƠPQRSTUƯVXYFJWZ"
VOWELS = "AĂÂEÊIOÔƠUƯY"
TONES = ("\u0300", "\u0309", "\u0303", "\u0301", "\u0323")
UPPER = [*BASES, *(unicodedata.normalize("NFC", vowel + tone) for vowel in VOWELS for tone in TONES)]
LETTERS = [*UPPER, *(letter.lower() for letter in UPPER)]
SIGNS = [*"0123456789.,:;!?'\"()[]/+-–—…·*#%&@_’“”°₫"]
NOWHERE = "\uffff"

fonts = pytest.mark.parametrize("font", [BOLD, MEDIUM], ids=["bold", "medium"])


@pytest.fixture(scope="module", autouse=True)
def lettering():
    pygame.font.init()
    yield
    pygame.font.quit()


def drawn(font, text):
    picture = font.render(text, True, (255, 255, 255))
    return pygame.image.tobytes(picture, "RGBA"), picture


@fonts
def test_every_letter_and_sign_is_in_the_font(font):
    known = TTFont(BytesIO(font.read_bytes())).getBestCmap()
    assert [letter for letter in LETTERS + SIGNS if ord(letter) not in known] == []


@fonts
def test_no_letter_is_drawn_as_the_box_of_a_missing_one(font):
    letters = pygame.font.Font(BytesIO(font.read_bytes()), 64)
    box, _ = drawn(letters, NOWHERE)
    assert [letter for letter in LETTERS + SIGNS if drawn(letters, letter)[0] == box] == []


@fonts
def test_no_two_letters_look_the_same(font):
    letters = pygame.font.Font(BytesIO(font.read_bytes()), 64)
    assert len({drawn(letters, letter)[0] for letter in LETTERS}) == len(set(LETTERS))


@fonts
@pytest.mark.parametrize("size_px", [24, 64, 150])
def test_no_accent_is_clipped(font, size_px):
    """A drawn letter is as high as its outline says, from accents to the dot below; hinting takes a pixel at either end."""
    table = TTFont(BytesIO(font.read_bytes()))
    names, outlines, per_em = table.getBestCmap(), table["glyf"], table["head"].unitsPerEm
    letters = pygame.font.Font(BytesIO(font.read_bytes()), size_px)
    for letter in LETTERS:
        outline = outlines[names[ord(letter)]]
        high = (outline.yMax - outline.yMin) * size_px / per_em
        assert drawn(letters, letter)[1].get_bounding_rect().height > high - 2, letter


@fonts
@pytest.mark.parametrize("size_px", [24, 64, 150])
def test_the_accents_of_a_line_never_meet_the_dots_of_the_line_above(font, size_px):
    """The deepest letter and the highest, one below the other."""
    letters = pygame.font.Font(BytesIO(font.read_bytes()), size_px)
    inked = {letter: drawn(letters, letter)[1].get_bounding_rect() for letter in LETTERS}
    deepest, highest = max(ink.bottom for ink in inked.values()), min(ink.top for ink in inked.values())
    assert round(size_px * LINE_PITCH) + highest >= deepest


@fonts
def test_all_digits_have_one_width(font):
    table = TTFont(BytesIO(font.read_bytes()))
    names = table.getBestCmap()
    assert len({table["hmtx"][names[ord(digit)]][0] for digit in "0123456789"}) == 1


@fonts
@pytest.mark.parametrize("size_px", [12, 25, 33, 100, 201])
def test_a_line_is_as_high_as_the_layout_thinks(font, size_px):
    height = pygame.font.Font(BytesIO(font.read_bytes()), size_px).get_height()
    assert height <= size_px * LINE_HEIGHT + 1.5
