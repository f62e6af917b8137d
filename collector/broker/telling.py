"""The running broker, told to read its files anew."""

import datetime as dt
import os
import re
import shlex
import signal
import subprocess
from enum import Enum, auto
from pathlib import Path
from threading import Event

from collector.broker import shelf, users
from collector.broker.errors import BrokerUnusable
from collector.broker.settings import Settings
from collector.broker.shelf import Shelf

RELOAD = "COLLECTOR_BROKER_RELOAD"
COMMAND_S = 60.0
"""How long a command of the user's may take."""
START_S = 5.0
"""How long a broker may take to start."""
_LOOK_S = 0.01


class Told(Enum):
    """Whether the broker knows; of several nodes, whether all do."""

    YES = auto()
    """It was told; it reads within moments."""
    NOT_RUNNING = auto()
    """None runs here: it reads when it starts."""
    NOT_ALLOWED = auto()
    """It is another user's process."""


def tell(folder: Shelf, command: str = "") -> Told:
    """
    Tell the broker to read certificates, the list of revoked ones and the access list anew.

    A NATS is told whom it lets in: that is written down for it first.

    Args:
        folder: Where it wrote its process id.
        command: A command of the user's that does it instead; not run by a shell. Waited for.

    Raises:
        BrokerUnusable: If that command fails, or a file cannot be read or written.
    """
    settings = Settings.read(folder)
    nodes = settings.nodes if settings else ()
    if settings and nodes:
        with folder.locked():
            users.write(folder, settings, dt.datetime.now(dt.UTC))
    if command:
        _run(command)
        return Told.YES
    pids = [folder.folder / shelf.node_state(node.name) / "nats-server.pid" for node in nodes]
    told = {_signal(pid) for pid in pids or [folder.pid]}
    return next(one for one in (Told.NOT_ALLOWED, Told.NOT_RUNNING, Told.YES) if one in told)


def require_told(folder: Shelf) -> None:
    """
    Tell all nodes of a NATS whom they let in: whoever has a certificate that one does not know is shut out.

    Raises:
        BrokerUnusable: If one was not told, and no command of the user's does it.
    """
    told = tell(folder, os.environ.get(RELOAD, ""))
    if told is not Told.YES:
        why = "is another user's process" if told is Told.NOT_ALLOWED else "does not run on this machine"
        raise BrokerUnusable(
            f"a node of NATS {why}, and was not told; name in {RELOAD} a command that tells all nodes"
        )


def _signal(pid: Path) -> Told:
    process = _process(pid)
    if process is None or not _listens(process):
        return Told.NOT_RUNNING
    try:
        os.kill(process, signal.SIGHUP)
    except ProcessLookupError:
        return Told.NOT_RUNNING
    except PermissionError:
        return Told.NOT_ALLOWED
    return Told.YES


def _process(pid: Path) -> int | None:
    """The id of a running broker; None when the file tells of none, or of what is another program by now."""
    try:
        number = int(pid.read_text(encoding="ascii"))
        program = Path(f"/proc/{number}/comm").read_text(encoding="utf-8")
    except (OSError, ValueError):
        return None
    return number if number > 1 and program.strip() == pid.stem else None


def _listens(process: int) -> bool:
    """
    Wait until a broker that is just starting is ready for SIGHUP; False when it never is.

    Mosquitto 2.0.11 writes its process id some 20 ms before, and the signal would end it in between, for
    good: to systemd that is a wished end.
    """
    pause = Event()
    for _ in range(round(START_S / _LOOK_S)):
        try:
            status = Path(f"/proc/{process}/status").read_text(encoding="utf-8")
        except OSError:
            return False
        caught = re.search(r"^SigCgt:\s*([0-9a-f]+)$", status, re.MULTILINE)
        if caught and int(caught[1], 16) >> (signal.SIGHUP - 1) & 1:
            return True
        pause.wait(_LOOK_S)
    return False


def _run(command: str) -> None:
    try:
        done = subprocess.run(shlex.split(command), stdin=subprocess.DEVNULL, check=False, timeout=COMMAND_S)
    except (OSError, ValueError, IndexError, subprocess.TimeoutExpired) as error:
        raise BrokerUnusable(f'command "{command}": {error}; mend it in --reload') from error
    if done.returncode != 0:
        raise BrokerUnusable(
            f'command "{command}": failed with {done.returncode}; mend it in --reload, then run this again'
        )
