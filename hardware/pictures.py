"""Picture files: PNG, JPEG, WebP, GIF, BMP and what else SDL_image knows."""

import io
import re
import struct
from pathlib import Path

import numpy as np
import pygame

from hardware.decoder import Decoder
from hardware.frame import Luma
from kiosk.errors import BadPicture

_LARGEST_PIXELS = 100_000_000
_LARGEST_FILE_BYTES = 100_000_000
_JPEG_SIZE = re.compile(rb"\xff[\xc0-\xc3\xc5-\xc7\xc9-\xcb\xcd-\xcf]..\x08(....)", re.DOTALL)


class PictureReader:
    """Reads codes off picture files (`kiosk.ports.PictureReader`). Any thread may use it."""

    def read(self, path: Path) -> list[str]:
        """
        The texts of all codes in a picture file, in no order; empty when there is none.

        The picture is read at its own size, with both engines, whatever was read before.

        Raises:
            BadPicture: If the file is missing, no picture, or too large.
            DeviceMissing: If no QR reader is installed.
        """
        return Decoder().read(load_luma(path))


def load_luma(path: Path) -> Luma:
    """
    The brightness of a picture file, as a camera would see it on white paper: what is transparent is white.

    Needs no display. Of an animation, the first picture.

    Raises:
        BadPicture: If the file is missing, no picture, or over 100 megapixels. The message is one line, with
            the file and the remedy.
    """
    content = _content(path)
    width_px, height_px = _claimed_size(content)
    if width_px * height_px > _LARGEST_PIXELS:
        raise _too_large(path, width_px, height_px)
    try:
        picture = pygame.image.load(io.BytesIO(content))
    except (pygame.error, ValueError, MemoryError) as problem:
        raise BadPicture(f"{path}: no picture that can be read ({problem}); give a PNG or JPEG") from problem
    width_px, height_px = picture.get_size()
    if width_px * height_px > _LARGEST_PIXELS:
        raise _too_large(path, width_px, height_px)
    paper = pygame.Surface((width_px, height_px), 0, 24)
    paper.fill("white")
    paper.blit(picture, (0, 0))
    return _luma(paper)


def _content(path: Path) -> bytes:
    try:
        if path.is_dir():
            raise BadPicture(f"{path}: a folder; name a picture in it")
        if path.exists() and not path.is_file():
            raise BadPicture(f"{path}: a device or pipe; name a picture file")
        if (size_bytes := path.stat().st_size) > _LARGEST_FILE_BYTES:
            raise BadPicture(f"{path}: {size_bytes / 1e6:.0f} MB; give a picture of less than 100 MB")
        return path.read_bytes()
    except FileNotFoundError as problem:
        raise BadPicture(f"{path}: no such file; check the name and the folder") from problem
    except (OSError, ValueError) as problem:
        reason = getattr(problem, "strerror", None) or problem
        raise BadPicture(
            f"{path}: cannot be read ({reason}); check the file and its permissions"
        ) from problem


def _claimed_size(content: bytes) -> tuple[int, int]:
    """Width and height as the file's head states them, before memory is spent on it; zeros when unknown."""
    if content.startswith(b"\x89PNG\r\n\x1a\n") and len(content) >= 24:  # noqa: PLR2004
        width_px, height_px = struct.unpack(">II", content[16:24])
        return width_px, height_px
    if content.startswith(b"\xff\xd8") and (start := _JPEG_SIZE.search(content)):
        height_px, width_px = struct.unpack(">HH", start[1])
        return width_px, height_px
    return 0, 0


def _too_large(path: Path, width_px: int, height_px: int) -> BadPicture:
    return BadPicture(f"{path}: {width_px} x {height_px} pixels; scale it down to less than 100 megapixels")


def _luma(picture: pygame.Surface) -> Luma:
    """Brightness by the weights of ITU-R BT.601, in whole numbers of 1/256."""
    colours = pygame.surfarray.pixels3d(picture)
    luma = np.empty((picture.get_height(), picture.get_width()), np.uint8)
    # Row by row: the weighted sum of a whole large picture would take several times its memory.
    weights = np.array((77, 150, 29), np.uint32)
    for row in range(luma.shape[0]):
        luma[row] = (colours[:, row] @ weights + 128) >> 8
    return luma
