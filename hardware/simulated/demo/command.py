"""The command `kiosk demo`: the morning, or the virtual door, and what of both still runs."""

from collections.abc import Sequence
from pathlib import Path

import click

from hardware.simulated.demo.failing import DemoFailed
from hardware.simulated.demo.morning import Morning
from hardware.simulated.demo.ports import free_port
from hardware.simulated.demo.programs import STAND, Background, how_to_stop
from hardware.simulated.demo.recording import Recording
from hardware.simulated.demo.virtual import must_be_installed, open_door, tell_open

_PORT = 8080


def main(arguments: Sequence[str]) -> None:
    """Run the command `kiosk demo`."""
    demo.main(list(arguments), prog_name="kiosk demo", standalone_mode=False)


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(".demo"),
    show_default=True,
    help="Where everything of the demo is kept.",
)
@click.option("--web", is_flag=True, help="Open a door on a page in the browser, to be tried by hand.")
@click.option(
    "--port",
    type=click.IntRange(1, 65535),
    metavar="PORT",
    help=f"With --web: the page's TCP port.  [default: {_PORT}, or the next that is free]",
)
@click.option(
    "--record",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Keep each screen of the morning here, and a moving picture of them, morning.webp.",
)
@click.option("--stop", is_flag=True, help="Stop what an earlier demo left running.")
def demo(*, folder: Path, web: bool, port: int | None, record: Path | None, stop: bool) -> None:
    """
    Play a short morning at a simulated door, with broker, bridge and collector.

    The door opens a window where there is a display. Broker and collector go on in the background, so that
    the page can be looked at. With --web the whole door is a page in the browser, and goes on until it is
    stopped.
    """
    if port is not None and not web:
        raise click.UsageError("--port: only with --web.")
    if record and (web or stop):
        raise click.UsageError("--record: only for the morning; leave out --web and --stop.")
    folder = folder.absolute()
    if record and record.resolve().is_relative_to(folder.resolve()):
        raise DemoFailed(f"--record {record}: each demo empties {folder}; choose a folder outside")
    recording = Recording(record) if record else None
    background = Background(folder)
    if stop:
        stopped = background.stop_all()
        click.echo(f"stopped {stopped} programs" if stopped else "nothing was running")
    elif background.runs(STAND):
        if not web:
            raise DemoFailed(
                f"--folder {folder}: a virtual door is open there; name another, or: {how_to_stop(folder)}"
            )
        tell_open(folder, is_new=False)
    else:
        if web:
            must_be_installed()
        background.claim()
        background.stop_all()
        background.clear()
        if web:
            # The stand claims it for as long as the door is open.
            background.release()
            open_door(folder, background, free_port(_PORT) if port is None else port)
        else:
            _play(Morning(folder, background, recording), background)


def _play(morning: Morning, background: Background) -> None:
    try:
        morning.play()
    except BaseException:
        background.stop_all()
        raise
