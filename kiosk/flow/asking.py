"""Questions to somebody who comes in; without an answer, the visit stands without it."""

from dataclasses import replace

from kiosk import cues, phones
from kiosk.effects import Recall, Say, Sound
from kiosk.events import Recalled
from kiosk.flow.answering import Step, restated, save, show
from kiosk.flow.pausing import patience
from kiosk.model import Answer, Direction, Moment
from kiosk.questions import PHONE
from kiosk.rules import Policy, judge
from kiosk.states import Asking, Sighting


def finished(state: Asking, now: Moment) -> Step:
    """Write the visit down with the answers that there are."""
    visit = replace(state.visit, at=restated(state.visit.at, now))
    # Whoever waited the questions out, and holds the card up still, has not come again.
    seen = tuple(Sighting(one.mark, now.monotonic_s) for one in state.memory.sightings)
    return save(replace(state.memory, sightings=seen), visit, state.verdict, answered=True)


def answered(state: Asking, key: str, now: Moment, policy: Policy) -> Step:
    """A key, while a question stands."""
    state = replace(state, until_s=now.monotonic_s + patience(policy.asking_s, state.memory))
    if state.questions[0] is PHONE:
        return _phone(state, key, now, policy)
    question = state.questions[0]
    if key == "#":
        return _next(state, key, now, policy)
    number = int(key) if key.isdigit() else 0
    if not 1 <= number <= len(question.choices):
        return state, (Sound(cues.ERASE),)
    answer = Answer(question.id, question.choices[number - 1].id, question.personal)
    visit = replace(state.visit, answers=(*state.visit.answers, answer))
    return _next(replace(state, visit=visit), key, now, policy)


def recalled(state: Asking, event: Recalled, now: Moment, policy: Policy) -> Step:
    """What the journal knows of somebody who has given a phone number: perhaps they were here by that."""
    verdict = judge(event.visitor, event.last, now, policy)
    if not verdict.is_visit or verdict.direction is None:
        return show(state.memory, verdict, now, policy, keyed=True)
    visit = replace(state.visit, direction=verdict.direction)
    state = replace(state, visit=visit, verdict=verdict)
    return finished(state, now) if verdict.direction is Direction.OUT else _next(state, "#", now, policy)


def _phone(state: Asking, key: str, now: Moment, policy: Policy) -> Step:
    number = state.number
    if key == "#" and not number:
        return _next(state, key, now, policy)
    if key == "#":
        phone = phones.e164(number)
        if phone is None:
            return replace(state, is_wrong=True), (Sound(cues.REFUSED),)
        visitor = replace(state.visit.visitor, phone=phone)
        visit = replace(state.visit, visitor=visitor)
        return replace(state, visit=visit, number=""), (Recall(visitor, visit.source),)
    if key == "*":
        return replace(state, number=number[:-1], is_wrong=False), (Sound(cues.ERASE),)
    if not key.isdigit() or len(number) >= phones.MAX_DIGITS:
        return state, (Sound(cues.ERASE),)
    return replace(state, number=number + key, is_wrong=False), (Sound(cues.CLICK),)


def _next(state: Asking, key: str, now: Moment, policy: Policy) -> Step:
    rest = state.questions[1:]
    if not rest:
        return finished(state, now)
    until_s = now.monotonic_s + patience(policy.asking_s, state.memory)
    asking = Asking(
        memory=state.memory,
        visit=state.visit,
        verdict=state.verdict,
        questions=rest,
        since_s=now.monotonic_s,
        until_s=until_s,
        answered_by=key,
    )
    return asking, (Sound(cues.CLICK), Say("question", state.memory.language))
