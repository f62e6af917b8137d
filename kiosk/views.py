"""What the screen says and how the lamp glows in each state: derived, never kept."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta, tzinfo
from typing import Any

from kiosk import phones
from kiosk.flow import HINT_AFTER_S, Hint, OutOfOrder, Saving, Showing, State, Typing, Waiting, is_due
from kiosk.glimpse import Glimpse
from kiosk.model import Direction, Format, Moment, Reason, Status, Verdict, Visitor
from kiosk.proof import Proof
from kiosk.rules import Way
from kiosk.signals import Colour, Glow, Mood, Pattern, Picture, Sign, SignKind, View
from kiosk.words import Words

LAMP_HOLD_S = 2.0
"""How long the lamp holds the colour of an answer: long enough for a guard who looks away."""

KEYPAD_AFTER_S = 8.0
"""A code that could not be read for so long had better be keyed in."""

HINT_TURN_S = 2.0
"""How long each hint stands where nothing tells which is right."""

_HINTS_IN_TURN = (Glimpse.TOO_BLURRED, Glimpse.TOO_SMALL, Glimpse.TOO_BRIGHT)

_LOOKS = {
    Reason.WELCOME: (Mood.GREEN, Picture.TICK),
    Reason.GOODBYE: (Mood.BLUE, Picture.ARROW_OUT),
    Reason.ALREADY_IN: (Mood.AMBER, Picture.CLOCK),
    Reason.ALREADY_OUT: (Mood.AMBER, Picture.CLOCK),
    Reason.WRONG_NUMBER: (Mood.RED, Picture.KEYPAD),
    Reason.NOT_SAVED: (Mood.RED, Picture.CROSS),
    Reason.IDENTIFY: (Mood.AMBER, Picture.CARD),
}
_REFUSED = (Mood.RED, Picture.CROSSED_CODE)
_COLOURS = {Mood.GREEN: Colour.GREEN, Mood.BLUE: Colour.BLUE, Mood.AMBER: Colour.AMBER, Mood.RED: Colour.RED}


@dataclass(frozen=True, slots=True)
class Plate:
    """
    What stands on the door whatever happens.

    Attributes:
        place: The office.
        door: This door.
        way: Which way it leads.
        zone: The place's time zone.
        help_desk: Phone number to call when the door is out of order; empty for none.
        notice: A line for the visitors while nobody is at the door; empty for none.
    """

    place: str
    door: str
    way: Way
    zone: tzinfo
    help_desk: str = ""
    notice: str = ""


def view(state: State, status: Status, now: Moment, plate: Plate, words: Words) -> View:
    """Everything on the screen in this state."""
    frame = View(
        state=name(state),
        mood=Mood.NEUTRAL,
        picture=Picture.NONE,
        headline="",
        place=plate.place,
        door=plate.door,
        way=words.say(f"way.{plate.way}"),
        time=clock(now.utc, plate.zone),
        signs=_signs(status, words),
    )
    match state:
        case Waiting(hint=hint):
            return replace(frame, note=plate.notice, **_waiting(status, hint, words))
        case Typing(typed=typed):
            return replace(
                frame,
                picture=Picture.KEYPAD,
                headline=words.say("typing.headline"),
                keys=words.say("typing.keys"),
                digits=phones.grouped(typed),
            )
        case Saving():
            return replace(frame, headline=words.say("saving.headline"))
        case OutOfOrder():
            note = "out_of_order.help_desk" if plate.help_desk else "out_of_order.note"
            return replace(
                frame,
                mood=Mood.GREY,
                picture=Picture.PAUSE,
                headline=words.say("out_of_order.headline"),
                note=status.shut or words.say(note, phone=plate.help_desk),
            )
        case Showing(verdict=verdict, since=since):
            return replace(frame, **_answer(verdict, since.utc, plate.zone, words))


def lamp(state: State, now: Moment) -> Glow:
    """How the lamp glows in this state."""
    match state:
        case Showing(verdict=Verdict(reason=Reason.NOT_SAVED)):
            return Glow(Colour.RED, Pattern.BLINKING)
        case Showing(verdict=Verdict(reason=Reason.IDENTIFY)):
            return Glow(Colour.WHITE, Pattern.BLINKING)
        case Showing(verdict=verdict, since=since) if now.monotonic_s - since.monotonic_s < LAMP_HOLD_S:
            mood, _ = _LOOKS.get(verdict.reason, _REFUSED)
            return Glow(_COLOURS[mood])
        case OutOfOrder():
            return Glow(Colour.RED)
        case Waiting(hint=Hint() as hint) if is_due(hint):
            return Glow(Colour.AMBER, Pattern.BREATHING)
        case Typing():
            return Glow(Colour.WHITE)
    return Glow(Colour.DIM_WHITE)


def name(state: State) -> str:
    """The state's name on the wire, in logs and in scripts, such as `out_of_order`."""
    return {Waiting: "waiting", Typing: "typing", Saving: "saving", Showing: "showing"}.get(
        type(state), "out_of_order"
    )


