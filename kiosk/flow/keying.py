"""
Keys, in every state.

`0` to `9` type, `*` erases and `#` confirms. Where there is nothing to erase, `*` opens the guard's screen or
gives more time; where there is nothing to confirm, `#` changes the language. A keypad of four columns has
keys of its own for that: `A` language, `B` more time, `C` erase all, `D` guard.
"""

from dataclasses import replace

from kiosk import cues
from kiosk.effects import Recall, Sound
from kiosk.flow import asking, guarding
from kiosk.flow.answering import Step, show
from kiosk.flow.pausing import must_stay, patience, resting, used
from kiosk.formats import number
from kiosk.model import Moment, Reason, Source, Verdict, Visitor
from kiosk.rules import Policy
from kiosk.states import Asking, Menu, OutOfOrder, Saving, SettingUp, Showing, State, Typing, Waiting

MAX_DIGITS = 15
"""Longest number that can be typed: as long as an international phone number (ITU-T E.164)."""

STRAY_KEY_S = 1.0
"""A second `#` so soon after the first was meant for the number, not for the answer."""

_CLICK, _ERASE = (Sound(cues.CLICK),), (Sound(cues.ERASE),)


def pressed(state: State, key: str, now: Moment, policy: Policy) -> Step:
    """A key."""
    if isinstance(state, Saving | OutOfOrder):
        return state, ()
    if must_stay(state):
        return resting(state.memory, now, policy), _CLICK
    state = used(state, now)
    if key in "ABCD":
        return _letter(state, key, now, policy)
    match state:
        case Showing():
            return _while_showing(state, key, now, policy)
        case Asking():
            if key == "*" and not state.number:
                return more_time(state, now, policy), _CLICK
            return asking.answered(state, key, now, policy)
        case Menu():
            return guarding.chosen(state, key, now, policy)
        case Waiting() | SettingUp() if key == "#":
            return next_language(state, policy), _CLICK
    return _number(state, key, now, policy)


def next_language(state: State, policy: Policy) -> State:
    """The same in the next of the place's languages."""
    language = (state.memory.language + 1) % policy.languages
    return replace(state, memory=replace(state.memory, language=language))


def more_time(state: State, now: Moment, policy: Policy) -> State:
    """Double all time limits until the visitor is gone, and begin the present one anew."""
    memory = replace(state.memory, unhurried=True)
    match state:
        case Showing():
            limit_s = policy.result_s
        case Asking():
            limit_s = policy.asking_s
        case Typing() | Menu():
            limit_s = policy.typing_s
        case _:
            return replace(state, memory=memory)
    return replace(state, memory=memory, until_s=now.monotonic_s + patience(limit_s, memory))


def _letter(state: State, key: str, now: Moment, policy: Policy) -> Step:
    match key, state:
        case "A", _:
            return next_language(state, policy), _CLICK
        case "B", _:
            return more_time(state, now, policy), _CLICK
        case "C", Asking():
            return replace(state, number="", is_wrong=False), _ERASE
        case "C", Typing():
            return _opened(replace(state, memory=replace(state.memory, typed="")), now, policy), _ERASE
        case "D", Waiting() | Typing() | SettingUp() | Showing() if state.memory.duty:
            return guarding.opened(replace(state.memory, typed=""), now, policy), _CLICK
        case "D", Waiting() | SettingUp() if policy.takes_numbers:
            return _opened(state, now, policy), _CLICK
    return state, _ERASE


def _while_showing(state: Showing, key: str, now: Moment, policy: Policy) -> Step:
    if state.keyed and key == "#" and now.monotonic_s - state.since.monotonic_s < STRAY_KEY_S:
        return state, ()
    if key == "*" and not state.memory.typed:
        if state.memory.duty:
            return guarding.opened(state.memory, now, policy), _CLICK
        if state.keyed and not state.verdict.is_visit:
            # Whoever is told that a number was wrong wants to key it in again.
            return _number(state, key, now, policy)
        return more_time(state, now, policy), _CLICK
    if not key.isdigit() or state.memory.typed:
        return resting(state.memory, now, policy), _CLICK
    return _number(state, key, now, policy)


def _number(state: State, key: str, now: Moment, policy: Policy) -> Step:
    memory = state.memory
    if key == "#":
        return _confirm(state, now, policy)
    if not policy.takes_numbers:
        return state, _ERASE
    if key == "*":
        if memory.typed:
            erased = replace(memory, typed=memory.typed[:-1])
            return _opened(replace(state, memory=erased), now, policy), _ERASE
        if memory.duty:
            return guarding.opened(memory, now, policy), _CLICK
        if not isinstance(state, Typing):
            return _opened(state, now, policy), _CLICK
        return more_time(state, now, policy), _CLICK
    if len(memory.typed) >= MAX_DIGITS:
        return state, _ERASE
    typed = replace(memory, typed=memory.typed + key)
    return _opened(replace(state, memory=typed), now, policy), _CLICK


def _opened(state: State, now: Moment, policy: Policy) -> Typing:
    until_s = now.monotonic_s + patience(policy.typing_s, state.memory)
    return Typing(memory=state.memory, until_s=until_s)


def _confirm(state: State, now: Moment, policy: Policy) -> Step:
    memory = state.memory
    if not isinstance(state, Typing):
        return state, ()
    if not memory.typed:
        return Waiting(memory=memory), _ERASE
    if guarding.is_pin(memory.typed, policy):
        return guarding.try_pin(state, now, policy)
    if not (memory.duty or policy.self_service):
        return show(replace(memory, typed=""), Verdict(Reason.GUARD_NEEDED), now, policy, keyed=True)
    subject = number.recognise(memory.typed)
    if isinstance(subject, Visitor):
        return state, (Sound(cues.CLICK), Recall(subject, Source.KEYPAD))
    return show(memory, Verdict(Reason.WRONG_NUMBER), now, policy, keyed=True)
