"""Writes down each change of what the door shows and sounds, for scripts: JSON lines, and a PNG of each."""

import json
from pathlib import Path
from typing import Any, TextIO

from kiosk.errors import WitnessSilenced
from kiosk.ports import Screen
from kiosk.signals import Cue, Glow, View


class Witness:
    """
    Tells what a visitor could see and hear, and nothing of who it was.

    Args:
        lines: Where the JSON objects go, one a line.
        screen: Where pictures are taken from.
        folder: Where each screen is kept as `001-waiting.png`; None to keep none.
    """

    def __init__(self, lines: TextIO, screen: Screen, folder: Path | None = None) -> None:
        self._lines = lines
        self._screen = screen
        self._folder = folder
        self._last: dict[str, Any] = {}
        self._count = 0

    def note(self, view: View, glow: Glow, cue: Cue | None) -> None:
        """
        Write down what is shown and sounded now, if anything of it is new.

        Raises:
            WitnessSilenced: If the line or the picture cannot be written.
        """
        shown = {
            "state": view.state,
            "reason": view.reason,
            "direction": view.direction,
            "language": view.language,
            "lamp": str(glow),
            "signs": [sign.kind for sign in view.signs],
        }
        if shown == self._last and cue is None:
            return
        self._last = shown
        self._count += 1
        try:
            self._write({**shown, "cue": cue.name if cue else None}, view.reason or view.state)
        except (OSError, ValueError) as error:
            remedy = "look at the space on its disk, and at who listens to standard output"
            raise WitnessSilenced(f"what the door shows cannot be written down: {error}; {remedy}") from error

    def _write(self, line: dict[str, Any], name: str) -> None:
        if self._folder is not None:
            line["screen"] = f"{self._count:03}-{name}.png"
            self._screen.save(self._folder / line["screen"])
        self._lines.write(json.dumps(line) + "\n")
        self._lines.flush()
