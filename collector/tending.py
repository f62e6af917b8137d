"""`collector doors`, `collector retain` and `collector key`: how the centre and its boxes are kept."""

# ruff: noqa: PLC0415 - what touches Django is imported where it is used: options make its settings

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from collector import options
from collector.errors import KeyUnusable
from collector.readying import make_ready

if TYPE_CHECKING:
    from collector.doors import DoorNow

_WORDS = {None: "—", True: "works", False: "lost"}


@click.command()
@click.option("--json", "as_json", is_flag=True, help="For machines, with all that each box has said.")
@options.data
def doors(*, as_json: bool, data: Path) -> None:
    """List the boxes and how they are. Silent is who has said nothing for three minutes, or is offline."""
    make_ready(data)
    from django.utils import timezone

    from collector import doors as known

    boxes = known.every(timezone.now())
    if as_json:
        click.echo(json.dumps([_facts(box) for box in boxes], ensure_ascii=False))
        return
    heads = (
        "kiosk",
        "place",
        "door",
        "is",
        "seen",
        "waiting",
        "aside",
        "serves",
        "camera",
        "clock",
        "config",
    )
    _print_table([heads, *(_line(box) for box in boxes)])


@click.command()
@click.option("--dry-run", is_flag=True, help="Only count; forget nothing.")
@options.data
def retain(*, dry_run: bool, data: Path) -> None:
    """
    Forget whose time is over: names, pseudonyms and the keys of those days; with --keep-months, whole visits.
    Make the keys of the days ahead, where only a month's are left.

    A running centre does so by itself once a day.
    """
    make_ready(data)
    from django.conf import settings
    from django.utils import timezone

    from collector import months, retention, schedule, upkeep
    from collector.keyring import Keyring

    now = timezone.now()
    done = retention.retain(Keyring(data), now, dry_run=dry_run, days_left=schedule.SCARCE_AT)
    click.echo(f"would be: {done}" if dry_run else str(done))
    dropped = months.drop_old(now, settings.KEEP_MONTHS, dry_run=dry_run)
    if dropped.before is not None:
        click.echo(f"would be: {dropped}" if dry_run else str(dropped))
    upkeep.warn_of_keys(done.left)


@click.group()
def key() -> None:
    """The keys that names are sealed to."""


@key.command(name="list")
@options.data
def list_keys(*, data: Path) -> None:
    """List the keys that still open something. Those of days to come are counted."""
    make_ready(data)
    from django.utils import timezone

    from collector import zones
    from collector.keyring import Keyring
    from collector.models import SealingKey

    keyring, now = Keyring(data), timezone.now()
    told = keyring.told()
    rows = [("key", "from", "kept days", "private half")]
    begun = SealingKey.objects.filter(destroyed_at=None, begins__lte=now)
    for one in begun.order_by("keep_days", "begins", "id"):
        where = "environment" if one.id in told else "file"
        half = where if keyring.sealing(one.id) else "missing: what is sealed to it cannot be read"
        rows.append((one.id, f"{one.begins.astimezone(zones.own()):%Y-%m-%d}", str(one.keep_days), half))
    _print_table(rows)
    ahead = SealingKey.objects.filter(destroyed_at=None, begins__gt=now).count()
    click.echo(f"{ahead} for days ahead, {SealingKey.objects.exclude(destroyed_at=None).count()} destroyed")


@key.command(name="rotate")
@click.argument("keep_days", type=click.IntRange(1), required=False)
@options.data
def rotate_keys(*, keep_days: int | None, data: Path) -> None:
    """
    Make new keys for today and the days ahead, such as after the old ones were seen by somebody.

    KEEP_DAYS chooses those of places that keep names so long; without it, all. The doors learn the new keys
    with their next configuration. The old keys go on opening what is sealed to them until their time is over.
    """
    make_ready(data)
    from django.utils import timezone

    from collector import schedule, zones
    from collector.keyring import Keyring
    from collector.models import SealingKey

    known = SealingKey.objects.filter(destroyed_at=None).order_by("keep_days")
    all_ = known.values_list("keep_days", flat=True).distinct()
    chosen = list(all_) if keep_days is None else [keep_days]
    if not chosen or not set(chosen) <= set(all_):
        days = ", ".join(map(str, all_)) or "none yet, for no box is enrolled"
        raise KeyUnusable(f"KEEP_DAYS {keep_days or ''}: no keys for so many days; there are {days}")
    for days_ in chosen:
        made = schedule.replace(days_, timezone.now(), zones.own(), Keyring(data))
        click.echo(f"{len(made)} new keys for names that are kept {days_} days")


def _line(box: "DoorNow") -> tuple[str, ...]:
    from django.utils import timezone

    seen = f"{timezone.localtime(box.seen_at):%Y-%m-%d %H:%M:%S}" if box.seen_at else "—"
    trusted = box.said("clock", "trusted")
    return (
        box.kiosk,
        box.place,
        box.door or "—",
        box.presence,
        seen,
        _number(box.said("queue", "waiting")),
        _number(box.said("queue", "aside")),
        {None: "—", True: "yes", False: "no"}[box.works],
        _WORDS[box.said("door", "camera")],
        {None: "—", True: "set", False: "not set"}[trusted],
        _config(box),
    )


def _facts(box: "DoorNow") -> dict[str, Any]:
    return {
        "kiosk": box.kiosk,
        "place": box.place,
        "door": box.door,
        "presence": box.presence,
        "seen_at": box.seen_at.isoformat() if box.seen_at else None,
        "config": box.config,
        "health": box.health,
    }


def _config(box: "DoorNow") -> str:
    """The version in force, and that which it was sent if that is another."""
    version = _number(box.health.get("config"))
    return version if box.config in {0, box.health.get("config")} else f"{version}, not {box.config}"


def _number(value: object) -> str:
    return str(value) if isinstance(value, int) else "—"


def _print_table(rows: Sequence[Sequence[str]]) -> None:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        click.echo("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
