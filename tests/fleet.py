"""The real `mqtt-bridge fleet`: many doors in one process, for those who try a broker and a centre with them."""

import json
import queue
import signal
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from collector.broker import certificates as making
from collector.broker import own
from collector.broker.authority import KIOSK_LIFE, Authority
from collector.broker.certificates import Purpose
from tests.programs import BIN, PATIENCE_S, Program


class Fleet(Program):
    """
    `mqtt-bridge fleet --json`, from its start on.

    Args:
        hosts: The brokers, `H:P`, with spaces between.
        ledger: Where it writes its ledger.
        doors: How many.
        rate: Visits a second of all together.
        certificates: Folder of the doors' certificates; None for lines in clear.
        options: More of them.
        within: What it is started by, such as `("ip", "netns", "exec", "south")`.
    """

    def __init__(
        self,
        hosts: str,
        ledger: Path,
        *options: str | Path,
        doors: int,
        rate: float = 0,
        certificates: Path | None = None,
        within: tuple[str, ...] = (),
    ) -> None:
        self.ledger = ledger
        self.told: list[dict] = []
        """All that it has said so far, as far as anybody has asked."""
        way = ("--clear",) if certificates is None else ("--certificates", certificates)
        super().__init__(
            *within,
            *(BIN / "mqtt-bridge", "fleet", "--json", "--hosts", hosts, "--ledger", ledger),
            *("--doors", str(doors), "--rate", str(rate), *way, *options),
        )

    def next(self, true: Callable[[dict], object], patience_s: float = PATIENCE_S) -> dict:
        """The next line of which something is so; those before it are passed over."""
        end_s = time.monotonic() + patience_s
        while True:
            try:
                line = json.loads(self.lines.get(timeout=max(0.01, end_s - time.monotonic())))
            except queue.Empty:
                raise AssertionError(f"not in time; last {self.told[-3:]}, {self.errors}") from None
            self.told.append(line)
            if true(line):
                return line

    def event(self, name: str, patience_s: float = PATIENCE_S) -> dict:
        """The next event of this name: `connected` or `missing`, `storm`, `reconnected`, `served`, `done`."""
        return self.next(lambda line: line.get("event") == name, patience_s)

    def lose_lines(self) -> None:
        """Have all doors lose their lines and come again, each with a visit of that moment."""
        self.process.send_signal(signal.SIGUSR1)

    def done(self, patience_s: float = PATIENCE_S) -> dict:
        """Wait until it has ended by itself; its summary, with its exit code as `code`."""
        summary = self.event("done", patience_s)
        return {**summary, "code": self._end()}


def certificates(folder: Path, names: Iterable[str], authority: Authority) -> Path:
    """
    Certificates for a fleet's doors, of the centre's own authority; the folder.

    Signed with its key as it signs all others, but not written into its register, which a file for each of
    twenty thousand would take minutes.

    Args:
        folder: Where they go: `ca.crt`, and a `NAME.pem` for each.
        names: The doors.
        authority: One that was prepared (`Authority.prepare`).
    """
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "ca.crt").write_bytes(authority.ca_pem())
    issuer, now = own.issuer(authority.shelf), authority._now()
    for name in names:
        key = making.make_key()
        made = making.issue(
            issuer, name=name, key=key.public_key(), purpose=Purpose.CLIENT, now=now, lifetime=KIOSK_LIFE
        )
        (folder / f"{name}.pem").write_bytes(making.certificate_pem(made) + making.key_pem(key))
    return folder


def names(doors: int, prefix: str = "fleet") -> list[str]:
    """The names of a fleet's doors."""
    return [f"{prefix}-{number:05d}" for number in range(1, doors + 1)]
