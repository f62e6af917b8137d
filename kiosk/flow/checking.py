"""
The check of the box, on its own screen: for a technician who sets it up and has no terminal.

`8` opens it, `#` turns to the next page and ends behind the last, `*` turns back and ends before the first.
"""

from dataclasses import replace

from kiosk import cues
from kiosk.effects import Examine, Sound
from kiosk.findings import Finding, pages
from kiosk.flow.answering import Step
from kiosk.flow.pausing import patience, resting, typing
from kiosk.model import Moment
from kiosk.rules import Policy
from kiosk.states import Checking, State

KEY = "8"

CHECK_S = 60.0
"""How long a page stands when no key is pressed, and how long the box is looked at."""

BEGUN_S = 2.0
"""A digit so soon after the first is the second of a number: of a PIN, perhaps, that begins like that."""

_CLICK, _ERASE = (Sound(cues.CLICK),), (Sound(cues.ERASE),)


def opened(state: State, now: Moment) -> Step:
    """Have the box looked at."""
    now_s, memory = now.monotonic_s, state.memory
    checking = Checking(memory=memory, since_s=now_s, until_s=now_s + patience(CHECK_S, memory))
    return checking, (*_CLICK, Examine())


def examined(state: Checking, findings: tuple[Finding, ...], now: Moment) -> Step:
    """The box was looked at: the first page."""
    return replace(state, findings=findings, turn=0, until_s=_until_s(state, now)), ()


def turned(state: Checking, key: str, now: Moment, policy: Policy) -> Step:
    """A key, while it is shown."""
    if key.isdigit():
        if policy.takes_numbers and now.monotonic_s - state.since_s < BEGUN_S:
            return typing(replace(state.memory, typed=KEY + key), now, policy), _CLICK
        return state, _ERASE
    last = len(pages(state.findings or ())) - 1
    turn = state.turn + (1 if key == "#" else -1)
    if not state.findings and key == "#":
        return state, _ERASE
    if not 0 <= turn <= last:
        return resting(state.memory, now), _CLICK
    return replace(state, turn=turn, until_s=_until_s(state, now)), _CLICK


def _until_s(state: Checking, now: Moment) -> float:
    return now.monotonic_s + patience(CHECK_S, state.memory)
