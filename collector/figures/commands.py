"""`collector figures`: what was counted, counted once more."""

# ruff: noqa: PLC0415 - what touches Django is imported where it is used: options make its settings

import datetime as dt
from pathlib import Path

import click

from collector import options
from collector.readying import make_ready

_FIRST, _LAST = "2000-01-01", "2999-12-31"
_DAY = click.DateTime(("%Y-%m-%d",))


@click.group()
def figures() -> None:
    """How many came, by place and day."""


@figures.command()
@click.option("--from", "first", type=_DAY, default=_FIRST, metavar="YYYY-MM-DD", help="The first day.")
@click.option("--to", "last", type=_DAY, default=_LAST, metavar="YYYY-MM-DD", help="The last, included.")
@options.data
def recount(*, first: dt.datetime, last: dt.datetime, data: Path) -> None:
    """
    Count days anew from the visits that are stored; without --from and --to, all.

    A running centre counts by itself what comes, and all days of a place whose time zone was changed; this is
    for doubts. How long stays took is not lost where names are forgotten by now.
    """
    if last < first:
        raise click.UsageError("--to: before --from.")
    make_ready(data)
    from collector.figures import due
    from collector.figures.keeping import Keeping

    due.mark_all(first.date(), last.date())
    click.echo(f"{Keeping().turn()} days counted")
