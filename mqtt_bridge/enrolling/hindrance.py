"""What keeps a box from being enrolled, as an exception."""

from kiosk.errors import KioskError
from kiosk.stages import Hitch

_MOST_LETTERS = 80


class Hindered(KioskError, RuntimeError):
    """
    It cannot be done now, or not with this code.

    Args:
        hitch: Why, as the screen says it.
        says: What a technician who reads the log wants to know; never a secret.
    """

    def __init__(self, hitch: Hitch, says: str) -> None:
        super().__init__(f"{hitch}: {says}")
        self.hitch = hitch


def said(words: object) -> str:
    """What somebody said whom nobody knows, fit for a log: printable, and 80 letters at most."""
    return "".join(letter if letter.isprintable() else "?" for letter in str(words)[:_MOST_LETTERS])
