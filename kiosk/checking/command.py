"""The command `kiosk check`."""

# ruff: noqa: PLC0415 - what only this command needs is not loaded by a door that starts

import json
import sys
from functools import partial
from pathlib import Path

import click

from kiosk import commands, listening, words
from kiosk.commands import chosen_settings, settings_options, simulated_option
from kiosk.errors import SettingsError
from kiosk.findings import Finding, serves, summary
from kiosk.settings import Settings
from kiosk.views import checking


@click.command()
@simulated_option
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.option("--screen", "on_screen", is_flag=True, help="Show it on the door's screen too.")
@click.option("--wire", is_flag=True, help="Walk along the wires, with questions.")
@click.option(
    "--language",
    type=click.Choice(words.languages()),
    help="What parts are called, and questions.  [default: en; on the screen the first of place.languages]",
)
@settings_options
def check(
    *,
    simulated: bool,
    as_json: bool,
    on_screen: bool,
    wire: bool,
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

    With --wire, each part does something, and you say whether it did; a table at the end says what is wrong.
    """
    if wire and (on_screen or as_json):
        raise SettingsError("--wire: not with --screen or --json")
    if wire:
        _walk(chosen_settings(file, data, assignments, simulated=simulated), language or "en")
        return
    from kiosk.checking.examining import check as examine
    from kiosk.checking.examining import check_without_settings

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
            click.echo(_line(finding, language))
    if as_json:
        click.echo(json.dumps(summary(told), ensure_ascii=False))
    if on_screen and settings is not None:
        from kiosk.checking import screening

        screening.show(settings, told, language or settings.place.languages[0])
    _end(told)


def _walk(settings: Settings, language: str) -> None:
    from kiosk.checking.wire.walk import NOT_TRIED, PASSED, Walk

    walk = Walk(settings, language, click.echo)
    told = list(walk.run(partial(listening.lines, sys.stdin)))
    click.echo()
    for finding in told:
        click.echo(_line(finding, language))
    if walk.broken_off:
        left = sum(finding.says == NOT_TRIED for finding in told)
        raise SettingsError(
            f"check --wire: broken off, {left} of {len(told)} parts not tried; begin it again"
        )
    if all(finding.says in {NOT_TRIED, PASSED} for finding in told):
        raise SettingsError("check --wire: nothing was tried, all was passed over; begin it again")
    _end(told)


def _line(finding: Finding, language: str | None) -> str:
    """A finding in the terminal. Its sentence stays English: it names files, settings and commands."""
    if language is None or language == "en":
        return str(finding)
    said = words.load(language)
    state, part = said.say(f"check.state.{finding.state}"), checking.name(finding.part, said)
    return f"{state:<8} {part:<22} {finding.says}"


def _end(told: list[Finding]) -> None:
    if not serves(told):
        sys.exit(commands.EXIT_USAGE)
