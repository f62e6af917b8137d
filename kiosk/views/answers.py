"""What the door answers, in words, colours and drawings."""

from dataclasses import replace
from datetime import timedelta
from math import ceil

from kiosk.manner import Manner
from kiosk.model import Direction, Moment, Reason, Status, Verdict
from kiosk.proof import Proof
from kiosk.signals import Choice, Mood, Picture, View
from kiosk.states import Duty, Showing
from kiosk.views.people import abbreviated, clock
from kiosk.views.resting import may_type
from kiosk.words import Words

LOOKS = {
    Reason.WELCOME: (Mood.GREEN, Picture.TICK),
    Reason.GOODBYE: (Mood.BLUE, Picture.ARROW_OUT),
    Reason.ALREADY_IN: (Mood.AMBER, Picture.CLOCK),
    Reason.ALREADY_OUT: (Mood.AMBER, Picture.CLOCK),
    Reason.WRONG_NUMBER: (Mood.RED, Picture.KEYPAD),
    Reason.NOT_SAVED: (Mood.RED, Picture.CROSS),
    Reason.GUARD_NEEDED: (Mood.RED, Picture.GUARD),
    Reason.ON_DUTY: (Mood.GREEN, Picture.GUARD),
    Reason.OFF_DUTY: (Mood.BLUE, Picture.LOCK),
    Reason.WRONG_PIN: (Mood.RED, Picture.LOCK),
    Reason.LOCKED: (Mood.RED, Picture.LOCK),
    Reason.TAKEN_BACK: (Mood.AMBER, Picture.UNDO),
    Reason.TOO_LATE: (Mood.RED, Picture.UNDO),
    Reason.IDENTIFY: (Mood.AMBER, Picture.CARD),
}
REFUSED = (Mood.RED, Picture.CROSSED_CODE)
"""How all else looks: codes that are not for here."""


def answer(frame: View, state: Showing, status: Status, now: Moment, manner: Manner) -> View:
    """The screen of an answer."""
    verdict, words = state.verdict, manner.spoken(state.memory.language)
    mood, picture = LOOKS.get(verdict.reason, REFUSED)
    instead = "or_else.keypad" if may_type(state.memory, status, manner) else "or_else.guard"
    detail, note = _told(state, now, manner, words.say(instead))
    if verdict.visitor is not None and verdict.visitor.proof not in {None, Proof.VALID}:
        note = note or words.say(f"proof.{verdict.visitor.proof}")
    return replace(
        frame,
        mood=mood,
        picture=picture,
        headline=words.say(f"answer.{verdict.reason}.headline"),
        name=abbreviated(verdict.visitor) if verdict.visitor else verdict.guard,
        detail=detail,
        note=note,
        keys=_keys(state, status, words),
        reason=verdict.reason,
        direction=verdict.direction,
    )


def duty_ends(duty: Duty, now: Moment, manner: Manner) -> str:
    """When a guard's turn ends, as `HH:MM`."""
    ends = now.utc + timedelta(seconds=duty.until_s - now.monotonic_s)
    return clock(ends, manner.policy.zone)


def _keys(state: Showing, status: Status, words: Words) -> tuple[Choice, ...]:
    if not status.keypad_present:
        return ()
    if state.verdict.reason is Reason.NOT_SAVED:
        return (Choice("#", words.say("key.noted")),)
    if state.memory.typed:
        return ()
    if state.keyed:
        return (Choice("*", words.say("key.menu")),) if state.memory.duty else ()
    return (Choice("*", words.say("key.more_time")),)


def _told(state: Showing, now: Moment, manner: Manner, or_else: str) -> tuple[str, str]:
    """Detail and note."""
    verdict, zone = state.verdict, manner.policy.zone
    words = manner.spoken(state.memory.language)
    at = state.at or state.since
    key = f"answer.{verdict.reason}"
    match verdict:
        case Verdict(is_visit=True):
            passed = words.say(f"passed.{verdict.direction}", time=clock(at.utc, zone))
            return passed, _stayed(verdict, at, words)
        case Verdict(since=since) if since is not None:
            return words.say(f"{key}.detail", time=clock(since, zone)), ""
        case Verdict(reason=Reason.ON_DUTY) if state.memory.duty:
            ends = duty_ends(state.memory.duty, now, manner)
            return words.say(f"{key}.detail", time=ends), words.say(f"{key}.note")
        case Verdict(reason=Reason.LOCKED):
            minutes = max(1, ceil((state.memory.locked_until_s - now.monotonic_s) / 60))
            return words.say(f"{key}.detail", minutes=minutes), words.say(f"{key}.note")
    return "", words.say(f"{key}.note", or_else=or_else)


def _stayed(verdict: Verdict, left: Moment, words: Words) -> str:
    if verdict.direction is not Direction.OUT or verdict.since is None:
        return ""
    minutes = int((left.utc - verdict.since).total_seconds() // 60)
    if minutes < 1:
        return ""
    hours, rest = divmod(minutes, 60)
    key = "stayed.minutes" if not hours else "stayed.hours" if rest else "stayed.whole_hours"
    return words.say(key, hours=hours, minutes=rest)
