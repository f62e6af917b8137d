"""The doors: a fleet of them in one process, that tells each second how they fare, and in a ledger what each was told."""

import json
import queue
import signal
import threading
from collections.abc import Sequence
from pathlib import Path

from tests.cluster.nodes import DIES_WITH_US
from tests.cluster.watching import Watch
from tests.programs import BIN, Program

USUAL_S = 0.5
"""Visits of so long may wait for their receipts when all is well."""
END_S = 240.0
"""A door that could not reach its broker for long waits up to a minute before it knocks again."""


class DoorsEnded(Exception):
    """The fleet ended by itself; it says what it said."""


class Doors:
    """
    A fleet, that writes visits from its start until `finish()`.

    Args:
        hosts: Of the broker, as `HOST:PORT`.
        number: How many doors.
        rate: Visits a second, of all together.
        seed: Who comes when.
        ledger: What it writes down.
        security: How it proves itself: its options for that.

    Attributes:
        watch: How they fare.
    """

    def __init__(
        self,
        hosts: Sequence[str],
        *,
        number: int,
        rate: float,
        seed: int,
        ledger: Path,
        security: Sequence[str | Path],
    ) -> None:
        self.watch = Watch(usual=max(5, round(rate * USUAL_S)), doors=number)
        self.ledger = ledger
        self._program = Program(
            *DIES_WITH_US,
            *(BIN / "mqtt-bridge", "fleet", "--doors", str(number), "--rate", str(rate), "--seed", str(seed)),
            *("--hosts", " ".join(hosts), "--ledger", ledger, "--json"),
            *("--patience", str(END_S), *security),
        )
        self._listening = threading.Thread(target=self._listen, daemon=True)
        self._listening.start()

    @property
    def last_words(self) -> str:
        """What it last said on standard error."""
        return " ".join(self._program.errors[-3:])

    def are_served(self, since_s: float) -> bool:
        """
        Whether all are, and nobody waits longer than usual, for some seconds after that moment.

        Raises:
            DoorsEnded: If the fleet has ended by itself.
        """
        if self._program.process.poll() is not None:
            raise DoorsEnded(f"the doors ended with {self._program.process.returncode}: {self.last_words}")
        return self.watch.is_calm(since_s)

    def storm(self) -> None:
        """All doors drop their lines, and come again."""
        self._program.process.send_signal(signal.SIGUSR1)

    def finish(self) -> int:
        """Let nobody more come, and wait until all is confirmed, or is not to be; its exit code."""
        self._program.process.terminate()
        self._program.process.wait(END_S + 30)
        code = self._program._end()
        self._listening.join()
        return code

    def close(self) -> None:
        """End it at once."""
        if self._program.process.poll() is None:
            self._program.kill()

    def _listen(self) -> None:
        while self._program.process.poll() is None or not self._program.lines.empty():
            try:
                line = self._program.lines.get(timeout=0.2)
            except queue.Empty:
                continue
            self.watch.hear(json.loads(line))
