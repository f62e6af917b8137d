"""What a command asks of whoever reads codes off picture files."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True, slots=True)
class PictureRead:
    """
    What a look at a picture file gave.

    Attributes:
        texts: What its codes hold, exact, in Unicode NFC, in no order; empty when no code was read.
        took_s: How long looking for them took, in seconds, the opening of the file not counted.
    """

    texts: tuple[str, ...] = field(repr=False)
    took_s: float


WHY_ENDING = ".why.png"
"""How the names of drawings of what was tried end."""


class PictureReader(Protocol):
    """Reads codes off picture files."""

    def read(self, path: Path, why: Path | None = None) -> PictureRead:
        """
        Look for codes in a picture file, trying everything until something reads.

        Args:
            path: The picture.
            why: Where to draw what was tried, as a PNG; a file of that name is replaced. None for nowhere.

        Raises:
            BadPicture: If the file is missing, no picture, or too large.
            OSError: If the drawing cannot be written.
        """
        ...

    def pictures_in(self, folder: Path) -> list[Path]:
        """
        The picture files in a folder and those below it, sorted; other files are passed over.

        Raises:
            BadPicture: If there is none.
        """
        ...
