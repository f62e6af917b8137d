"""All parts of a box looked at, in the order in which a technician mends them."""

from collections.abc import Iterator
from pathlib import Path

from kiosk import __version__, config
from kiosk.checking import conditions, network
from kiosk.checking.devices import devices, reader, told
from kiosk.checking.storage import storage
from kiosk.errors import SettingsError
from kiosk.findings import Finding, State
from kiosk.model import Status
from kiosk.settings import Settings
from kiosk.store.handover import Handover
from kiosk.store.holding import DOOR, is_held


def check(
    settings: Settings, file: Path | None, *, simulated: bool = False, tries: bool = True
) -> Iterator[Finding]:
    """
    Look at all parts, each when its finding is asked for. Main thread only, for the screen's sake.

    Devices of a running door are left alone. No journal is made, and no visit of one is touched.

    Args:
        settings: The box as it is meant to be.
        file: Where the settings were read from; None for the usual place.
        simulated: Whether it is no box: then its machine, network and centre are nobody's concern.
        tries: Whether devices are tried: the screen lights up, the buzzer sounds.
    """
    yield _version()
    yield Finding("settings", State.OK, _origin(file))
    running = is_held(settings.data.folder, DOOR)
    if tries:
        yield from devices(settings, running=running)
    yield from storage(settings.data.folder, running=running)
    yield conditions.clock(settings.clock.flag)
    if not simulated:
        yield from conditions.processor()
        yield from conditions.services()
        yield from network.network()
        yield from network.centre(settings)
    yield network.broker(settings)


def check_running(settings: Settings, status: Status) -> Iterator[Finding]:
    """
    The same as far as the running door can tell it of itself. Not for its main thread: it takes some seconds.

    Nothing is tried, and no network is asked, for the door has none: the bridge tells of that.

    Args:
        settings: The box as it is meant to be.
        status: How the door says that it is.
    """
    yield _version()
    yield from told(settings, status)
    yield from storage(settings.data.folder, running=True)
    yield conditions.clock(settings.clock.flag)
    yield from conditions.processor()
    yield from conditions.services()
    yield from network.network(Handover(settings.data.folder).address())
    yield from network.centre(settings)
    yield network.road(settings, up=status.line_up)


def check_without_settings(error: SettingsError) -> Iterator[Finding]:
    """Every fault of the settings, and what needs none of them."""
    yield _version()
    for fault in str(error).splitlines():
        yield Finding("settings", State.WRONG, fault)
    yield Finding("devices", State.WARNING, "not tried until the settings are right")
    yield reader()
    yield from conditions.processor()
    yield from conditions.services()
    yield from network.network()


def _version() -> Finding:
    return Finding("version", State.OK, f"entrance-kiosk {__version__} on {conditions.release()}")


def _origin(file: Path | None) -> str:
    path = file or config.SETTINGS_FILE
    return str(path) if path.exists() else f"defaults; there is no {path}"
