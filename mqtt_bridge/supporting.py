"""The support bundle that the centre asks for: made beside the road's work, sent when it is ready."""

import logging
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Thread

from kiosk.errors import JournalFailed
from kiosk.store.inbox import Inbox
from mqtt_bridge.client import Line
from mqtt_bridge.topics import Channel, Topic
from mqtt_bridge.wire import MAX_MESSAGE_BYTES

log = logging.getLogger(__name__)

COMMAND = "support_bundle"
LOOK_S = 1.0
MADE_WITHIN_S = 45.0


class Supporting:
    """
    Answers the command `support_bundle`. A `mqtt_bridge.bridge.Companion`.

    The command stays open in the journal until the bundle was given to the broker, so a bridge that is ended
    meanwhile makes another; one that cannot be made in time runs out like any command.

    Args:
        inbox: Where commands are kept; not that of the road's ear, which so notices what is settled.
        collect: Makes a bundle: JSON in gzip. Called in a thread of its own, may take half a minute.
    """

    channels: frozenset[Channel] = frozenset()

    def __init__(self, inbox: Inbox, collect: Callable[[], bytes]) -> None:
        self._inbox = inbox
        self._collect = collect
        self._look_due_s = 0.0
        self._work: Thread | None = None
        self._made: bytes | None = None

    def came_up(self, _line: Line) -> None:
        """What is open is looked for at the next turn anyway."""

    def heard(self, topic: Topic, payload: bytes, line: Line) -> None:
        """Nothing comes down to us: commands are heard by the road's ear."""

    def turn(self, line: Line | None, now_s: float) -> None:
        """Begin a bundle that is asked for, or send one that is ready."""
        if line is None or now_s < self._look_due_s or (self._work and self._work.is_alive()):
            return
        self._look_due_s = now_s + LOOK_S
        try:
            wanted = self._inbox.open(COMMAND)
            if not wanted:
                self._work = self._made = None
            elif self._work is None:
                self._begin()
            else:
                self._work = None
                self._answer(wanted, line)
        except JournalFailed as error:
            log.warning("support bundle: %s", error)

    def _begin(self) -> None:
        self._made = None
        self._work = Thread(target=self._run, name="support", daemon=True)
        self._work.start()

    def _run(self) -> None:
        try:
            self._made = self._collect()
        except (OSError, ValueError) as error:
            log.warning("support bundle: %s", error)

    def _answer(self, wanted: list[str], line: Line) -> None:
        made = self._made
        for command in wanted:
            if made is None:
                self._inbox.settle(command, "refused", "the bundle could not be made; see the box's log")
            elif len(made) > MAX_MESSAGE_BYTES:
                self._inbox.settle(command, "refused", f"the bundle has {len(made)} bytes: too many")
            elif line.post(Channel.SUPPORT, made, name=command) is not None:
                self._inbox.settle(command, "done")
                log.info("support bundle sent: %d bytes", len(made))
        self._made = None


def by_program(options: Sequence[str]) -> bytes:
    """
    A bundle as `kiosk support` makes it, in a process of its own: it looks at what the bridge need not know.

    Args:
        options: Those that choose the settings.

    Raises:
        OSError: If it could not be made in time.
    """
    command = [*_kiosk(), "support", "--file", "-", *options]
    try:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, timeout=MADE_WITHIN_S, check=False
        )
    except subprocess.TimeoutExpired:
        raise TimeoutError(f"not made within {MADE_WITHIN_S:.0f} s") from None
    if done.returncode or not done.stdout:
        raise OSError(f"`kiosk support` ended with {done.returncode}; run it on the box")
    return done.stdout


def _kiosk() -> list[str]:
    """The command `kiosk` beside our own: only it knows where a package keeps its libraries."""
    beside = Path(sys.argv[0]).resolve().with_name("kiosk")
    return [str(beside)] if beside.is_file() else [sys.executable, "-m", "kiosk"]
