"""Questions to somebody who comes in; without an answer, the visit stands without it."""

from dataclasses import replace

from kiosk import cues, phones
from kiosk.effects import Say, Sound
from kiosk.flow.answering import Step, save
from kiosk.flow.pausing import patience
from kiosk.model import Answer, Moment
from kiosk.questions import PHONE
from kiosk.rules import Policy
from kiosk.states import Asking

MAX_DIGITS = 15
"""Longest phone number: ITU-T E.164."""


def finished(state: Asking) -> Step:
    """Write the visit down with the answers that there are."""
    return save(state.memory, state.visit, state.verdict)


def answered(state: Asking, key: str, now: Moment, policy: Policy) -> Step:
    """A key, while a question stands."""
    state = replace(state, until_s=now.monotonic_s + patience(policy.asking_s, state.memory))
    if state.questions[0] is PHONE:
        return _phone(state, key, now, policy)
    question = state.questions[0]
    if key == "#":
        return _next(state, now, policy)
    number = int(key) if key.isdigit() else 0
    if not 1 <= number <= len(question.choices):
        return state, (Sound(cues.ERASE),)
    answer = Answer(question.id, question.choices[number - 1].id, question.personal)
    visit = replace(state.visit, answers=(*state.visit.answers, answer))
    return _next(replace(state, visit=visit), now, policy)


def _phone(state: Asking, key: str, now: Moment, policy: Policy) -> Step:
    number = state.number
    if key == "#" and not number:
        return _next(state, now, policy)
    if key == "#":
        phone = phones.e164(number)
        if phone is None:
            return replace(state, is_wrong=True), (Sound(cues.REFUSED),)
        visitor = replace(state.visit.visitor, phone=phone)
        visit, verdict = replace(state.visit, visitor=visitor), replace(state.verdict, visitor=visitor)
        return _next(replace(state, visit=visit, verdict=verdict, number=""), now, policy)
    if key == "*":
        return replace(state, number=number[:-1], is_wrong=False), (Sound(cues.ERASE),)
    if not key.isdigit() or len(number) >= MAX_DIGITS:
        return state, (Sound(cues.ERASE),)
    return replace(state, number=number + key, is_wrong=False), (Sound(cues.CLICK),)


def _next(state: Asking, now: Moment, policy: Policy) -> Step:
    rest = state.questions[1:]
    if not rest:
        return finished(state)
    until_s = now.monotonic_s + patience(policy.asking_s, state.memory)
    asking = replace(state, questions=rest, until_s=until_s, number="", is_wrong=False)
    return asking, (Sound(cues.CLICK), Say("question", state.memory.language))
