"""`collector user` and `collector unit`: who may look, and at what."""

# ruff: noqa: PLC0415 - what touches Django is imported where it is used: options make its settings

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from collector import options
from collector.readying import make_ready

_Command = TypeVar("_Command", bound=Callable[..., Any])
_ROLES = ("manager", "clerk", "province", "auditor", "technician", "administrator")
_role = click.option(
    "--role",
    type=click.Choice(_ROLES),
    required=True,
    help="manager: all of a place; clerk: sees visits with names; province: figures without names;"
    " auditor: who looked at what; technician: doors; administrator: accounts and places.",
)
_password_stdin = click.option(
    "--password-stdin", is_flag=True, help="Read the password from standard input, one line."
)


def _scope(command: _Command) -> _Command:
    command = click.option("--unit", default="", metavar="PATH", help="At a unit's places and all below.")(
        command
    )
    return click.option("--place", default="", metavar="NAME", help="At this place only.")(command)


@click.group()
def user() -> None:
    """Who may look at the pages, and at which."""


@user.command(name="add")
@click.argument("name")
@_role
@_scope
@_password_stdin
@options.data
def add_user(*, name: str, role: str, place: str, unit: str, password_stdin: bool, data: Path) -> None:
    """
    Make an account NAME that has a role: at a place, at a unit and all below, or else everywhere.

    Without --password-stdin a password is made and printed.
    """
    make_ready(data, make=True)
    from django.db import transaction

    from collector import accounts, granting

    password = _read_password() if password_stdin else accounts.generate_password()
    with transaction.atomic():
        accounts.add(name, password)
        granting.give(name, role, place=place, unit=unit)
    _tell_password(name, None if password_stdin else password)


@user.command(name="password")
@click.argument("name")
@_password_stdin
@options.data
def change_password(*, name: str, password_stdin: bool, data: Path) -> None:
    """Give NAME a new password. Without --password-stdin one is made and printed."""
    make_ready(data)
    from collector import accounts

    password = _read_password() if password_stdin else accounts.generate_password()
    accounts.change_password(name, password)
    _tell_password(name, None if password_stdin else password)


@user.command(name="grant")
@click.argument("name")
@_role
@_scope
@options.data
def grant(*, name: str, role: str, place: str, unit: str, data: Path) -> None:
    """Give NAME one more role."""
    make_ready(data)
    from collector import granting

    granting.give(name, role, place=place, unit=unit)
    click.echo(f"{name}: {'; '.join(granting.told(granting.account(name)))}")


@user.command(name="withdraw")
@click.argument("name")
@_role
@_scope
@options.data
def withdraw(*, name: str, role: str, place: str, unit: str, data: Path) -> None:
    """Take a role from NAME, named as it was given."""
    make_ready(data)
    from collector import granting

    granting.take(name, role, place=place, unit=unit)
    left = granting.told(granting.account(name))
    click.echo(f"{name}: {'; '.join(left) or 'no role any more'}")


@user.command(name="forget-second-factor")
@click.argument("name")
@options.data
def forget_second_factor(*, name: str, data: Path) -> None:
    """Let NAME, who has lost the phone and the codes on paper, set up the second factor anew."""
    make_ready(data)
    from collector import accounts

    accounts.forget_second_factor(name)
    click.echo(f"{name}: sets up the second factor at the next login")


@user.command(name="remove")
@click.argument("name")
@options.data
def remove_user(*, name: str, data: Path) -> None:
    """Remove the account NAME; what it did stays in the audit."""
    make_ready(data)
    from collector import accounts

    accounts.remove(name)
    click.echo(f"{name}: removed")


@user.command(name="list")
@options.data
def list_users(*, data: Path) -> None:
    """List the accounts and their roles."""
    make_ready(data)
    from django.contrib.auth.models import User

    from collector import granting

    for one in User.objects.order_by("username"):
        click.echo(f"{one.username}: {'; '.join(granting.told(one)) or 'no role'}")


@click.group()
def unit() -> None:
    """The units that places belong to: a province, its communes, whatever is below."""


@unit.command(name="add")
@click.argument("path")
@options.data
def add_unit(*, path: str, data: Path) -> None:
    """Make the unit PATH, such as "Sơn La/Chiềng An", and those above it."""
    make_ready(data, make=True)
    from collector import tree

    click.echo(tree.path_of(tree.add(path)))


@unit.command(name="list")
@options.data
def list_units(*, data: Path) -> None:
    """List the units."""
    make_ready(data)
    from collector import tree

    for path in tree.every():
        click.echo(path)


def _read_password() -> str:
    password = sys.stdin.readline().rstrip("\r\n")
    if not password:
        raise click.UsageError("--password-stdin: nothing on standard input; write the password there.")
    return password


def _tell_password(name: str, password: str | None) -> None:
    click.echo(f"{name} may log in." + ("" if password is None else f" Password: {password}"))
