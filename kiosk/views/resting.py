"""The screens of a door that nobody has asked anything: waiting, typing, out of order."""

from dataclasses import replace

from kiosk import phones
from kiosk.flow.guarding import must_hide
from kiosk.flow.seeing import HINT_AFTER_S, KEYPAD_AFTER_S, in_vain_s, is_due
from kiosk.glimpse import Glimpse
from kiosk.manner import Manner
from kiosk.model import Moment, Status
from kiosk.signals import Choice, Mood, Picture, View
from kiosk.states import Memory, Typing, Waiting
from kiosk.words import Words

HINT_TURN_S = 2.0
"""How long each hint stands where nothing tells which is right."""

DOT = "•"
"""Stands for a digit that nobody may see."""

_HINTS_IN_TURN = (Glimpse.TOO_BLURRED, Glimpse.TOO_SMALL, Glimpse.TOO_BRIGHT)


def waiting(frame: View, state: Waiting, status: Status, now: Moment, manner: Manner) -> View:
    """Nobody is at the door, or a code is not read yet."""
    plate, words = manner.plate, manner.spoken(state.memory.language)
    frame = replace(
        frame,
        note=words.say("waiting.hours", hours=plate.hours) if plate.hours else "",
        notice=plate.notice,
        code=manner.code(now),
        caption=_caption(manner, words),
        keys=_waiting_keys(state.memory, status, manner, words),
    )
    if status.scanner_present:
        headline, picture = words.say("waiting.headline"), Picture.CARD
        hint = _hint(state, status, manner, words)
        return replace(
            frame, picture=picture, headline=headline, hint=hint, aiming="camera" not in status.lost
        )
    if may_type(state.memory, status, manner):
        return replace(frame, picture=Picture.KEYPAD, headline=words.say("waiting.keypad_only"))
    return replace(frame, picture=Picture.GUARD, headline=words.say("answer.guard_needed.headline"))


def typing(frame: View, state: Typing, manner: Manner, words: Words) -> View:
    """A number is being keyed in."""
    memory, policy = state.memory, manner.policy
    typed = memory.typed
    for_guards = not (memory.duty or policy.self_service)
    is_hidden = must_hide(typed, memory, policy)
    return replace(
        frame,
        picture=Picture.KEYPAD,
        headline=words.say("typing.pin" if for_guards else "typing.headline"),
        types=True,
        digits=DOT * len(typed) if is_hidden else phones.grouped(typed),
        keys=_typing_keys(memory, words),
    )


def out_of_order(frame: View, status: Status, manner: Manner, words: Words) -> View:
    """The door serves nobody."""
    phone = manner.plate.help_desk
    note = "out_of_order.help_desk" if phone else "out_of_order.note"
    return replace(
        frame,
        mood=Mood.GREY,
        picture=Picture.PAUSE,
        headline=words.say("out_of_order.headline"),
        note=status.shut or words.say(note, phone=phone),
    )


def _caption(manner: Manner, words: Words) -> str:
    """What the office's own code is for: the centre's page, which asks for tokens, takes visits."""
    if not manner.plate.code:
        return ""
    return words.say("waiting.code_visit" if manner.tokens else "waiting.code")


def _waiting_keys(memory: Memory, status: Status, manner: Manner, words: Words) -> tuple[Choice, ...]:
    if not status.keypad_present:
        return ()
    policy, keys = manner.policy, []
    if policy.takes_numbers:
        if memory.duty:
            keys.append(Choice("*", words.say("key.menu")))
        else:
            keys.append(Choice("*", words.say("waiting.keys" if policy.self_service else "waiting.guard")))
    if len(manner.words) > 1:
        keys.append(Choice("#", manner.spoken(memory.language + 1).say("language")))
    return tuple(keys)


def _typing_keys(memory: Memory, words: Words) -> tuple[Choice, ...]:
    if memory.typed:
        return Choice("*", words.say("key.erase")), Choice("#", words.say("key.done"))
    other = "key.menu" if memory.duty else "key.more_time"
    return Choice("*", words.say(other)), Choice("#", words.say("key.back"))


def may_type(memory: Memory, status: Status, manner: Manner) -> bool:
    """Whether whoever stands there may key in a number now."""
    return status.keypad_present and (manner.policy.self_service or memory.duty is not None)


def _hint(state: Waiting, status: Status, manner: Manner, words: Words) -> str:
    hint = state.hint
    if hint is None or not is_due(hint):
        return ""
    if in_vain_s(hint) >= KEYPAD_AFTER_S and may_type(state.memory, status, manner):
        return words.say("hint.keypad")
    if in_vain_s(hint) >= KEYPAD_AFTER_S and manner.policy.guards:
        return words.say("hint.guard")
    if hint.glimpse is not Glimpse.UNCLEAR:
        return words.say(f"hint.{hint.glimpse}")
    turn = int((in_vain_s(hint) - HINT_AFTER_S) // HINT_TURN_S) % len(_HINTS_IN_TURN)
    return words.say(f"hint.{_HINTS_IN_TURN[turn]}")
