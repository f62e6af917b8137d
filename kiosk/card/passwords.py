"""Passwords for a card, asked for unseen or read from standard input; of the console's a hash is kept."""

import subprocess
import sys

import click

from kiosk.errors import CardRefused

_FEWEST, _MOST = 8, 64
_WITHIN_S = 10.0


def typed(option: str, prompt: str, *, from_stdin: bool) -> str:
    """
    A password, asked for twice.

    Args:
        option: Whose password it is; with `-password-stdin` its twin reads it from standard input.
        prompt: What is asked.
        from_stdin: Whether it is the next line there, and nobody is asked.

    Raises:
        CardRefused: If there is nobody to ask.
    """
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if not sys.stdin.isatty():
        instead = f"{option.removesuffix('-password')}-password-stdin"
        raise CardRefused(f"{option}: no terminal to ask for the password; use {instead}")
    password: str = click.prompt(prompt, hide_input=True, confirmation_prompt="Once more", err=True)
    return password


def hashed(password: str) -> str:
    """
    What a system may keep of a password, by the system's own tool (SHA-512 crypt, salted).

    Raises:
        CardRefused: If the password will not do, or the tool is not there. The password is not told.
    """
    if not (password.isascii() and password.isprintable() and _FEWEST <= len(password) <= _MOST):
        raise CardRefused(
            f"--console-password: {_FEWEST} to {_MOST} letters, digits and signs, without accents, since a"
            " console has no Vietnamese keyboard"
        )
    try:
        # By a pipe: what stands in a command line is for all to read.
        ended = subprocess.run(
            ["openssl", "passwd", "-6", "-stdin"],  # noqa: S607 - wherever the system has it
            input=f"{password}\n",
            capture_output=True,
            text=True,
            timeout=_WITHIN_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        ended = None
    if ended is None or not ended.stdout.startswith("$6$"):
        raise CardRefused("--console-password: openssl makes no hash of it here; sudo apt install openssl")
    return ended.stdout.strip()
