"""The command `mqtt-bridge fleet`."""

import asyncio
import json
import math
import resource
import sys
import time
from base64 import b64decode
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from kiosk import credentials
from kiosk.entries import SealedPerson
from mqtt_bridge.fleet import hosts as hosts_
from mqtt_bridge.fleet.hosts import Host
from mqtt_bridge.fleet.plan import Plan
from mqtt_bridge.fleet.running import Fleet
from mqtt_bridge.fleet.script import Script
from mqtt_bridge.fleet.tls import Wardrobe
from mqtt_bridge.topics import KIOSK_NAME
from mqtt_bridge.wire.persons import Person, SealingKey, seal_person

MOST = 20_000
SPARE_FILES = 64
"""What the process has open beside its lines."""
_KEY_BYTES = 32
_PLAIN = str.maketrans("-_", "+/")
PERSON = Person(document="001099000000", name="NGƯỜI THỬ NGHIỆM", birth="1999-01-01")
"""Nobody: whose fields, sealed, each visit has."""


def main(arguments: Sequence[str]) -> None:
    """Run the command `mqtt-bridge fleet`."""
    fleet.main(list(arguments), prog_name="mqtt-bridge fleet", standalone_mode=False)


def _hosts(_context: click.Context, _option: click.Parameter, text: str) -> tuple[Host, ...]:
    try:
        return tuple(hosts_.read(text))
    except ValueError as error:
        raise click.BadParameter(str(error)) from None


def _trust(
    _context: click.Context, _option: click.Parameter, told: tuple[str, ...]
) -> Mapping[str, bytes] | None:
    return {name: key for one in told for name, key in _keys(one).items()} if told else None


