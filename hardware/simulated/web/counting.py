"""How many visits the box's journal holds, and how far each has come: as `kiosk journal` tells it."""

import json
import logging
from pathlib import Path

from hardware.simulated.demo.programs import Background, own
from hardware.simulated.web.facts import Facts
from hardware.simulated.web.unit import Unit

log = logging.getLogger(__name__)

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
        try:
            counts = json.loads(line)
            facts.tell("counts", {state: counts[state] for state in _STATES})
        except (ValueError, KeyError, TypeError):
            log.warning("no counts of a journal; see that all programs are of one version")

    command = (own("kiosk"), "journal", "--follow", "--json", "--simulated", "--data", str(box))
    return Unit("journal", command, folder, background, heard=hear)
