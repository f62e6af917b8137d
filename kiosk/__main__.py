"""The command `kiosk`."""

import logging
import signal
import sys
from pathlib import Path
from typing import Any

import click

from kiosk import (
    __version__,
    bookkeeping,
    building,
    commands,
    listening,
    phrases,
    prompting,
    reading,
    rolling_back,
    telling,
)
from kiosk.card.commands import card
from kiosk.checking.command import check
from kiosk.commands import chosen_settings, settings_options, simulated_option
from kiosk.devices import Devices, assemble, find
from kiosk.enrolling import enrol
from kiosk.errors import SettingsError
from kiosk.loop import Loop
from kiosk.reports import Closing
from kiosk.supporting.command import support
from kiosk.witness import Witness

log = logging.getLogger(__name__)


@click.group(name="kiosk", context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__)
@click.option("--debug", is_flag=True, help="Log everything; show tracebacks.")
def kiosk(*, debug: bool) -> None:
    """The door of a public office: reads the visitor's code, says who came in, loses no visit."""
    commands.start_logging(debug=debug)


@kiosk.command()
@simulated_option
@click.option(
    "--screens",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="With --simulated: keep a PNG of each screen here.",
)
@click.option(
    "--panel",
    type=click.IntRange(min=3),
    metavar="FD",
    help="With --simulated: another program works the devices, over this inherited socket.",
)
@settings_options
def run(
    *,
    simulated: bool,
    screens: Path | None,
    panel: int | None,
    file: Path | None,
    data: str | None,
    assignments: tuple[str, ...],
) -> None:
    """
    Open the door and serve until told to stop.

    With --simulated, lines on standard input play the visitor, and each change of what the door shows and
    sounds is printed as a JSON object on a line of its own:

    \b
        show PICTURE        hold a picture of a code up to the camera
        scan FILE           have the code reader type what a text file holds
        key 0..9*#A..D      press keys
        camera lost|found   pull the camera out, plug it in again
        keypad lost|found   the same with the keypad
        reader lost|found   the same with the code reader
        wait SECONDS        let time pass
        quit                close the door (so does the end of input)

    With --panel, neither: the program at the other end of the socket sees, hears and does it all.
    """  # noqa: D301 (click wants a real backspace to leave the table alone)
    if screens and not simulated:
        raise SettingsError("--screens: only with --simulated; a real door keeps no pictures")
    if panel is not None:
        if not simulated or screens:
            raise SettingsError("--panel: only with --simulated, and without --screens")
        assignments = ("devices.screen=simulated", *assignments)
    settings = chosen_settings(file, data, assignments, simulated=simulated)
    if screens:
        try:
            screens.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise SettingsError(f"--screens {screens}: {error.strerror}; choose another folder") from error
    far_end = None if panel is None else find("panel", "simulated")(panel)
    journal = building.open_journal(settings)
    devices = assemble(settings)
    if far_end is not None:
        far_end.attach(devices)
        door = building.build(settings, devices, journal, None, far_end.wall)
    else:
        witness = Witness(sys.stdout, devices.screen, screens) if simulated else None
        door = building.build(settings, devices, journal, witness)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: door.report(Closing()))
    if far_end is not None:
        faults = _heed_panel(door, far_end)
    else:
        faults = _play_input(door, devices) if simulated else []
    door.run()
    if faults:
        sys.exit(commands.EXIT_USAGE)


@kiosk.command()
@click.argument("pictures", nargs=-1, type=click.Path(path_type=Path), metavar="[PICTURE_OR_FOLDER]…")
@click.option("--text", is_flag=True, help="Print the code's text too. It is personal data.")
@click.option("--json", "as_json", is_flag=True, help="A JSON object a line.")
@click.option(
    "--why",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Draw into this folder what was tried on each picture.",
)
@click.option("--camera", is_flag=True, help="Read with the door's camera.")
@click.option(
    "--seconds",
    type=click.FloatRange(min=0, min_open=True),
    metavar="N",
    help="With --camera: end after so long.  [default: Ctrl-C ends]",
)
@simulated_option
@settings_options
def read(
    *,
    pictures: tuple[Path, ...],
    text: bool,
    as_json: bool,
    why: Path | None,
    camera: bool,
    seconds: float | None,
    simulated: bool,
    file: Path | None,
    data: str | None,
    assignments: tuple[str, ...],
) -> None:
    """
    Read the codes on pictures and print, a line a picture, what they are and how long it took.

    `visitor` and the format for codes that tell of somebody, `not for here` and the reason for others,
    `nothing` where no code is read. Of a folder, all pictures in it and below are read.

    With --camera, a line is printed whenever what the door's camera reads changes; `not read` says why a code
    in view is not read yet. Stop the door first. No picture of the camera is kept.
    """
    if camera == bool(pictures):
        raise SettingsError("read: name pictures or folders, or give --camera, one of the two")
    if camera and why:
        raise SettingsError("--why: not with --camera; no picture of the camera is ever kept")
    if seconds is not None and not camera:
        raise SettingsError("--seconds: only with --camera; pictures end by themselves")
    teller = reading.Teller(with_text=text, as_json=as_json)
    if camera:
        chosen = chosen_settings(file, data, assignments, simulated=simulated)
        reading.read_camera(chosen, teller, seconds)
    elif not reading.read_pictures(pictures, teller, why):
        sys.exit(commands.EXIT_USAGE)


@kiosk.command()
@simulated_option
@settings_options
def settings(*, simulated: bool, file: Path | None, data: str | None, assignments: tuple[str, ...]) -> None:
    """Print the settings as they are in force, as JSON, or everything that is wrong with them."""
    chosen = chosen_settings(file, data, assignments, simulated=simulated)
    click.echo(chosen.model_dump_json(indent=2))


@kiosk.command(context_settings={"ignore_unknown_options": True}, add_help_option=False)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def demo(*, arguments: tuple[str, ...]) -> None:
    """Play a short morning at a simulated door, or open one in the browser, with all that belongs to it."""
    find("demo", "command")(arguments)


def _play_input(door: Loop, devices: Devices) -> list[str]:
    """Let the lines of standard input play the visitor; the list fills with what was wrong with them."""
    faults: list[str] = []

    def complain(fault: str) -> None:
        faults.append(fault)
        click.echo(f"kiosk: {fault}", err=True)

    play = find("script", "simulated")
    said = listening.lines(sys.stdin, door.stop)
    button = devices.button if hasattr(devices.button, "hold") else None
    arguments = (said, devices.scanner, devices.keypad, door.report, door.stop, complain, button)
    door.accompany("script", lambda: play(*arguments))
    return faults


def _heed_panel(door: Loop, panel: Any) -> list[str]:
    """Let a panel work the devices; the list fills with what was wrong with what it said."""
    faults: list[str] = []

    def complain(fault: str) -> None:
        faults.append(fault)
        log.error("%s", fault)

    door.accompany("panel's word", lambda: panel.listen(door.report, door.stop, complain))
    door.accompany("panel's sight", panel.tell)
    return faults


for command in (
    *(bookkeeping.journal, card, check, enrol, prompting.pin, telling.say),
    *(phrases.phrases, rolling_back.rollback, support),
):
    kiosk.add_command(command)


def main() -> None:
    """Run the command and exit."""
    commands.run(kiosk)


if __name__ == "__main__":
    main()
