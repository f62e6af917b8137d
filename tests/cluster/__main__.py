"""The command `python -m tests.cluster`."""

import signal
import statistics
import sys
from collections.abc import Sequence

import click

from tests.cluster.databases import DATABASES
from tests.cluster.faults import FAULTS, NETWORK_FAULTS
from tests.cluster.network import Loopback, Namespaces, Unavailable
from tests.cluster.plan import shares
from tests.cluster.run import NAMES, Outcome, run

OWN_FAULTS = {name: database.faults for name, database in DATABASES.items()}
ALL_FAULTS = (*FAULTS, *(fault for faults in OWN_FAULTS.values() for fault in faults))


@click.command(context_settings={"help_option_names": ["-h", "--help"], "show_default": True})
@click.option(
    "--seconds",
    type=click.FloatRange(min=0),
    default=240.0,
    help="How long things go wrong, in all, once each kind of fault has had its turn.",
)
@click.option("--seed", type=int, default=1, help="Of who comes, and of what goes wrong after what.")
@click.option("--doors", type=click.IntRange(1, 10_000), default=90, help="How many doors.")
@click.option(
    "--rate", type=click.FloatRange(0.1), default=60.0, help="Visits a second, of all doors together."
)
@click.option(
    "--database", type=click.Choice((*DATABASES, "all")), default="all", help="Where the centre stores."
)
@click.option(
    "--only",
    multiple=True,
    type=click.Choice(ALL_FAULTS),
    metavar="FAULT",
    help=f"This kind of fault only; may be given again. There are: {'; '.join(ALL_FAULTS)}.",
)
@click.option("--clear", is_flag=True, help="Without TLS, on loopback: nothing goes wrong between machines.")
def cluster(
    *, seconds: float, seed: int, doors: int, rate: float, database: str, only: tuple[str, ...], clear: bool
) -> None:
    """Break a whole nation of real processes, one thing after the other, and see whether a visit is lost or doubled."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    own = OWN_FAULTS if database == "all" else {database: OWN_FAULTS[database]}
    common = [fault for fault in FAULTS if not clear or fault not in NETWORK_FAULTS]
    share = shares(common, own, only)
    if strange := set(only).difference(*share.values()):
        where = f"--database {database}{' --clear' if clear else ''}"
        raise click.UsageError(f"--only {min(strange)!r}: does not happen with {where}.")
    outcomes = []
    for name, faults in share.items():
        network = _network(clear)
        try:
            outcome = run(
                DATABASES[name],
                network,
                seconds=seconds / len(share),
                doors=doors,
                rate=rate,
                seed=seed,
                faults=faults,
                say=lambda line: click.echo(f"  {line}"),
            )
        finally:
            network.close()
        outcomes.append(outcome)
        for problem in outcome.wrong:
            click.echo(f"  wrong: {problem}")
        if outcome.evidence is not None:
            click.echo(f"  evidence: {outcome.evidence}")
    happened = {fault for outcome in outcomes for fault in outcome.outages}
    left = [fault for fault in only or (*FAULTS, *sum(own.values(), ())) if fault not in happened]
    _tell(outcomes, seed, network, left)
    sys.exit(1 if (only and left) or any(outcome.wrong for outcome in outcomes) else 0)


def _network(clear: bool) -> Loopback | Namespaces:
    if clear:
        return Loopback(NAMES)
    try:
        return Namespaces(NAMES)
    except Unavailable as error:
        click.echo(f"no network namespaces here ({error}): all runs on loopback, and no network is broken")
        return Loopback(NAMES)


def _tell(
    outcomes: Sequence[Outcome], seed: int, network: Loopback | Namespaces, left: Sequence[str]
) -> None:
    outages: dict[str, list[float]] = {}
    for outcome in outcomes:
        for name, found in outcome.outages.items():
            outages.setdefault(name, []).extend(found)
    for name, found in sorted(outages.items()):
        click.echo(
            f"{name}: {len(found)} times, served again after {statistics.median(found):.1f} s, {max(found):.1f} s at most"
        )
    books = [outcome.books for outcome in outcomes]
    total = sum(map(len, outages.values()))
    every = [outage for found in outages.values() for outage in found]
    served = (
        f"served again after {statistics.median(every):.1f} s, {max(every):.1f} s at most, " if every else ""
    )
    seconds = sum(outcome.seconds for outcome in outcomes)
    written = sum(book.written for book in books)
    click.echo(
        f"cluster, {' and '.join(outcome.database for outcome in outcomes)}, seed {seed}: {total} faults of"
        f" {len(outages)} kinds, {served}{written} visits written, {sum(book.confirmed for book in books)} confirmed,"
        f" {sum(book.stored for book in books)} stored, {sum(book.duplicates for book in books)} duplicates,"
        f" {sum(book.lost for book in books)} lost, {written / max(seconds, 1):.0f} visits/s;"
        f" not injected: {', '.join(left) or 'none'} (slow: {network.slowness})"
    )


if __name__ == "__main__":
    cluster()
