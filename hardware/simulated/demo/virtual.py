"""The virtual door: its stand is begun in the background, waited for, and shown in a browser."""

import getpass
import os
import socket
import sys
import webbrowser
from importlib.util import find_spec
from pathlib import Path
from subprocess import PIPE
from urllib.parse import urlsplit

import click

from hardware.simulated.demo.programs import STAND, Background, DemoFailed, free_port

_NEEDED = ("segno", "starlette", "uvicorn", "websockets")
_REMEDY = 'pip install "entrance-kiosk[web]"'


def open_door(folder: Path, background: Background, port: int | None, *, usual: int) -> None:
    """
    Start the stand, tell what it does until the door is open, and open a browser where there is a desktop.

    Args:
        folder: Holds everything of it.
        background: Where it is started, so that it can be stopped.
        port: Where its page is served; None for the first that is free.
        usual: From where on one is looked for.

    Raises:
        DemoFailed: If it does not start; the message says why.
    """
    missing = [name for name in _NEEDED if find_spec(name) is None]
    if missing:
        raise DemoFailed(f"--web: needs {', '.join(missing)}; install it: {_REMEDY}")
    chosen = free_port(usual) if port is None else port
    # Not from the working directory: only what is installed.
    command = (sys.executable, "-P", "-m", "hardware.simulated.web")
    stand = background.start(STAND, *command, "--folder", str(folder), "--port", str(chosen), stdout=PIPE)
    page = centre = ""
    assert stand.stdout is not None  # a pipe
    with stand.stdout:
        for line in stand.stdout:
            what, _, words = line.decode().rstrip("\n").partition(" ")
            match what:
                case "step":
                    click.secho(f"\n{words}", bold=True)
                case "failed":
                    raise DemoFailed(words)
                case "centre":
                    centre = words
                case "ready":
                    page = words
    if not page:
        raise DemoFailed(f"the virtual door did not start; look into {folder / STAND}.log")
    _tell(folder, page, centre)


def _tell(folder: Path, page: str, centre: str) -> None:
    address, _, account = centre.partition(" ")
    click.secho("\nThe door is open, and goes on in the background", bold=True)
    click.echo(f"   page       {page}")
    click.echo(f"   manager    {address}   {account}")
    click.echo(f"   to stop    kiosk demo --stop --folder {folder}   (or: make demo-stop)")
    if _has_desktop():
        webbrowser.open(page)
        return
    ports = " ".join(f"-L {port}:127.0.0.1:{port}" for port in (urlsplit(page).port, urlsplit(address).port))
    click.echo(f"   from afar  ssh -N {ports} {getpass.getuser()}@{_own_name()}   and open the page there")


def _has_desktop() -> bool:
    """Whether a browser that is opened here is seen by whoever asked for it."""
    has_display = os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    return bool(has_display) and "SSH_CONNECTION" not in os.environ


def _own_name() -> str:
    """Under which this machine was reached by ssh, or else calls itself."""
    told = os.environ.get("SSH_CONNECTION", "").split()
    return told[2] if len(told) > 2 else socket.gethostname()  # noqa: PLR2004 - sshd(8): client, port, server, port
