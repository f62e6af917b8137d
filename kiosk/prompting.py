"""The command `kiosk pin`: asks for a guard's PIN and prints what may be kept of it."""

import sys
from contextlib import suppress
from pathlib import Path

import click

from kiosk import pins
from kiosk.commands import chosen_settings, settings_options
from kiosk.errors import SettingsError
from kiosk.settings import Guard


@click.command()
@click.option("--pin-stdin", is_flag=True, help="Read the PIN from standard input, one line.")
@settings_options
def pin(*, pin_stdin: bool, file: Path | None, data: str | None, assignments: tuple[str, ...]) -> None:
    """
    Ask for a guard's PIN, twice and unseen, and print its line for [[guards]] in the settings file.

    Six digits, the first of them not 0. The guards who stand in the settings file have other ones.
    """
    guards = chosen_settings(file, data, assignments).guards
    click.echo(f'pin_hash = "{_hashed(_typed(pin_stdin=pin_stdin), guards)}"')


def _typed(*, pin_stdin: bool) -> str:
    if pin_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    typed: str = click.prompt("PIN", hide_input=True, confirmation_prompt="PIN once more", err=True)
    return typed


def _hashed(typed: str, guards: tuple[Guard, ...]) -> str:
    """What may be kept of a PIN, salted as those of the other guards."""
    kept = [guard.pin_hash for guard in guards if guard.pin_hash]
    salt = None
    for one in kept:
        with suppress(ValueError):
            salt = pins.salt_of(one)
            break
    try:
        made = pins.hashed(typed, salt)
    except ValueError as error:
        raise SettingsError(f"pin: {error}") from None
    if pins.matches(typed, kept) is not None:
        raise SettingsError("pin: another guard in the settings has this PIN; choose another")
    return made
