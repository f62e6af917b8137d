"""How many visits the box's journal holds, and how far each has come: as `kiosk journal` tells it."""

import json
from pathlib import Path

from hardware.simulated.demo.programs import Background, own
from hardware.simulated.web.facts import Facts
from hardware.simulated.web.unit import Unit

_STATES = ("waiting", "sent", "stored", "set_aside")


def counting(box: Path, facts: Facts, folder: Path, background: Background) -> Unit:
    """
    Who follows the journal of a box and tells the fact `counts`.

    Args:
        box: The box's data folder.
        facts: Whom to tell.
        folder: Where the log is.
        background: Where the program's number is noted.
    """

    def hear(line: str) -> None:
        counts = json.loads(line)
        facts.tell("counts", {state: counts[state] for state in _STATES})

    command = (own("kiosk"), "journal", "--follow", "--json", "--simulated", "--data", str(box))
    return Unit("journal", command, folder, background, heard=hear)
