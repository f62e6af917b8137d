"""The sounds obey what ears and nerves can bear."""

from itertools import combinations, groupby

import pytest

from kiosk import words
from kiosk.cues import ALREADY, CUES, GOODBYE, ON_DUTY, TAKEN_BACK, WELCOME, answer, phrase
from kiosk.model import Reason

PAIRS = list(combinations(CUES.values(), 2))
FACTOR, LEAST_MS = 1.5, 30
"""Two lengths that differ by less sound alike to somebody who hears one of them alone."""


def rhythm(cue):
    """What a buzzer with a tone of its own makes of a cue: milliseconds on, off, on …; the end is no rest."""
    lengths = [sum(beep.ms for beep in beeps) for _, beeps in groupby(cue.beeps, lambda beep: bool(beep.hz))]
    return lengths if len(lengths) % 2 else lengths[:-1]


def differ(one, other):
    long, short = max(one, other), min(one, other)
    return long >= FACTOR * short and long - short >= LEAST_MS


@pytest.mark.parametrize("cue", CUES.values(), ids=CUES)
def test_tones_lie_where_older_ears_hear(cue):
    assert all(beep.hz == 0 or 500 <= beep.hz <= 3000 for beep in cue.beeps)


@pytest.mark.parametrize("cue", CUES.values(), ids=CUES)
def test_every_cue_begins_with_a_tone(cue):
    """Whoever presses a key hears it at once, and a rhythm can be told."""
    assert cue.beeps[0].hz


@pytest.mark.parametrize("cue", [WELCOME, GOODBYE, ALREADY, ON_DUTY, TAKEN_BACK], ids=lambda cue: cue.name)
def test_good_news_is_short(cue):
    assert sum(beep.ms for beep in cue.beeps) < 400


@pytest.mark.parametrize("reason", Reason)
def test_every_answer_sounds(reason):
    assert answer(reason).beeps


@pytest.mark.parametrize(("one", "other"), PAIRS, ids=lambda cue: cue.name)
def test_two_cues_differ_in_rhythm_so_that_a_plain_buzzer_tells_them_apart(one, other):
    first, second = rhythm(one), rhythm(other)

    assert len(first) != len(second) or any(map(differ, first, second))


@pytest.mark.parametrize("language", words.languages())
@pytest.mark.parametrize("reason", Reason)
def test_what_is_said_with_an_answer_has_words(reason, language):
    said = phrase(reason)

    assert not said or words.load(language).table[f"phrase.{said}"]
