"""What the page of the virtual door says: the same in each of its languages, and all of it through its words."""

import json
import re
from pathlib import Path
from typing import get_args

import pytest

from hardware.simulated import web
from hardware.simulated.web import faults

STATIC = Path(web.__file__).with_name("static")
LANGUAGES = ("vi", "en")
ASKED = re.compile(r'(?:data-word(?:-label)?=|\b(?:word|say|label)\((?:[^"()]*, )?)"([a-z_.]+)"')
VALUES = re.compile(r"\{(\w+)\}")


def words(language: str) -> dict[str, str]:
    """All texts of a language, by key."""
    told: dict[str, str] = json.loads((STATIC / "words" / f"{language}.json").read_text())
    return told


def test_every_language_has_the_same_words() -> None:
    first, *others = (words(language) for language in LANGUAGES)
    for other in others:
        assert list(other) == list(first)


def test_a_text_has_the_same_values_in_every_language() -> None:
    first, *others = (words(language) for language in LANGUAGES)
    for other in others:
        for key, text in first.items():
            assert sorted(VALUES.findall(other[key])) == sorted(VALUES.findall(text)), key


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_is_empty(language: str) -> None:
    assert all(text.strip() for text in words(language).values())


def test_what_the_page_asks_for_by_name_is_there() -> None:
    pages = [*STATIC.glob("*.html"), *STATIC.rglob("*.js")]
    asked = {key for page in pages for key in ASKED.findall(page.read_text())}
    assert asked
    assert asked <= set(words("vi"))


def test_each_step_of_the_tour_has_its_words() -> None:
    story = (STATIC / "tour" / "story.js").read_text()
    chapters = re.split(r'chapter: "(\w+)"', story)[1:]
    told = {
        f"tour.{chapter}.{name}"
        for chapter, steps in zip(chapters[::2], chapters[1::2], strict=True)
        for name in re.findall(r'name: "(\w+)"', steps)
    }
    spoken = {key for key in words("vi") if re.fullmatch(r"tour\.(visitor|guard|technician)\.\w+", key)}
    assert told == spoken


def test_each_fault_has_its_words_but_that_which_nobody_foresaw() -> None:
    spoken = {key.removeprefix("fault.") for key in words("vi") if key.startswith("fault.")}
    assert spoken == {*get_args(faults.Code)} - {"unknown"}
