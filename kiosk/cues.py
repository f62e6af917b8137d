"""
The table of sounds: one row a cue.

Tones lie between 500 and 3,000 Hz, where older ears hear well; good news takes under 400 ms; and patterns
differ in rhythm, not only in pitch.
"""

from kiosk.model import Reason
from kiosk.signals import Beep, Cue

WELCOME = Cue("welcome", (Beep(1047, 110), Beep(0, 30), Beep(1568, 200)))
GOODBYE = Cue("goodbye", (Beep(1568, 200), Beep(0, 30), Beep(1047, 110)))
ALREADY = Cue("already", (Beep(1245, 120), Beep(0, 120), Beep(1245, 120)))
REFUSED = Cue("refused", (Beep(523, 600),))
ALARM = Cue("alarm", (Beep(880, 250), Beep(0, 100), Beep(587, 250), Beep(0, 100)) * 3)
IDENTIFY = Cue("identify", (Beep(2093, 80), Beep(0, 80), Beep(2093, 80), Beep(0, 400)) * 4)
HINT = Cue("hint", (Beep(1500, 40),))
CLICK = Cue("click", (Beep(2000, 25),))
ERASE = Cue("erase", (Beep(1000, 25),))

CUES: dict[str, Cue] = {
    cue.name: cue for cue in (WELCOME, GOODBYE, ALREADY, REFUSED, ALARM, IDENTIFY, HINT, CLICK, ERASE)
}

_ANSWERS = {
    Reason.WELCOME: WELCOME,
    Reason.GOODBYE: GOODBYE,
    Reason.ALREADY_IN: ALREADY,
    Reason.ALREADY_OUT: ALREADY,
    Reason.NOT_SAVED: ALARM,
    Reason.IDENTIFY: IDENTIFY,
}


def answer(reason: Reason) -> Cue:
    """The sound of an answer; what is refused sounds alike, whatever the reason."""
    return _ANSWERS.get(reason, REFUSED)
