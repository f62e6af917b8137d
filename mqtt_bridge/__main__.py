"""The command `mqtt-bridge`."""

import os
import signal
import sys
import threading
import traceback
from collections.abc import Callable
from pathlib import Path
from threading import Event

import click

from kiosk import __version__, commands
from kiosk.commands import chosen_settings, settings_options, simulated_option
from kiosk.health import Health
from kiosk.store.holding import BRIDGE, Hold
from kiosk.store.outbox import Outbox
from mqtt_bridge.bridge import Bridge
from mqtt_bridge.client import Happening, Line
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
            happen=happen,
        )

    sender = Sender(settings.kiosk.name, place=settings.place.name, door=settings.door.name)
    Bridge(sender=sender, outbox=outbox, dial=dial, health=Health.from_environment()).run(stop)
    hold.release()


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
