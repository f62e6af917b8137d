"""The command `kiosk check`."""

import json
import sys
from pathlib import Path

import click

from kiosk import commands, words
from kiosk.checking import screening
from kiosk.checking.examining import check as examine
from kiosk.checking.examining import check_without_settings
from kiosk.checking.finding import serves, summary
from kiosk.commands import chosen_settings, settings_options, simulated_option
from kiosk.errors import SettingsError


@click.command()
@simulated_option
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.option("--screen", "on_screen", is_flag=True, help="Show it on the door's screen too.")
@click.option(
    "--language",
    type=click.Choice(words.languages()),
    help="With --screen: in which language.  [default: the first of place.languages]",
)
@settings_options
def check(
    *,
    simulated: bool,
    as_json: bool,
    on_screen: bool,
    language: str | None,
    file: Path | None,
    data: str | None,
    assignments: tuple[str, ...],
) -> None:
    """
    Try each part of the box and say, a line a part, what works and what to do about the rest.

    `ok` works; `!` can wait, for the door serves without it; `missing` and `wrong` must be mended first, and
    make the exit code 2. The screen lights up, the buzzer sounds and the lamp shines for a moment. Devices of
    a running door are left alone: stop the door to try them.

    With --screen, the lines are shown on the door's screen afterwards: `#` turns the page, `*` ends.
    """
    if language and not on_screen:
        raise SettingsError("--language: only with --screen")
    settings = None
    try:
        settings = chosen_settings(file, data, assignments, simulated=simulated)
        findings = examine(settings, file, simulated=simulated)
    except SettingsError as error:
        findings = check_without_settings(error)
    told = []
    for finding in findings:
        told.append(finding)
        if not as_json:
            click.echo(finding)
    if as_json:
        click.echo(json.dumps(summary(told), ensure_ascii=False))
    if on_screen and settings is not None:
        screening.show(settings, told, language or settings.place.languages[0])
    if not serves(told):
        sys.exit(commands.EXIT_USAGE)
