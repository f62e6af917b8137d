"""The sounds obey what ears and nerves can bear."""

import pytest

from kiosk.cues import ALARM, ALREADY, CUES, GOODBYE, REFUSED, WELCOME, answer
from kiosk.model import Reason


@pytest.mark.parametrize("cue", CUES.values(), ids=CUES)
def test_tones_lie_where_older_ears_hear(cue):
    assert all(beep.hz == 0 or 500 <= beep.hz <= 3000 for beep in cue.beeps)


@pytest.mark.parametrize("cue", [WELCOME, GOODBYE, ALREADY], ids=lambda cue: cue.name)
def test_good_news_is_short(cue):
    assert sum(beep.ms for beep in cue.beeps) < 400


@pytest.mark.parametrize("reason", Reason)
def test_every_answer_sounds(reason):
    assert answer(reason).beeps


def test_answers_that_mean_different_things_differ_in_rhythm():
    rhythms = {tuple(beep.ms for beep in cue.beeps) for cue in (WELCOME, GOODBYE, ALREADY, REFUSED, ALARM)}

    assert len(rhythms) == 5
