"""The command `mqtt-bridge`."""

import os
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Event

import click

from kiosk import __version__, commands, credentials
from kiosk.commands import chosen_settings, settings_options, simulated_option
from kiosk.errors import SettingsError
from kiosk.health import Health
from kiosk.settings import Settings
from kiosk.store.holding import BRIDGE, Hold
from kiosk.store.outbox import Outbox
from mqtt_bridge.bridge import Bridge, Companion
from mqtt_bridge.client import Happening, Line, Tls
from mqtt_bridge.topics import Channel
from mqtt_bridge.wire import Sender


@click.group(name="mqtt-bridge", context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__)
@click.option("--debug", is_flag=True, help="Log everything; show tracebacks.")
def bridge(*, debug: bool) -> None:
    """The road from a door's journal to the centre, over MQTT."""
    commands.start_logging(debug=debug)


@bridge.command()
@simulated_option
@settings_options
def run(*, simulated: bool, file: Path | None, data: str | None, assignments: tuple[str, ...]) -> None:
    """
    Carry visits to the broker until told to stop.

    A broker that is away is no error: the visits wait in the journal.
    """
    settings = chosen_settings(file, data, assignments, simulated=simulated)
    known = credentials.load(settings.data.folder, settings.kiosk.name)
    tls = _tls(settings)
    outbox = Outbox(settings.data.folder)
    hold = Hold(settings.data.folder, BRIDGE)
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    threading.excepthook = _end_process

    def dial(happen: Callable[[Happening], None]) -> Line:
        return Line(
            host=settings.mqtt.host,
            port=settings.mqtt.port,
            kiosk=settings.kiosk.name,
            protocol=settings.mqtt.protocol,
            keepalive_s=settings.mqtt.keepalive_s,
            channels=(Channel.RECEIPT, *(channel for one in companions for channel in sorted(one.channels))),
            tls=tls,
            happen=happen,
        )

    companions: Sequence[Companion] = ()
    Bridge(
        sender=Sender(settings.kiosk.name, place=settings.place.name, door=settings.door.name),
        outbox=outbox,
        dial=dial,
        health=Health.from_environment(),
        keys=known.signing_keys if known else None,
        companions=companions,
    ).run(stop)
    hold.release()


def _tls(settings: Settings) -> Tls | None:
    if not settings.mqtt.tls:
        return None
    folder = settings.data.folder / credentials.FOLDER
    tls = Tls(folder / credentials.CA, folder / credentials.CERTIFICATE, folder / credentials.KEY)
    for file in (tls.ca, tls.certificate, tls.key):
        if not os.access(file, os.R_OK):
            raise SettingsError(f"mqtt.tls = true: {file} cannot be read; enrol the box: `collector enrol`")
    return tls


def _end_process(failure: threading.ExceptHookArgs) -> None:
    """A network thread that died would leave a bridge that only looks alive: let it be restarted."""
    traceback.print_exception(failure.exc_type, failure.exc_value, failure.exc_traceback)
    sys.stderr.flush()
    os._exit(1)


def main() -> None:
    """Run the command and exit."""
    commands.run(bridge)


if __name__ == "__main__":
    main()
