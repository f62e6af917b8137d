"""
The table of sounds: one row a cue.

Tones lie between 500 and 3,000 Hz, where older ears hear well; good news takes under 400 ms; and patterns
differ in rhythm, not only in pitch: a buzzer that knows only its own tone tells them apart, too.
"""

from kiosk.model import Reason
from kiosk.signals import Beep, Cue

WELCOME = Cue("welcome", (Beep(1047, 110), Beep(0, 30), Beep(1568, 200)))
GOODBYE = Cue("goodbye", (Beep(1568, 200), Beep(0, 30), Beep(1047, 110)))
ALREADY = Cue("already", (Beep(1245, 120), Beep(0, 120), Beep(1245, 120)))
REFUSED = Cue("refused", (Beep(523, 600),))
ALARM = Cue("alarm", (Beep(880, 250), Beep(0, 100), Beep(587, 250), Beep(0, 100)) * 3)
IDENTIFY = Cue("identify", (Beep(2093, 80), Beep(0, 80), Beep(2093, 80), Beep(0, 400)) * 4)
ON_DUTY = Cue("on_duty", (Beep(1047, 60), Beep(0, 40), Beep(1319, 60), Beep(0, 40), Beep(1568, 60)))
OFF_DUTY = Cue("off_duty", (Beep(1568, 60), Beep(0, 40), Beep(1319, 60), Beep(0, 40), Beep(1047, 150)))
TAKEN_BACK = Cue("taken_back", (Beep(1319, 180), Beep(0, 40), Beep(988, 60), Beep(0, 40), Beep(988, 60)))
HINT = Cue("hint", (Beep(1500, 90),))
CLICK = Cue("click", (Beep(2000, 25),))
ERASE = Cue("erase", (Beep(1000, 25), Beep(0, 40), Beep(1000, 25)))

CUES: dict[str, Cue] = {
    cue.name: cue
    for cue in (
        WELCOME,
        GOODBYE,
        ALREADY,
        REFUSED,
        ALARM,
        ON_DUTY,
        OFF_DUTY,
        TAKEN_BACK,
        IDENTIFY,
        HINT,
        CLICK,
        ERASE,
    )
}

_ANSWERS = {
    Reason.WELCOME: WELCOME,
    Reason.GOODBYE: GOODBYE,
    Reason.ALREADY_IN: ALREADY,
    Reason.ALREADY_OUT: ALREADY,
    Reason.NOT_SAVED: ALARM,
    Reason.IDENTIFY: IDENTIFY,
    Reason.ON_DUTY: ON_DUTY,
    Reason.OFF_DUTY: OFF_DUTY,
    Reason.TAKEN_BACK: TAKEN_BACK,
}

_PHRASES = {
    reason: str(reason)
    for reason in (
        Reason.WELCOME,
        Reason.GOODBYE,
        Reason.ALREADY_IN,
        Reason.ALREADY_OUT,
        Reason.WRONG_NUMBER,
        Reason.GUARD_NEEDED,
        Reason.SEVERAL_VISITORS,
        Reason.NOT_SAVED,
        Reason.IDENTIFY,
    )
}
_OF_GUARDS = frozenset(
    {
        *(Reason.ON_DUTY, Reason.OFF_DUTY, Reason.WRONG_PIN, Reason.LOCKED),
        *(Reason.TAKEN_BACK, Reason.TOO_LATE, Reason.FOREIGN_SETUP, Reason.EXPIRED_SETUP),
    }
)


def answer(reason: Reason) -> Cue:
    """The sound of an answer; what is refused sounds alike, whatever the reason."""
    return _ANSWERS.get(reason, REFUSED)


def phrase(reason: Reason) -> str:
    """The phrase that a voice says with an answer; empty for what is said to those who work here."""
    return "" if reason in _OF_GUARDS else _PHRASES.get(reason, "refused")
