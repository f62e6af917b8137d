"""
From a frame handed to the door until its answer is painted.

The whole door runs: scanner thread, decoder, inbox, flow, journal on disk, cue, lamp, screen in memory. Beside
it the bare limit: zxing-cpp on the same frame and one commit of a row as long into a bare SQLite file with the
same durability, one after the other, frame by frame in the same run.
"""

import sqlite3
import tempfile
import threading
import time
from pathlib import Path

import numpy as np
import segno
import zxingcpp

from hardware.button import NoButton
from hardware.light import NoLight
from hardware.screen import PygameScreen
from hardware.simulated.buzzer import SimulatedBuzzer
from hardware.simulated.keypad import SimulatedKeypad
from hardware.simulated.lamp import SimulatedLamp
from hardware.simulated.scanner import SimulatedScanner
from hardware.voice import NoVoice
from kiosk import config
from kiosk.clock import SteadyClock
from kiosk.customs import manner
from kiosk.devices import Devices
from kiosk.health import Health
from kiosk.loop import Loop
from kiosk.proof import NOBODY
from kiosk.reports import Closing
from kiosk.signals import View
from tests.benchmarks import journals
from tests.benchmarks.row import Row

VISITORS = 400
WIDTH_PX, HEIGHT_PX = 1280, 720


class TimedScreen(PygameScreen):
    """The real screen, noting when an answer had been painted."""

    def __init__(self) -> None:
        settings = config.load(None).screen.model_dump(exclude={"night_from", "night_until"}) | {
            "driver": "dummy",
            "fullscreen": False,
        }
        super().__init__(**settings)
        self.painted = threading.Event()
        self.painted_s = 0.0

    def show(self, view: View) -> None:
        super().show(view)
        if view.state == "showing":
            self.painted_s = time.perf_counter()
            self.painted.set()


def measure() -> Row:
    """Time the door on some hundred invented cards."""
    frames = [_frame(number) for number in range(VISITORS)]
    with tempfile.TemporaryDirectory() as folder:
        return _measure(Path(folder), frames)


def _measure(folder: Path, frames: list[np.ndarray]) -> Row:
    settings = config.load(None)
    screen, scanner = TimedScreen(), SimulatedScanner(width_px=WIDTH_PX, height_px=HEIGHT_PX)
    door = Loop(
        devices=Devices(
            scanner,
            SimulatedKeypad(),
            screen,
            SimulatedBuzzer(),
            SimulatedLamp(),
            NoVoice(folder=folder),
            NoLight(),
            NoButton(),
        ),
        journal=journals.journal(folder / "door"),
        clock=SteadyClock(stamp=lambda: 1),
        manner=manner(settings, NOBODY),
        health=Health(None),
    )
    bare = sqlite3.connect(folder / "bare.sqlite3", isolation_level=None, check_same_thread=False)
    bare.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE visits (row TEXT)")
    ours_s: list[float] = []
    bare_s: list[float] = []

    def visitors() -> None:
        for frame in frames:
            screen.painted.clear()
            began_s = time.perf_counter()
            scanner.present(frame, 1)
            if not screen.painted.wait(5):
                break
            ours_s.append(screen.painted_s - began_s)
            began_s = time.perf_counter()
            zxingcpp.read_barcodes(frame, formats=zxingcpp.BarcodeFormat.QRCode)
            bare.execute("INSERT INTO visits VALUES (?)", ["x" * 400])
            bare_s.append(time.perf_counter() - began_s)
        door.report(Closing())

    threading.Thread(target=visitors).start()
    door.run()
    if len(ours_s) < VISITORS:
        raise RuntimeError(f"the door answered {len(ours_s)} of {VISITORS} visitors")
    return Row("frame to painted answer", ours_s, "zxing-cpp on the frame + bare SQLite commit", bare_s)


def _frame(number: int) -> np.ndarray:
    """A camera frame with an invented visitor's card, and the grain of a real sensor."""
    text = f"0140{number:08}||Nguyễn Văn Thử|0102{1940 + number % 70}|Nam|Phường Chiềng An, Sơn La|15042021"
    rows = np.array(
        [list(row) for row in segno.make(text, error="m", micro=False).matrix_iter(scale=7, border=4)]
    )
    code = np.where(rows, 30, 225).astype(np.uint8)
    frame = np.full((HEIGHT_PX, WIDTH_PX), 120, np.uint8)
    top, left = (HEIGHT_PX - code.shape[0]) // 2, (WIDTH_PX - code.shape[1]) // 2
    frame[top : top + code.shape[0], left : left + code.shape[1]] = code
    grain = np.random.default_rng(number).normal(0, 4, frame.shape)
    return np.clip(frame + grain, 0, 255).astype(np.uint8)
