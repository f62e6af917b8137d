"""Code readers with levers: one that types, and one on a serial line."""

import os
import select
import time
import tty
from pathlib import Path

from hardware.serial import SerialScanner
from hardware.simulated.keyboards import SimulatedKeyboard, SimulatedKeyboards, strokes_of
from hardware.wedge import WedgeScanner


class Typing:
    """A reader that types, on a keyboard that nobody has."""

    part = "wedge"

    def __init__(self, _folder):
        self.keyboard = SimulatedKeyboard("Barcode Reader")
        self.device = WedgeScanner(keyboards=SimulatedKeyboards(self.keyboard))
        self.lose, self.find = self.keyboard.unplug, self.keyboard.plug

    def say(self, text, later_s=0.0):
        """Type a text; so much later than now, as the kernel will say."""
        assert self.keyboard.strike(*strokes_of(text, time.monotonic() + later_s))

    def close(self):
        pass


class Line:
    """A reader on a serial line, which is a real one of the kernel's."""

    part = "serial"

    def __init__(self, folder):
        self.path = Path(folder) / "line"
        self.open_ends = []
        self.find()
        self.device = SerialScanner(device=str(self.path), baud=115200)

    def find(self):
        self.reader, self.door = os.openpty()
        self.open_ends = [self.reader, self.door]
        self.path.unlink(missing_ok=True)
        self.path.symlink_to(os.ttyname(self.door))

    def lose(self):
        self.path.unlink()
        self.close()

    def say(self, text, later_s=0.0):
        os.write(self.reader, text.encode())

    def leave(self, text):
        """Say something that lies on the line when this returns; the kernel carries it over when it has time."""
        tty.setraw(self.door)
        self.say(text)
        select.select([self.door], [], [])

    def close(self):
        while self.open_ends:
            os.close(self.open_ends.pop())
