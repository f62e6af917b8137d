"""The command `kiosk journal`: counts the visits, follows how they fare, and puts back what was set aside."""

import json
import select
import signal
import sys
from collections.abc import Callable
from contextlib import closing
from threading import Event
from typing import Any, TextIO

import click

from kiosk.clock import boot_id
from kiosk.commands import settings_of, settings_options, simulated_option
from kiosk.settings import Settings
from kiosk.store.counting import Standing, follow
from kiosk.store.journal import SqliteJournal


@click.group(invoke_without_command=True)
@simulated_option
@click.option("--json", "as_json", is_flag=True, help="One JSON object; with --follow, one a line.")
@click.option("--follow", "follows", is_flag=True, help="Again whenever that changes, until Ctrl-C.")
@settings_options
@click.pass_context
def journal(context: click.Context, /, *, as_json: bool, follows: bool, **_options: Any) -> None:
    """
    Count the visits of the journal: waiting for the road, sent, stored at the centre, set aside.

    What is set aside could not be sent; each is told in a line, with its place in the journal and the reason.

    With --follow, a journal that is not there yet, or is taken away, is waited for; door and bridge notice
    nothing of it.
    """
    if context.invoked_subcommand:
        return
    settings = settings_of(context)
    if follows:
        with closing(follow(settings.data.folder, _pause(sys.stdout))) as standings:
            for standing in standings:
                _print(standing, settings, as_json=as_json)
        return
    with _journal(settings) as book:
        _print(Standing(book.counts(), tuple(book.aside())), settings, as_json=as_json)


@journal.command()
@simulated_option
@settings_options
@click.pass_context
def retry(context: click.Context, /, **_options: Any) -> None:
    """
    Put back what was set aside, at the end of the queue: it is sent once more, under a new number.

    What cannot be sent now either is set aside again.
    """
    with _journal(settings_of(context)) as book:
        moved, left = book.retry(), len(book.aside())
    click.echo(f"{moved} put back" + (f", {left} left aside: the journal does not take them" if left else ""))


def _journal(settings: Settings) -> closing[SqliteJournal]:
    """The journal that is there."""
    return closing(SqliteJournal(settings.data.folder, boot=boot_id(), make=False))


def _print(standing: Standing, settings: Settings, *, as_json: bool) -> None:
    counts = standing.counts
    states = {
        "waiting": counts.waiting,
        "sent": counts.sent,
        "stored": counts.stored,
        "set_aside": counts.aside,
    }
    total = sum(states.values())
    if as_json:
        entries = [
            {"sequence": one.sequence, "at": one.at.isoformat(), "reason": one.reason}
            for one in standing.aside
        ]
        click.echo(json.dumps({**states, "total": total, "aside": entries}))
        return
    said = ", ".join(f"{count} {state.replace('_', ' ')}" for state, count in states.items())
    click.echo(f"{total} visits: {said}")
    for one in standing.aside:
        at = one.at.astimezone(settings.zone).strftime("%Y-%m-%d %H:%M:%S")
        click.echo(f"entry {one.sequence} set aside {at}: {one.reason}")


def _pause(output: TextIO | None) -> Callable[[float], bool]:
    """What lets time pass until somebody ends the command, or nobody reads its output any more."""
    if output is None:
        return lambda _: False
    told = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: told.set())
    reader = select.poll()
    # Nothing is waited for but what is always told: that the other end of a pipe is closed.
    reader.register(output, 0)

    def pause(seconds: float) -> bool:
        return not reader.poll(seconds * 1000) and not told.is_set()

    return pause
