"""What the screen says and how the lamp glows in each state: derived, never kept."""

from dataclasses import replace

from kiosk.flow.seeing import is_due
from kiosk.manner import Manner
from kiosk.model import Moment, Reason, Status, Verdict
from kiosk.signals import Colour, Glow, Mood, Pattern, Picture, Sign, SignKind, View
from kiosk.states import (
    Asking,
    Checking,
    Hint,
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
from kiosk.views import answers, checking, dialogue, resting, setup
from kiosk.views.people import abbreviated, clock
from kiosk.words import Words

__all__ = ["LAMP_HOLD_S", "abbreviated", "clock", "lamp", "name", "view"]

LAMP_HOLD_S = 2.0
"""How long the lamp holds the colour of an answer: long enough for a guard who looks away."""

_COLOURS = {Mood.GREEN: Colour.GREEN, Mood.BLUE: Colour.BLUE, Mood.AMBER: Colour.AMBER, Mood.RED: Colour.RED}
_NAMES = {
    Waiting: "waiting",
    Typing: "typing",
    Asking: "asking",
    Menu: "menu",
    Saving: "saving",
    Showing: "showing",
    SettingUp: "setting_up",
    Checking: "checking",
}
_READERS = frozenset({"wedge", "serial"})


def view(state: State, status: Status, now: Moment, manner: Manner) -> View:
    """Everything on the screen in this state."""
    words, zone = manner.spoken(state.memory.language), manner.policy.zone
    frame = View(
        state=name(state),
        mood=Mood.NEUTRAL,
        picture=Picture.NONE,
        headline="",
        place=manner.plate.place,
        door=manner.plate.door,
        way=words.say(f"way.{manner.policy.way}"),
        time=clock(now.utc, zone),
        signs=_signs(status, state.memory, words),
        night=manner.night.hold(now.utc, zone),
        language=words.language,
    )
    match state:
        case Waiting():
            return resting.waiting(frame, state, status, now, manner)
        case Typing():
            return resting.typing(frame, state, manner, words)
        case Asking():
            return dialogue.asking(frame, state, manner, words)
        case Menu():
            return dialogue.menu(frame, state, now, manner, words)
        case Saving():
            return replace(frame, headline=words.say("saving.headline"))
        case Showing():
            return answers.answer(frame, state, status, now, manner)
        case SettingUp():
            return setup.setting_up(frame, state, status, now, manner)
        case Checking():
            return checking.checking(frame, state, manner)
        case OutOfOrder():
            return resting.out_of_order(frame, status, manner, words)


def lamp(state: State, now: Moment) -> Glow:
    """How the lamp glows in this state."""
    match state:
        case Showing(verdict=Verdict(reason=Reason.NOT_SAVED)):
            return Glow(Colour.RED, Pattern.BLINKING)
        case Showing(verdict=Verdict(reason=Reason.IDENTIFY)):
            return Glow(Colour.WHITE, Pattern.BLINKING)
        case Showing(verdict=verdict, since=since) if now.monotonic_s - since.monotonic_s < LAMP_HOLD_S:
            mood, _ = answers.LOOKS.get(verdict.reason, answers.REFUSED)
            return Glow(_COLOURS[mood])
        case OutOfOrder():
            return Glow(Colour.RED)
        case SettingUp(stages=stages):
            held_up = any(stage.hitch for stage in stages)
            return Glow(Colour.AMBER if held_up else Colour.BLUE, Pattern.BREATHING)
        case Waiting(hint=Hint() as hint) if is_due(hint):
            return Glow(Colour.AMBER, Pattern.BREATHING)
        case Typing() | Asking() | Menu() | Checking():
            return Glow(Colour.WHITE)
    return Glow(Colour.DIM_WHITE)


def name(state: State) -> str:
    """The state's name on the wire, in logs and in scripts, such as `out_of_order`."""
    return _NAMES.get(type(state), "out_of_order")


def _signs(status: Status, memory: Memory, words: Words) -> tuple[Sign, ...]:
    ill = (
        (SignKind.LINE_DOWN, not status.line_up),
        (SignKind.CLOCK_UNTRUSTED, not status.clock_trusted),
        (SignKind.CAMERA_LOST, not status.scanner_present or "camera" in status.lost),
        (SignKind.READER_LOST, bool(status.lost & _READERS)),
        (SignKind.KEYPAD_LOST, not status.keypad_present or bool(status.lost & {"matrix", "usb"})),
    )
    guard = memory.duty.guard if memory.duty else ""
    told = [Sign(kind, words.say(f"sign.{kind}", waiting=status.waiting)) for kind, is_ill in ill if is_ill]
    if guard:
        told.append(Sign(SignKind.ON_DUTY, words.say("sign.on_duty", guard=guard)))
    return tuple(told)