def _keys(told: str) -> Mapping[str, bytes]:
    """The keys, by id, of `KEYID:BASE64`, or of a file as boxes have it."""
    name, colon, text = told.partition(":")
    if colon and not Path(told).exists():
        try:
            key = b64decode(text.translate(_PLAIN) + "=" * (-len(text) % 4), validate=True)
        except ValueError:
            key = b""
        if len(key) != _KEY_BYTES:
            raise click.BadParameter(f"{name}: its key is not 32 bytes in base64")
        return {name: key}
    try:
        return credentials.signing_keys(json.loads(Path(told).read_bytes())["signing_keys"])
    except OSError as error:
        raise click.BadParameter(
            f"{told}: {error.strerror}; give KEYID:BASE64, or a box's {credentials.CENTRE}"
        ) from None
    except (ValueError, TypeError, LookupError, AttributeError):
        raise click.BadParameter(f"{told}: no {credentials.CENTRE} as a centre writes it") from None


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--doors", type=click.IntRange(1, MOST), required=True, metavar="N", help="How many doors.")
@click.option(
    "--rate",
    type=click.FloatRange(0, 1_000_000),
    default=1.0,
    show_default=True,
    metavar="R",
    help="Visits a second, of all doors together.",
)
@click.option(
    "--hosts",
    callback=_hosts,
    default="127.0.0.1:1883",
    show_default=True,
    metavar="'H:P …'",
    help="The brokers; each door begins at a random one, and goes on to the next when its line breaks.",
)
@click.option(
    "--ledger",
    type=click.Path(path_type=Path, dir_okay=False),
    required=True,
    metavar="FILE",
    help="Where it is written what each door wrote and has receipts for; what is there is lost.",
)
@click.option("--seed", type=int, default=1, show_default=True, help="Another seed plays other visits.")
@click.option(
    "--seconds", type=click.FloatRange(0), metavar="T", help="So long people come.  [default: until stopped]"
)
@click.option("--visits", type=click.IntRange(0), metavar="V", help="So many people come, at the most.")
@click.option(
    "--backlog",
    type=click.IntRange(0, 1_000_000),
    default=0,
    show_default=True,
    metavar="B",
    help="Visits that wait at each door at the start, of a week without a line.",
)
@click.option(
    "--certificates",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    metavar="DIR",
    help="ca.crt, and for each door NAME.crt with NAME.key, or both in NAME.pem.",
)
@click.option("--clear", is_flag=True, help="Lines without TLS: nobody who comes is anybody.")
@click.option(
    "--trust",
    callback=_trust,
    multiple=True,
    metavar="KEYID:BASE64|FILE",
    help="Believe only receipts that the centre has signed: its public key, or a box's centre.json.",
)
@click.option("--prefix", default="fleet", show_default=True, help="With what the doors' names begin.")
@click.option("--keepalive", type=click.IntRange(5, 600), default=30, show_default=True, metavar="S")
@click.option("--storm", is_flag=True, help="All doors knock at once, and not over some seconds.")
@click.option(
    "--patience",
    type=click.FloatRange(0, min_open=True),
    default=60.0,
    show_default=True,
    metavar="S",
    help="How long one more door is waited for in the beginning, and receipts in the end.",
)
@click.option("--json", "tells_json", is_flag=True, help="Tell all as lines of JSON, for scripts.")
def fleet(
    *,
    doors: int,
    rate: float,
    hosts: tuple[Host, ...],
    ledger: Path,
    seed: int,
    seconds: float | None,
    visits: int | None,
    backlog: int,
    certificates: Path | None,
    clear: bool,
    trust: Mapping[str, bytes] | None,
    prefix: str,
    keepalive: int,
    storm: bool,
    patience: float,
    tells_json: bool,
) -> None:
    """
    Play many doors at once, to try a centre with.

    Each says on the wire what a real box says, in the same order, and sends again what has no receipt. People
    come once all doors are connected. Told to stop (SIGTERM), it waits until the centre has confirmed all,
    and ends with 0; with 1 if something was not, or if the doors were never all connected. SIGUSR1 is a
    storm: all doors lose their lines and come again, and at each somebody comes in that moment.
    """
    if clear == (certificates is not None):
        raise click.UsageError("Give --certificates DIR, or --clear for lines without TLS.")
    told = Script(seed, int(time.time() * 1000), doors, rate, backlog, prefix)
    if not KIOSK_NAME.fullmatch(told.kiosk(doors)):
        raise click.UsageError(f"--prefix {prefix}: only lower-case letters, digits and hyphens, 50 at most.")
    _make_room(doors)
    plan = Plan(
        told=told,
        hosts=hosts,
        ledger=ledger,
        wardrobe=Wardrobe(certificates, map(told.kiosk, range(1, doors + 1))) if certificates else None,
        keys=trust,
        person=_person(),
        keepalive_s=keepalive,
        seconds=math.inf if seconds is None else seconds,
        visits=math.inf if visits is None else visits,
        patience_s=patience,
        storm=storm,
    )
    if trust is None:
        click.echo("without --trust, any receipt is believed, whoever wrote it", err=True)
    if not asyncio.run(_run(plan, _as_json if tells_json else _as_text)):
        sys.exit(1)


async def _run(plan: Plan, line: Callable[[Mapping[str, Any]], str]) -> bool:
    return await Fleet(plan, lambda happening: click.echo(line(happening))).run()


def _make_room(doors: int) -> None:
    """Let the process have as many files open as the system lets it, which must be enough."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    if most != resource.RLIM_INFINITY and doors + SPARE_FILES > most:
        raise click.UsageError(
            f"--doors {doors}: this process may have {most} files open (ulimit -Hn), enough for "
            f"{max(0, most - SPARE_FILES)} doors; raise it, or play the others by a second one with another "
            "--prefix."
        )
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def _person() -> SealedPerson:
    """Somebody who was invented, sealed to a key that nobody has: as large as the persons of real visits."""
    public = X25519PrivateKey.generate().public_key().public_bytes_raw()
    key = SealingKey("fleet", public, datetime.fromtimestamp(0, UTC))
    return seal_person(PERSON, key, kiosk="fleet", visit="none")


def _as_json(happening: Mapping[str, Any]) -> str:
    """What happens, as a line of JSON."""
    return json.dumps(happening, ensure_ascii=False)


def _as_text(happening: Mapping[str, Any]) -> str:
    """What happens, as a line for people."""
    told = dict(happening)
    event = told.pop("event", "")
    return " ".join(filter(None, (str(event), *(f"{name}={value}" for name, value in told.items()))))
