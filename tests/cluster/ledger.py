"""What a fleet's ledger says, in the words of the checks."""

from pathlib import Path

from mqtt_bridge.fleet import ledger
from tests.cluster.checks import Door


def read(path: Path) -> dict[str, Door]:
    """What each door knows at the end, by kiosk."""
    return {
        line.kiosk: Door(
            line.epoch, line.written, line.through, tuple(map(str, ledger.ids(path, line.kiosk)))
        )
        for line in ledger.lines(path)
    }
