"""A bridge of a box that is nobody's: it talks to no broker, for nobody has said which is to be believed."""

import logging
from pathlib import Path
from threading import Event

from kiosk import enrolment
from kiosk.admission import NotAdmitted
from kiosk.enrolment import BOOT_FILE
from kiosk.health import Health
from kiosk.stages import Hitch
from kiosk.store.outbox import Outbox
from mqtt_bridge.enrolling.hindrance import Hindered

log = logging.getLogger(__name__)

LOOK_S = 1.0


def wait(outbox: Outbox, health: Health, stop: Event) -> None:
    """
    Leave the visits where they are until the box is somebody's.

    Args:
        outbox: The visits; closed at the end.
        health: Whom to tell that the bridge lives.
        stop: Set when the box was enrolled, or the bridge is to end.

    Raises:
        JournalFailed: If the journal cannot be read or written.
        JournalDamaged: If the journal is damaged, or another file has taken its place.
    """
    log.info("this box is nobody's yet: visits wait until it is enrolled")
    try:
        outbox.tell_line(up=False)
        health.ready()
        health.status("waits for a set-up code")
        while not stop.wait(LOOK_S):
            outbox.assure()
            health.alive()
    finally:
        health.stopping()
        outbox.close()


def take_from_boot(data: Path, file: Path = BOOT_FILE) -> bool:
    """
    Whether the box was nobody's, and is enrolled now by a file on its boot partition.

    Raises:
        Hindered: If it is not, for all that there is a file; a code may still enrol it.
    """
    try:
        name = enrolment.take_from_boot(data, file)
    except NotAdmitted as error:
        raise Hindered(Hitch.FILE, str(error)) from None
    except OSError as error:
        raise Hindered(Hitch.DISK, f"{data}: {error.strerror or error}") from None
    if name:
        log.info("enrolled as %s, by %s", name, file)
    return bool(name)
