"""
Keys, in every state.

`0` to `9` type, `*` erases and `#` confirms. Where there is nothing to erase, `*` opens the keypad, opens the
guard's screen while a guard is on duty, or gives more time. Where there is nothing to confirm, `#` changes
the language of a waiting door, skips a question, and leaves everything else. A keypad of four columns has
keys of its own for that: `A` language, `B` more time, `C` erase all, `D` guard. While the box is set up, `8`
opens its check.
"""

from dataclasses import replace

from kiosk import cues
from kiosk.effects import Recall, Sound
from kiosk.flow import asking, checking, guarding, setting_up
from kiosk.flow.answering import Step, show
from kiosk.flow.pausing import must_stay, patience, resting, typing, used
from kiosk.formats import number
from kiosk.model import Moment, Reason, Source, Verdict, Visitor
from kiosk.phones import MAX_DIGITS
from kiosk.questions import PHONE
from kiosk.rules import Policy
from kiosk.states import (
    Asking,
    Checking,
    Memory,
    Menu,
    OutOfOrder,
    Saving,
    SettingUp,
    Showing,
    State,
    Typing,
    Waiting,
)

STRAY_KEY_S = 1.0
"""A key pressed twice so fast was meant for what was there before."""

DOUBLED_S = 0.3
"""The same key so soon again is a wet or a trembling finger: the next question was not read yet."""

DEAF_S = 2.0
"""Whoever types on must not wipe away, unseen and half heard, that nothing was recorded."""

_CLICK, _ERASE = (Sound(cues.CLICK),), (Sound(cues.ERASE),)


def pressed(state: State, key: str, now: Moment, policy: Policy) -> Step:
    """A key."""
    if isinstance(state, Saving | OutOfOrder) or _is_stray(state, key, now):
        return state, ()
    state = used(state, now)
    if isinstance(state, Showing) and must_stay(state):
        return _dismissed(state, key, now, policy)
    if key in "ABCD":
        return _letter(state, key, now, policy)
    match state:
        case Showing():
            return _while_showing(state, key, now, policy)
        case Asking():
            return _while_asking(state, key, now, policy)
        case Menu():
            return guarding.chosen(state, key, now, policy)
        case Checking():
            return checking.turned(state, key, now, policy)
        case SettingUp():
            return _while_setting_up(state, key, now, policy)
        case Waiting() if key == "#":
            return next_language(state, policy), _CLICK
    return _number(state, key, now, policy)


def next_language(state: State, policy: Policy) -> State:
    """The same in the next of the place's languages."""
    language = (state.memory.language + 1) % policy.languages
    return replace(state, memory=replace(state.memory, language=language))


def more_time(state: State, now: Moment, policy: Policy) -> State:
    """Double all time limits for this visitor, and begin the present one anew."""
    memory = replace(state.memory, unhurried=True)
    match state:
        case Typing():
            return typing(memory, now, policy)
        case Showing():
            limit_s = policy.result_s
        case Asking():
            limit_s = policy.asking_s
        case Menu():
            limit_s = policy.typing_s
        case Checking():
            limit_s = checking.CHECK_S
        case _:
            return replace(state, memory=memory)
    return replace(state, memory=memory, until_s=now.monotonic_s + patience(limit_s, memory))


def _is_stray(state: State, key: str, now: Moment) -> bool:
    match state:
        case Showing(since=since, until_s=None):
            return now.monotonic_s - since.monotonic_s < DEAF_S
        case Showing(since=since) if now.monotonic_s - since.monotonic_s < STRAY_KEY_S:
            return state.answered or (state.keyed and key == "#")
        case Asking(answered_by="", since_s=since_s) if now.monotonic_s - since_s < STRAY_KEY_S:
            return key == "#" and state.visit.source is Source.KEYPAD
        case Asking(since_s=since_s) if now.monotonic_s - since_s < DOUBLED_S:
            return key == state.answered_by
    return False


def _dismissed(state: Showing, key: str, now: Moment, policy: Policy) -> Step:
    """Somebody has taken note of a failure: a key that is part of no number."""
    if key.isdigit():
        return state, _ERASE
    if state.keyed and state.memory.typed:
        return typing(state.memory, now, policy), _CLICK
    return resting(state.memory, now), _CLICK


