"""What could not be done, as pages are told: a sentence, and a code to say it by in their own language."""

from typing import Final, Literal, TypeAlias

from hardware.pictures import BrokenPicture, HeicPicture, NoPicture, PictureTooLarge
from kiosk.errors import KioskError

Code: TypeAlias = Literal[
    "too_large",
    "not_a_picture",
    "broken_picture",
    "heic",
    "late",
    "busy",
    "no_such_thing",
    "not_understood",
    "opening",
    "no_power",
    "no_setup_code",
    "failed",
    "unknown",
]
"""Of what is a bug, `failed`; of what has no other, `unknown`."""

_OF_PICTURES: Final[dict[type[Exception], Code]] = {
    PictureTooLarge: "too_large",
    NoPicture: "not_a_picture",
    BrokenPicture: "broken_picture",
    HeicPicture: "heic",
}


class Fault(KioskError):
    """
    Something could not be done.

    Args:
        code: Which kind of thing.
        what: One clear sentence.
    """

    def __init__(self, code: Code, what: str) -> None:
        super().__init__(what)
        self.code = code


def code_of(problem: KioskError) -> Code:
    """The code of any error."""
    return problem.code if isinstance(problem, Fault) else _OF_PICTURES.get(type(problem), "unknown")


def told(problem: KioskError) -> dict[str, str]:
    """What the happening `fault` tells of any error."""
    return {"what": str(problem), "code": code_of(problem)}
