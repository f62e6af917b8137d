"""What the camera sees of a code that it cannot read, so that the screen can help."""

from enum import StrEnum


class Glimpse(StrEnum):
    """Why a code is not read yet, as far as the picture tells. Each has its hint in `kiosk.words`."""

    NOTHING = "nothing"
    """No code is in view, or what is in view was read."""
    TOO_SMALL = "too_small"
    """Its modules are smaller than the camera can tell apart."""
    TOO_BLURRED = "too_blurred"
    """It moves, or is out of focus."""
    TOO_DARK = "too_dark"
    TOO_BRIGHT = "too_bright"
    """A lamp is mirrored in it, or the screen that shows it is dazzling."""
    CUT = "cut"
    """Part of it is outside the picture."""
    UNCLEAR = "unclear"
    """It is in view, and nothing tells why it is not read: dirt, a scratch, or only its first moment."""
