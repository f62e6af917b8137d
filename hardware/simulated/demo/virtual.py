"""The virtual door: its stand is begun in the background, waited for, and shown in a browser."""

import getpass
import json
import os
import socket
import sys
import webbrowser
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from subprocess import PIPE, Popen, TimeoutExpired
from urllib.parse import urlsplit

import click

from hardware.simulated.demo.failing import DemoFailed
from hardware.simulated.demo.programs import STAND, STOP_S, Background, how_to_stop

ADDRESSES = "open.json"
"""The file that tells where an open door is."""
_NEEDED = ("segno", "starlette", "uvicorn", "websockets")
_REMEDY = 'pip install "entrance-kiosk[web]"'


def open_door(folder: Path, background: Background, port: int) -> None:
    """
    Start the stand, tell what it does until the door is open, and open a browser where there is a desktop.

    Args:
        folder: Holds everything of it.
        background: Where it is started, so that it can be stopped.
        port: Where its page is served.

    Raises:
        DemoFailed: If it does not start; the message says why. Nothing of it runs then.
    """
    # Not from the working directory: only what is installed.
    command = (sys.executable, "-P", "-m", "hardware.simulated.web")
    stand = background.begin(STAND, *command, "--folder", str(folder), "--port", str(port), stdout=PIPE)
    try:
        _follow(stand, folder / f"{STAND}.log")
    except BaseException:
        # It ends all that it has begun.
        stand.terminate()
        with suppress(TimeoutExpired):
            stand.wait(STOP_S)
        raise
    tell_open(folder, is_new=True)


def must_be_installed() -> None:
    """
    See that what the page needs is there: it comes with an extra of its own.

    Raises:
        DemoFailed: If not; the message has the remedy.
    """
    missing = [name for name in _NEEDED if find_spec(name) is None]
    if missing:
        raise DemoFailed(f"--web: needs {', '.join(missing)}; install it: {_REMEDY}")


def tell_open(folder: Path, *, is_new: bool) -> None:
    """
    Tell where the open door is, and open a browser where there is a desktop.

    Args:
        folder: Of a stand that runs.
        is_new: Whether it was begun just now.

    Raises:
        DemoFailed: If the door is only just opening.
    """
    try:
        told = json.loads((folder / ADDRESSES).read_text())
        page, centre, user, password = (str(told[name]) for name in ("page", "centre", "user", "password"))
    except (OSError, ValueError, KeyError, TypeError):
        raise DemoFailed(
            f"--folder {folder}: a virtual door is just opening there; wait some seconds"
        ) from None
    stop = how_to_stop(folder)
    if is_new:
        click.secho("\nThe door is open, and goes on in the background", bold=True)
    else:
        click.secho("The door is open already", bold=True)
        click.echo(f"   for a new one, stop it first: {stop}")
    click.echo(f"   page       {page}")
    click.echo(f"   manager    {centre}   user {user} password {password}")
    click.echo(f"   to stop    {stop}")
    if _has_desktop():
        webbrowser.open(page)
        return
    ports = " ".join(f"-L {port}:127.0.0.1:{port}" for port in (urlsplit(page).port, urlsplit(centre).port))
    click.echo(f"   from afar  ssh -N {ports} {getpass.getuser()}@{_own_name()}   and open the page there")


def note_open(folder: Path, **addresses: str) -> None:
    """
    Keep where the open door is, for `tell_open()`; only who may enter the folder can read it.

    Args:
        folder: Of the stand.
        addresses: `page`, `centre`, and the manager's `user` and `password`.
    """
    unfinished = folder / f"{ADDRESSES}.new"
    unfinished.touch(mode=0o600)
    unfinished.write_text(json.dumps(addresses))
    unfinished.replace(folder / ADDRESSES)


def _follow(stand: Popen[bytes], log: Path) -> None:
    """
    Tell what the stand does until the door is open.

    Raises:
        DemoFailed: If it fails.
    """
    assert stand.stdout is not None  # a pipe
    with stand.stdout:
        for line in stand.stdout:
            what, _, words = line.decode().rstrip("\n").partition(" ")
            if what == "step":
                click.secho(f"\n{words}", bold=True)
            elif what == "failed":
                raise DemoFailed(words)
            elif what == "ready":
                return
    raise DemoFailed(f"the virtual door did not start; look into {log}")


def _has_desktop() -> bool:
    """Whether a browser that is opened here is seen by whoever asked for it."""
    has_display = os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    return bool(has_display) and "SSH_CONNECTION" not in os.environ


def _own_name() -> str:
    """Under which this machine was reached by ssh, or else calls itself."""
    told = os.environ.get("SSH_CONNECTION", "").split()
    return told[2] if len(told) > 2 else socket.gethostname()  # noqa: PLR2004 - sshd(8): client, port, server, port
