"""The command `kiosk say`: sounds cues on the box's buzzer, and lights the lamp as those answers do."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

import click

from kiosk import cues, views
from kiosk.commands import chosen_settings, settings_options, simulated_option
from kiosk.devices import find, options
from kiosk.errors import DeviceLost, DeviceMissing, SettingsError
from kiosk.model import Moment, Reason, Verdict
from kiosk.ports import Buzzer, Lamp
from kiosk.settings import Settings, suggestion
from kiosk.signals import Beep, Colour, Cue, Glow, Pattern
from kiosk.states import Showing
from kiosk.store.holding import DOOR, is_held
from kiosk.workers import Crash, Workers

MEANINGS = {
    "welcome": "somebody came in",
    "goodbye": "somebody went out",
    "already": "it was recorded before",
    "refused": "this code or number is of no use here",
    "alarm": "a visit could not be recorded",
    "identify": "the centre asks which box this is",
    "on_duty": "a guard's turn of duty begins",
    "off_duty": "a guard's turn of duty ends",
    "taken_back": "a visit was taken back",
    "hint": "a code is in view and cannot be read",
    "click": "a key",
    "erase": "a key that takes away",
}
"""What people are told by each cue."""

_OTHER_GLOWS = {"hint": Glow(Colour.AMBER, Pattern.BREATHING)}
"""How the lamp glows with cues that are no answers; white, unless it is said here."""

_REST = Beep(0, 700)
"""Between cues, so that one can be told from the next."""

_PATIENCE_S = 5.0


class _Sounder(Buzzer, Protocol):
    def finish(self, within_s: float) -> bool:
        """Wait until what was asked for has sounded, or so many seconds at most; whether it has."""
        ...


@click.command()
@click.argument("names", nargs=-1, metavar="[CUE]…")
@click.option("--all", "all_of_them", is_flag=True, help="All cues, one after the other.")
@simulated_option
@settings_options
def say(
    *,
    names: tuple[str, ...],
    all_of_them: bool,
    simulated: bool,
    file: Path | None,
    data: str | None,
    assignments: tuple[str, ...],
) -> None:
    """
    Sound cues on the box's buzzer, and light its lamp as the door does with them.

    Without any, list the cues and what each means. Stop the door first, which keeps its devices.
    """
    chosen = tuple(cues.CUES) if all_of_them else names
    for name in names:
        if all_of_them:
            raise SettingsError(f"say {name}: not with --all; leave one of the two out")
        if name not in cues.CUES:
            near = suggestion(name, cues.CUES) or f"; there are {', '.join(cues.CUES)}"
            raise SettingsError(f"say {name}: no such cue{near}")
    settings = chosen_settings(file, data, assignments, simulated=simulated)
    if not chosen:
        for cue in cues.CUES.values():
            click.echo(_line(cue))
        return
    if not settings.sound.volume:
        click.echo("kiosk: sound.volume = 0: nothing will be heard", err=True)
    with _box(settings) as box:
        for name in chosen:
            cue = cues.CUES[name]
            click.echo(_line(cue))
            box.tell(cue if name == chosen[-1] else Cue(cue.name, (*cue.beeps, _REST)))


def glow(cue: Cue) -> Glow:
    """How the lamp glows when this sounds at the door."""
    now = Moment(datetime.now(UTC), 0.0, trusted=True)
    for reason in Reason:
        if cues.answer(reason).name == cue.name:
            return views.lamp(Showing(verdict=Verdict(reason), since=now, until_s=None), now)
    return _OTHER_GLOWS.get(cue.name, Glow(Colour.WHITE))


class _Box:
    """A buzzer that is at work, and a lamp."""

    def __init__(self, buzzer: _Sounder, lamp: Lamp, volume: int, crashes: list[Crash]) -> None:
        self._buzzer = buzzer
        self._lamp = lamp
        self._volume = volume
        self._crashes = crashes

    def tell(self, cue: Cue) -> None:
        """
        Sound a cue to its end.

        Raises:
            DeviceLost: If it does not end.
            RuntimeError: If the buzzer ended unasked; its own error is the cause.
        """
        self._lamp.light(glow(cue))
        self._buzzer.play(cue, self._volume)
        lasts_s = sum(beep.ms for beep in cue.beeps) / 1000
        finished = self._buzzer.finish(lasts_s + _PATIENCE_S)
        for crash in self._crashes:
            raise RuntimeError(f"the {crash.worker} ended unasked") from crash.error
        if not finished:
            raise DeviceLost("buzzer: does not come to an end; start the box again")


@contextmanager
def _box(settings: Settings) -> Iterator[_Box]:
    """
    Open the box's buzzer and lamp; silent and dark afterwards.

    Raises:
        DeviceMissing: If the pins cannot be had, or the running door has them.
    """
    real = settings.devices.buzzer != "simulated"
    if real and is_held(settings.data.folder, DOOR):
        raise DeviceMissing("buzzer: the running door has it; stop the door: sudo systemctl stop kiosk")
    crashes: list[Crash] = []
    with ExitStack() as opened:
        buzzer: _Sounder = _open("buzzer", settings.devices.buzzer, settings)
        opened.callback(buzzer.close)
        lamp: Lamp = _open("lamp", settings.devices.lamp, settings)
        opened.callback(lamp.close)
        workers = Workers(crashes.append)
        opened.callback(workers.end)
        workers.begin("buzzer", lambda: buzzer.run(lambda _: None, workers.stop))
        yield _Box(buzzer, lamp, settings.sound.volume, crashes)


def _open(kind: str, name: str, settings: Settings) -> Any:
    return find(kind, name)(**options(kind, name, settings))


def _line(cue: Cue) -> str:
    return f"{cue.name:<10} {MEANINGS[cue.name]}; the lamp is {glow(cue)}"
