"""The command `mqtt-bridge`."""

import importlib
import logging
import os
import signal
import sys
import threading
import traceback
from collections.abc import Callable
from functools import partial
from pathlib import Path
from threading import Event

import click

from kiosk import __version__, commands, credentials, enrolment
from kiosk.clock import SteadyClock, boot_id, stamp_named
from kiosk.commands import chosen_settings, settings_options, simulated_option
from kiosk.credentials import Credentials
from kiosk.errors import SettingsError
from kiosk.health import Health
from kiosk.machine import Throttled
from kiosk.settings import Settings
from kiosk.stages import Hitch
from kiosk.store.facts import Facts
from kiosk.store.handover import Handover
from kiosk.store.holding import BRIDGE, Hold
from kiosk.store.inbox import Inbox
from kiosk.store.outbox import Outbox
from mqtt_bridge.bridge import Bridge, Companion
from mqtt_bridge.brokers import one_after_the_other
from mqtt_bridge.certificates import Certificates
from mqtt_bridge.client import Happening, Line
from mqtt_bridge.enrolling import unowned
from mqtt_bridge.enrolling.hindrance import Hindered
from mqtt_bridge.enrolling.working import Enrolling
from mqtt_bridge.orders import Downlink
from mqtt_bridge.renewing import Renewing
from mqtt_bridge.reviving import Reviving
from mqtt_bridge.supporting import Supporting, by_program
from mqtt_bridge.topics import Channel
from mqtt_bridge.vitals import Look, Vitals
from mqtt_bridge.whereabouts import Whereabouts
from mqtt_bridge.wire import Sender

log = logging.getLogger(__name__)


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

    A broker that is away is no error: the visits wait in the journal. On a box that is nobody's yet they wait
    until it is enrolled: by a code held to the camera, or a file on its boot partition.
    """
    settings = chosen_settings(file, data, assignments, simulated=simulated)
    hold = Hold(settings.data.folder, BRIDGE)
    enrolment.settle(settings.data.folder)
    hitch = None
    try:
        if settings.kiosk.sets_up and unowned.take_from_boot(settings.data.folder):
            settings = chosen_settings(file, data, assignments, simulated=simulated)
    except Hindered as hindered:
        log.error("not enrolled by the file on the boot partition: %s", hindered)  # noqa: TRY400 (it says all)
        hitch = hindered.hitch
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    threading.excepthook = _end_process
    _accompany("whereabouts", Whereabouts(Handover(settings.data.folder)).run, stop)
    _accompany("reviving", Reviving().run, stop)
    known = credentials.load(settings.data.folder, settings.kiosk.name)
    if settings.kiosk.sets_up:
        _begin_enrolling(settings, stop, hitch)
    if known is None and settings.kiosk.sets_up:
        unowned.wait(Outbox(settings.data.folder), Health.from_environment(), stop)
    else:
        _carry(settings, known, commands.as_options(file, data, assignments, simulated=simulated), stop)
    hold.release()


@bridge.command(context_settings={"ignore_unknown_options": True}, add_help_option=False)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def fleet(*, arguments: tuple[str, ...]) -> None:
    """Play many doors at once, to try a centre with."""
    try:
        played = importlib.import_module("mqtt_bridge.fleet.commands")
    except ModuleNotFoundError:
        raise SettingsError("fleet: not on a box; install the project where you try the centre") from None
    played.main(arguments)


def _begin_enrolling(settings: Settings, stop: Event, hitch: Hitch | None) -> None:
    """
    Have set-up codes used beside all else; the process ends once one has made the box a centre's.

    `hitch` is why a file has not done so; None for no file.
    """
    clock = SteadyClock(stamp=stamp_named(settings.clock.flag))
    enrolling = Enrolling(settings.data.folder, clock.now, hitch=hitch)
    _accompany("enrolling", enrolling.run, stop)


def _accompany(name: str, run: Callable[[Event], None], stop: Event) -> None:
    """Have something run beside all else until `stop` is set."""
    threading.Thread(target=run, args=(stop,), name=name, daemon=True).start()


def _carry(settings: Settings, known: Credentials | None, chosen: list[str], stop: Event) -> None:
    certificates = _certificates(settings)
    outbox = Outbox(settings.data.folder)
    hosts = one_after_the_other(settings.mqtt.hosts)

    def dial(happen: Callable[[Happening], None]) -> Line:
        return Line(
            host=next(hosts),
            port=settings.mqtt.port,
            kiosk=settings.kiosk.name,
            protocol=settings.mqtt.protocol,
            keepalive_s=settings.mqtt.keepalive_s,
            channels=(Channel.RECEIPT, *(channel for one in companions for channel in sorted(one.channels))),
            tls=certificates.tls() if certificates else None,
            happen=happen,
        )

    downlink = _downlink(settings, known, stop) if known else None
    companions: list[Companion] = [downlink] if downlink else []
    if downlink is not None:
        companions.append(Supporting(Inbox(settings.data.folder), partial(by_program, chosen)))
    companions += _upkeep(settings, known, certificates)
    Bridge(
        sender=downlink.sender if downlink else lambda: _sender(settings),
        outbox=outbox,
        dial=dial,
        health=Health.from_environment(),
        keys=downlink.keys if downlink else None,
        companions=companions,
    ).run(stop)


def _sender(settings: Settings) -> Sender:
    return Sender(settings.kiosk.name, place=settings.place.name, door=settings.door.name)


def _downlink(settings: Settings, known: Credentials, stop: Event) -> Downlink:
    return Downlink(
        sender=_sender(settings),
        keys=known.signing_keys,
        inbox=Inbox(settings.data.folder),
        now=SteadyClock(stamp=stamp_named(settings.clock.flag)).now,
        end=stop.set,
    )


def _upkeep(
    settings: Settings, known: Credentials | None, certificates: Certificates | None
) -> list[Companion]:
    """Who tells how the box is, and who renews its certificate."""
    facts = Facts(settings.data.folder)
    stamp = stamp_named(settings.clock.flag)
    look = Look(
        facts=facts,
        folder=settings.data.folder,
        boot=boot_id(),
        is_clock_trusted=lambda: stamp() is not None,
        throttled=Throttled().bits,
        certificate_expires=certificates.expires if certificates else lambda: None,
        enrolled=known is not None,
        keeps_names=bool(known and known.sealing_keys),
    )
    vitals = Vitals(look, facts.stored)
    return [vitals, Renewing(certificates, facts.is_all_stored)] if certificates else [vitals]


def _certificates(settings: Settings) -> Certificates | None:
    if not settings.mqtt.tls:
        return None
    certificates = Certificates(settings.data.folder / credentials.FOLDER, settings.kiosk.name)
    tls = certificates.tls()
    for file in (tls.ca, tls.certificate, tls.key):
        if not os.access(file, os.R_OK):
            raise SettingsError(f"mqtt.tls = true: {file} cannot be read; enrol the box: `collector enrol`")
    return certificates


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
