"""Writes down each change of what the door shows and sounds, for scripts: JSON lines, and a PNG of each."""

import json
from pathlib import Path
from typing import Any, TextIO

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
            OSError: If a picture cannot be written.
        """
        shown = {
            "state": view.state,
            "reason": view.reason,
            "direction": view.direction,
            "lamp": str(glow),
            "signs": [sign.kind for sign in view.signs],
        }
        if shown == self._last and cue is None:
            return
        self._last = shown
        self._count += 1
        line: dict[str, Any] = {**shown, "cue": cue.name if cue else None}
        if self._folder is not None:
            picture = f"{self._count:03}-{view.reason or view.state}.png"
            self._screen.save(self._folder / picture)
            line["screen"] = picture
        self._lines.write(json.dumps(line) + "\n")
        self._lines.flush()
