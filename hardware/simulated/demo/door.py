"""The simulated door as the demo drives it: lines in, JSON lines out."""

import json
import queue
import subprocess
import threading
from pathlib import Path
from typing import Any

from hardware.simulated.demo.failing import DemoFailed
from hardware.simulated.demo.programs import own, own_environment

ANSWER_S = 20.0
LINE_S = 90.0
"""How long the line may take to be up again: the bridge's pauses grow to a minute while it is down."""


class Door:
    """
    A running `kiosk run --simulated`.

    Args:
        data: Folder of its journal.
        screens: Where its screens are kept.
        log: File for what it logs.
        settings: Its settings that are not the usual ones, as `place.zone=Etc/GMT-7`.
    """

    def __init__(self, data: Path, screens: Path, log: Path, *settings: str) -> None:
        self.told: list[dict[str, Any]] = []
        """What the story has been about so far: the changes that it waited for, and each key of a number."""
        self._log = log
        self._lines: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
        with log.open("ab") as errors:
            self._process = subprocess.Popen(
                [
                    *(own("kiosk"), "run", "--simulated", "--data", str(data), "--screens", str(screens)),
                    *(f"--set={setting}" for setting in settings),
                ],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                env=own_environment(),
            )
        threading.Thread(target=self._listen, daemon=True).start()

    def show(self, picture: Path) -> dict[str, Any]:
        """Hold a picture up to the camera; the answer that the door gives."""
        return self._answer(f"show {picture}")

    def key(self, keys: str) -> dict[str, Any]:
        """Press keys, the last of which confirms; the answer that the door gives."""
        return self._answer(f"key {keys}")

    def wait_for(self, patience_s: float = ANSWER_S, **wanted: object) -> dict[str, Any]:
        """
        The next change in which all this is so.

        Args:
            patience_s: How long the door may tell of nothing at all, in seconds.
            wanted: What the change shall hold, by name.

        Raises:
            DemoFailed: If it does not come.
        """
        self.told.append(self._next(patience_s, **wanted))
        return self.told[-1]

    def close(self) -> None:
        """Close the door."""
        self._say("quit")
        self._process.wait(ANSWER_S)

    def kill(self) -> None:
        """End the door at once, if it still runs."""
        self._process.kill()

    def _answer(self, line: str) -> dict[str, Any]:
        while not self._lines.empty():
            self._lines.get()
        self._say(line)
        while True:
            answer = self._next(ANSWER_S, state="showing")
            if answer["cue"]:
                self.told.append(answer)
                return answer

    def _next(self, patience_s: float, **wanted: object) -> dict[str, Any]:
        try:
            while True:
                line = self._lines.get(timeout=patience_s)
                if all(line.get(key) == value for key, value in wanted.items()):
                    return line
                if line["state"] == "typing" and line["cue"]:
                    self.told.append(line)
        except queue.Empty:
            raise DemoFailed(f"the door did not answer; look into {self._log}") from None

    def _say(self, line: str) -> None:
        if self._process.stdin is None or self._process.poll() is not None:
            raise DemoFailed(f"the door has ended; look into {self._log}")
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()

    def _listen(self) -> None:
        for line in self._process.stdout or ():
            self._lines.put(json.loads(line))
