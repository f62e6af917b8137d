"""What all commands of the project share: settings from the command line, errors in one line, exit codes."""

import logging
import os
import resource
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click
from click.core import ParameterSource

from kiosk import config
from kiosk.errors import KioskError, SettingsError
from kiosk.settings import Settings

EXIT_USAGE = 2
"""Something that the user can mend: settings, paths, devices."""

_Command = TypeVar("_Command", bound=Callable[..., Any])


def settings_options(command: _Command) -> _Command:
    """Add `--config`, `--data` and `--set` to a command; `chosen_settings()` reads them."""
    for option in (
        click.option(
            "--set",
            "assignments",
            metavar="PATH=VALUE",
            multiple=True,
            help="One setting, such as door.direction=in; may be given again.",
        ),
        click.option(
            "--data",
            envvar="KIOSK_DATA",
            metavar="DIR",
            help="Folder of the journal.  [setting: data.folder]",
        ),
        click.option(
            "--config",
            "file",
            envvar="KIOSK_CONFIG",
            type=click.Path(path_type=Path),
            metavar="FILE",
            help=f"Settings file.  [default: {config.SETTINGS_FILE} if there]",
        ),
    ):
        command = option(command)
    return command


def simulated_option(command: _Command) -> _Command:
    """Add `--simulated` to a command."""
    return click.option(
        "--simulated",
        is_flag=True,
        help="Simulated devices, and a journal of their own: the real one is not touched.",
    )(command)


def chosen_settings(
    file: Path | None,
    data: str | None,
    assignments: tuple[str, ...],
    *,
    simulated: bool = False,
    with_centre: bool = True,
) -> Settings:
    """
    The settings that the options ask for; options win over the centre, and that over the file.

    `with_centre` false leaves out what the centre said when the box was enrolled.

    Raises:
        SettingsError: If any setting is wrong.
    """
    layers = [config.assignment(text) for text in assignments]
    if data is not None:
        if not data:
            raise SettingsError("--data: empty; name a folder")
        layers.append({"data": {"folder": data}})
    settings = config.load(file, *layers, usual=simulation() if simulated else None, with_centre=with_centre)
    played = {*settings.devices.scanner, *settings.devices.keypad}
    if simulated and not all(name.startswith("simulated") for name in played):
        raise SettingsError("--simulated: plays scanner and keypad itself; leave devices.* as they are")
    return settings


def as_options(
    file: Path | None, data: str | None, assignments: tuple[str, ...], *, simulated: bool = False
) -> list[str]:
    """The options that choose the same settings for another command."""
    chosen = ["--simulated"] if simulated else []
    chosen += [f"--config={file}"] if file is not None else []
    chosen += [f"--data={data}"] if data is not None else []
    return [*chosen, *(f"--set={text}" for text in assignments)]


def settings_of(context: click.Context) -> Settings:
    """
    The settings that the options of a command ask for, and those of its group: the command's own win.

    Raises:
        SettingsError: If any setting is wrong.
    """
    chosen: dict[str, Any] = {"file": None, "data": None, "assignments": (), "simulated": False}
    for one in filter(None, (context.parent, context)):
        for name in chosen.keys() & one.params.keys():
            if name == "assignments":
                chosen[name] += one.params[name]
            elif not chosen[name] or one.get_parameter_source(name) is ParameterSource.COMMANDLINE:
                chosen[name] = one.params[name]
    return chosen_settings(**chosen)


def simulation() -> dict[str, Any]:
    """The settings that make a door a simulated one: a window if there is a display, else memory."""
    has_display = bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
    state = Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state")
    return {
        "devices": dict.fromkeys(
            ("scanner", "keypad", "buzzer", "lamp", "voice", "light", "button"), "simulated"
        ),
        "screen": {"driver": "window" if has_display else "dummy", "fullscreen": False},
        "data": {"folder": str(state / "entrance-kiosk" / "simulated")},
        "clock": {"flag": ""},
        # It is a centre's when somebody says so, and until then talks to any broker it is given.
        "kiosk": {"sets_up": False},
    }


def start_logging(*, debug: bool) -> None:
    """Log to standard error: what happened, one line each; systemd's journal adds the time."""
    logging.basicConfig(
        stream=sys.stderr,
        level=logging.DEBUG if debug else logging.INFO,
        format="%(levelname)s %(name)s: %(message)s",
    )


def run(group: click.Group) -> None:
    """
    Run a command group and exit: 0 when all is well, 2 with one line that says the remedy when the user can
    mend it, 1 with a traceback for a bug.
    """
    # A crash must not leave an image of the memory, with people in it, on the disk.
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        group.main(standalone_mode=False)
    except click.exceptions.Exit as leave:
        sys.exit(leave.exit_code)
    except click.Abort:
        sys.exit(EXIT_USAGE)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except KioskError as error:
        if "--debug" in sys.argv:
            raise
        for line in str(error).splitlines():
            click.echo(f"{group.name}: {line}", err=True)
        sys.exit(EXIT_USAGE)
