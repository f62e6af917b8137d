"""The screens of a box that is being put into service: what it waits for, how far it is, what holds it up."""

from dataclasses import replace

from kiosk.flow.checking import KEY as CHECK_KEY
from kiosk.flow.setting_up import is_open
from kiosk.manner import Manner
from kiosk.model import Moment, Status
from kiosk.signals import Choice, Mood, Picture, Row, View
from kiosk.stages import Hitch, Stage
from kiosk.states import SettingUp
from kiosk.words import Words

_PICTURES = {
    Hitch.FORGED: Picture.CROSSED_CODE,
    Hitch.EXPIRED: Picture.CLOCK,
    Hitch.USED: Picture.CROSSED_CODE,
    Hitch.WITHDRAWN: Picture.CROSSED_CODE,
    Hitch.MALFORMED: Picture.CROSSED_CODE,
    Hitch.STRANGER: Picture.LOCK,
    Hitch.WIFI_PASSWORD: Picture.LOCK,
    Hitch.CLOCK: Picture.CLOCK,
    Hitch.BUSY: Picture.PAUSE,
}
"""By what holds the box up; tools for all else."""


def setting_up(frame: View, state: SettingUp, status: Status, now: Moment, manner: Manner) -> View:
    """What a box waits for that is being put into service."""
    words, memory = manner.spoken(state.memory.language), state.memory
    keys = []
    if status.keypad_present and now.monotonic_s < memory.setup_until_s:
        keys.append(Choice("*", words.say("setting_up.close")))
    if status.keypad_present:
        keys.append(Choice(CHECK_KEY, words.say("setting_up.check")))
    if status.keypad_present and len(manner.words) > 1:
        keys.append(Choice("#", manner.spoken(memory.language + 1).say("language")))
    frame = replace(
        frame,
        picture=Picture.TOOLS,
        headline=words.say("setting_up.headline"),
        rows=tuple(_row(stage, words) for stage in state.stages),
        keys=tuple(keys),
    )
    held_up = next((stage for stage in state.stages if stage.hitch), None)
    if held_up is not None and held_up.hitch is not None:
        return _held_up(frame, held_up.hitch, words)
    if is_open(memory, now, manner.policy) and all(not stage.done for stage in state.stages):
        return _invites(frame, status, words)
    return frame


def _invites(frame: View, status: Status, words: Words) -> View:
    """Nothing was shown yet."""
    if not status.scanner_present:
        return replace(frame, note=words.say("setting_up.no_camera"), rows=())
    return replace(
        frame,
        picture=Picture.CARD,
        headline=words.say("setting_up.show"),
        note=words.say("setting_up.where"),
        aiming="camera" not in status.lost,
        rows=(),
    )


def _held_up(frame: View, hitch: Hitch, words: Words) -> View:
    """What is wrong, and what to do."""
    remedy = words.say(f"hitch.{hitch}.note")
    return replace(
        frame,
        mood=Mood.AMBER if hitch.passes else Mood.RED,
        picture=_PICTURES.get(hitch, Picture.TOOLS),
        headline=words.say(f"hitch.{hitch}.headline"),
        detail=remedy if hitch.passes else "",
        note=words.say("setting_up.again") if hitch.passes else remedy,
        rows=(),
    )


def _row(stage: Stage, words: Words) -> Row:
    stands = words.say("setting_up.done" if stage.done else "setting_up.waits")
    return Row(words.say(f"setting_up.{stage.step}"), stage.detail or stands, done=stage.done)