def abbreviated(visitor: Visitor) -> str:
    """
    A visitor as bystanders may see them: `NGUYỄN T. P. THẢO · 1990`.

    Family name and given name whole, middle names as initials, and the birth year; without a name, the
    masked phone, or document, or the number of a health-insurance card.
    """
    if not visitor.name:
        if visitor.phone:
            return phones.masked(visitor.phone)
        number = visitor.reference if visitor.format is Format.BHYT else visitor.document
        return f"{number[:3]} *** {number[-3:]}" if number else ""
    family, *rest = visitor.name.upper().split()
    middle = [f"{part[0]}." for part in rest[:-1]]
    year = (visitor.birth or "")[:4]
    return " ".join([family, *middle, *rest[-1:]]) + (f" · {year}" if year else "")


def clock(at: datetime, zone: tzinfo) -> str:
    """The time of day as `HH:MM` in the place's zone."""
    return f"{at.astimezone(zone):%H:%M}"


def _waiting(status: Status, hint: Hint | None, words: Words) -> dict[str, Any]:
    if not status.scanner_present:
        return {"picture": Picture.KEYPAD, "headline": words.say("waiting.keypad_only")}
    return {
        "picture": Picture.CARD,
        "headline": _invitation(status, hint, words),
        "keys": words.say("waiting.keys") if status.keypad_present else "",
        "aiming": True,
    }


def _invitation(status: Status, hint: Hint | None, words: Words) -> str:
    if hint is None or not is_due(hint):
        return words.say("waiting.headline")
    in_vain_s = hint.last_s - hint.since_s
    if status.keypad_present and in_vain_s >= KEYPAD_AFTER_S:
        return words.say("hint.keypad")
    if hint.glimpse is not Glimpse.UNCLEAR:
        return words.say(f"hint.{hint.glimpse}")
    turn = int((in_vain_s - HINT_AFTER_S) // HINT_TURN_S) % len(_HINTS_IN_TURN)
    return words.say(f"hint.{_HINTS_IN_TURN[turn]}")


def _answer(verdict: Verdict, at: datetime, zone: tzinfo, words: Words) -> dict[str, Any]:
    mood, picture = _LOOKS.get(verdict.reason, _REFUSED)
    key = f"answer.{verdict.reason}"
    detail, note = "", ""
    if verdict.is_visit:
        detail = words.say(f"passed.{verdict.direction}", time=clock(at, zone))
        if verdict.direction is Direction.OUT and verdict.since is not None:
            note = _stayed(at - verdict.since, words)
    elif verdict.since is not None:
        detail = words.say(f"{key}.detail", time=clock(verdict.since, zone))
    else:
        note = words.say(f"{key}.note")
    if verdict.visitor is not None and verdict.visitor.proof not in {None, Proof.VALID}:
        note = note or words.say(f"proof.{verdict.visitor.proof}")
    return {
        "mood": mood,
        "picture": picture,
        "headline": words.say(f"{key}.headline"),
        "name": abbreviated(verdict.visitor) if verdict.visitor else "",
        "detail": detail,
        "note": note,
        "reason": verdict.reason,
        "direction": verdict.direction,
    }


def _stayed(stay: timedelta, words: Words) -> str:
    minutes = int(stay.total_seconds() // 60)
    if minutes < 1:
        return ""
    hours, left = divmod(minutes, 60)
    key = "stayed.minutes" if not hours else "stayed.hours" if left else "stayed.whole_hours"
    return words.say(key, hours=hours, minutes=left)


def _signs(status: Status, words: Words) -> tuple[Sign, ...]:
    ill = (
        (SignKind.LINE_DOWN, not status.line_up),
        (SignKind.CLOCK_UNTRUSTED, not status.clock_trusted),
        (SignKind.CAMERA_LOST, not status.scanner_present),
        (SignKind.KEYPAD_LOST, not status.keypad_present),
    )
    return tuple(
        Sign(kind, words.say(f"sign.{kind}", waiting=status.waiting)) for kind, is_ill in ill if is_ill
    )
