"""
One start, told step by step: `python -m tests.benchmarks.starting ours|bare BEGAN_S DATA`.

BEGAN_S is when it was started (monotonic seconds). Prints as a JSON object the seconds of each step, and the
megabytes of memory taken then, and of the disk that had to be read since the system's cache lacked it. `ours` is
what `kiosk run --simulated` does, whose camera and loudspeaker are played. `bare` does with the libraries alone
what no door can do without: it loads them, opens a database that survives a power cut and a screen with a
sentence on it, and looks for a code in one frame.
"""

import time

FIRST_LINE_S = time.monotonic()

import json  # noqa: E402
import sys  # noqa: E402
from pathlib import Path  # noqa: E402

STEPS = (
    "interpreter",
    "imports",
    "imports of devices",
    "settings",
    "journal",
    "screen",
    "other devices",
    "first view",
    "first frame",
)
"""In the order in which they are told."""
_SENTENCE = "Mời đưa thẻ hoặc mã QR trước camera"


class Steps:
    """A clock that is read at the end of each step."""

    def __init__(self, began_s: float) -> None:
        self.taken_s = dict.fromkeys(STEPS, 0.0) | {"interpreter": FIRST_LINE_S - began_s}
        self.memory_mb = 0.0
        self._last_s = FIRST_LINE_S

    def done(self, step: str) -> None:
        """All that passed since the step before was this one."""
        now_s = time.monotonic()
        self.taken_s[step] += now_s - self._last_s
        self._last_s = now_s


def pss_mb(process: int | str) -> float:
    """What a process takes of the memory, with its share of what others have too (PSS)."""
    facts = Path(f"/proc/{process}/smaps_rollup").read_text("ascii").split()
    return int(facts[facts.index("Pss:") + 1]) / 1024


def ours(steps: Steps, data: Path) -> None:
    """As `kiosk.__main__.run` does it."""
    from kiosk import __main__ as program
    from kiosk import devices
    from kiosk.reports import Closing

    steps.done("imports")
    settings = program.chosen_settings(None, str(data), (), simulated=True)
    steps.done("settings")
    for kind, chosen in settings.devices.model_dump().items():
        for name in (chosen,) if isinstance(chosen, str) else chosen:
            devices.find(kind, name)
    steps.done("imports of devices")
    journal = program.building.open_journal(settings)
    steps.done("journal")
    _tell_screen(steps, devices.find("screen", settings.devices.screen))
    made = devices.assemble(settings)
    steps.done("other devices")
    door = program.building.build(settings, made, journal, None)

    def ready() -> None:
        steps.done("first view")
        while made.scanner.last_frame_s is None:
            time.sleep(0.0005)
        steps.done("first frame")
        steps.memory_mb = pss_mb("self")
        door.report(Closing())

    door._health.ready = ready
    door.run()


def _tell_screen(steps: Steps, screen: type) -> None:
    """Tell the screen's own time from that of the devices which are made with it."""
    make = screen.__init__

    def made(self, **options: object) -> None:
        steps.done("other devices")
        make(self, **options)
        steps.done("screen")

    screen.__init__ = made


def bare(steps: Steps, data: Path) -> None:
    """With SQLite, pygame and zxing-cpp alone."""
    import sqlite3

    import numpy as np
    import pygame
    import zxingcpp

    steps.done("imports")
    journal = sqlite3.connect(data / "bare.sqlite3", isolation_level=None)
    journal.executescript(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE visits (id TEXT PRIMARY KEY, at TEXT)"
    )
    steps.done("journal")
    pygame.display.init()
    pygame.font.init()
    screen = pygame.display.set_mode((1024, 600))
    steps.done("screen")
    screen.blit(pygame.font.Font(None, 64).render(_SENTENCE, True, "white"), (0, 0))
    pygame.display.flip()
    steps.done("first view")
    zxingcpp.read_barcodes(np.full((720, 1280), 118, np.uint8))
    steps.done("first frame")
    steps.memory_mb = pss_mb("self")


if __name__ == "__main__":
    who, began_s, folder = sys.argv[1:]
    told = Steps(float(began_s))
    {"ours": ours, "bare": bare}[who](told, Path(folder))
    facts = Path("/proc/self/io").read_text("ascii").split()
    read_mb = int(facts[facts.index("read_bytes:") + 1]) / 1e6
    print(json.dumps({"steps": told.taken_s, "read_mb": read_mb, "memory_mb": told.memory_mb}))
