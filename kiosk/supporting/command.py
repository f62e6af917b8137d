"""The command `kiosk support`."""

import sys
from pathlib import Path

import click

from kiosk.commands import chosen_settings, settings_options, simulated_option
from kiosk.errors import SettingsError


@click.command()
@click.option(
    "--file",
    "target",
    type=click.Path(path_type=Path, dir_okay=False, allow_dash=True),
    required=True,
    metavar="FILE",
    help="Where it is written, such as box.json.gz; - for standard output.",
)
@simulated_option
@settings_options
def support(
    *, target: Path, simulated: bool, file: Path | None, data: str | None, assignments: tuple[str, ...]
) -> None:
    """
    Write into FILE all that helps to find out what ails the box: JSON, compressed.

    Version, settings, what `kiosk check` finds without trying a device, counts of the journal, the last lines
    of the log. No name, number, password or key is in it. The centre fetches the same with
    `collector command KIOSK support-bundle`.
    """
    from kiosk.supporting import bundle  # noqa: PLC0415 - a door that starts does not need it

    try:
        settings = chosen_settings(file, data, assignments, simulated=simulated)
        told = bundle.collect(settings, file, simulated=simulated)
    except SettingsError as error:
        told = bundle.collect_without_settings(error)
    payload = bundle.packed(told)
    if str(target) == "-":
        sys.stdout.buffer.write(payload)
        return
    try:
        target.write_bytes(payload)
    except OSError as error:
        raise SettingsError(f"--file {target}: {error.strerror}; choose another file") from error
    click.echo(f"{target}: {len(payload):,} bytes")