def _letter(state: State, key: str, now: Moment, policy: Policy) -> Step:
    match key, state:
        case "A", _:
            return next_language(state, policy), _CLICK
        case "B", _:
            return more_time(state, now, policy), _CLICK
        case "C", Asking():
            return replace(state, number="", is_wrong=False), _ERASE
        case "C", Typing():
            return typing(replace(state.memory, typed=""), now, policy), _ERASE
        case "D", Waiting() | Typing() | SettingUp() | Showing() if state.memory.duty:
            return guarding.opened(replace(state.memory, typed=""), now, policy), _CLICK
        case "D", Waiting() | SettingUp() if policy.takes_numbers:
            return typing(state.memory, now, policy), _CLICK
    return state, _ERASE


def _while_showing(state: Showing, key: str, now: Moment, policy: Policy) -> Step:
    memory = state.memory
    if memory.typed and state.verdict.reason is Reason.WRONG_NUMBER:
        if key == "#":
            return typing(memory, now, policy), _CLICK
        # Whoever is told that a number was wrong mends it, or keys in all of it again.
        memory = replace(memory, typed="") if key.isdigit() else memory
        return _number(replace(state, memory=memory), key, now, policy)
    if memory.typed or key.isdigit():
        return _number(state, key, now, policy)
    if key == "#":
        return resting(memory, now), _CLICK
    if state.keyed and not state.verdict.is_visit:
        return _number(state, key, now, policy)
    if state.keyed and memory.duty:
        return guarding.opened(memory, now, policy), _CLICK
    return more_time(state, now, policy), _CLICK


def _while_asking(state: Asking, key: str, now: Moment, policy: Policy) -> Step:
    if key == "*" and not state.number:
        return more_time(state, now, policy), _CLICK
    if key == "0" and state.questions[0] is not PHONE and policy.languages > 1:
        return next_language(state, policy), _CLICK
    return asking.answered(state, key, now, policy)


def _while_setting_up(state: SettingUp, key: str, now: Moment, policy: Policy) -> Step:
    if key == checking.KEY:
        return checking.opened(state, now)
    if key == "#":
        return next_language(state, policy), _CLICK
    if key == "*" and now.monotonic_s < state.memory.setup_until_s:
        return setting_up.closed(state, now)
    return _number(state, key, now, policy)


def _number(state: State, key: str, now: Moment, policy: Policy) -> Step:
    memory = state.memory
    if key == "#":
        return _confirmed(state, now, policy)
    if not policy.takes_numbers:
        return state, _ERASE
    if key == "*":
        return _starred(state, now, policy)
    if len(memory.typed) >= MAX_DIGITS:
        return typing(memory, now, policy), _ERASE
    return typing(replace(memory, typed=memory.typed + key), now, policy), _CLICK


def _starred(state: State, now: Moment, policy: Policy) -> Step:
    memory = state.memory
    if memory.typed:
        return typing(replace(memory, typed=memory.typed[:-1]), now, policy), _ERASE
    if memory.duty:
        return guarding.opened(memory, now, policy), _CLICK
    if isinstance(state, Typing):
        return more_time(state, now, policy), _CLICK
    return typing(memory, now, policy), _CLICK


def _confirmed(state: State, now: Moment, policy: Policy) -> Step:
    memory = state.memory
    if not memory.typed:
        return Waiting(memory=memory), _ERASE
    # Also over an answer that came between: the number is whole, and so is the guard's wish.
    state = typing(memory, now, policy)
    if guarding.is_pin(memory.typed, policy):
        return guarding.try_pin(state, memory.typed, now, policy)
    if not (memory.duty or policy.self_service):
        return _refused(replace(memory, typed=""), Reason.GUARD_NEEDED, now, policy)
    subject = number.recognise(memory.typed)
    if isinstance(subject, Visitor):
        return state, (Sound(cues.CLICK), Recall(subject, Source.KEYPAD))
    return _refused(state.memory, Reason.WRONG_NUMBER, now, policy)


def _refused(memory: Memory, reason: Reason, now: Moment, policy: Policy) -> Step:
    return show(memory, Verdict(reason), now, policy, keyed=True)
