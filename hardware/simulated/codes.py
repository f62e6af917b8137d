"""Draws codes of invented visitors, to be held before a camera."""

from pathlib import Path

import numpy as np
import pygame

from hardware.frame import Luma
from kiosk.errors import KioskError

_QUIET_MODULES = 4


def write_code(
    text: str, path: Path, *, module_px: int = 8, dark_mode: bool = False, tilt_deg: float = 0
) -> None:
    """
    Write a QR code as a PNG. Arguments as `draw_code`.

    Raises:
        KioskError: If segno is not installed.
        OSError: If the file cannot be written.
    """
    luma = draw_code(text, module_px=module_px, dark_mode=dark_mode, tilt_deg=tilt_deg)
    picture = pygame.surfarray.make_surface(np.repeat(luma.T[:, :, np.newaxis], 3, axis=2))
    with path.open("wb") as file:
        pygame.image.save(picture, file, "code.png")


def draw_code(text: str, *, module_px: int = 8, dark_mode: bool = False, tilt_deg: float = 0) -> Luma:
    """
    Draw a QR code as ID cards carry it: bytes of UTF-8 without saying so, error correction M.

    Args:
        text: What it holds.
        module_px: Width of one module. Default 8.
        dark_mode: Light on dark, as phones at night show it.
        tilt_deg: How far it is turned anticlockwise, in degrees.

    Raises:
        KioskError: If segno is not installed.
    """
    try:
        import segno  # noqa: PLC0415  # of the optional extra `demo`
    except ImportError as problem:
        raise KioskError('drawing codes needs segno: pip install "entrance-kiosk[demo]"') from problem

    code = segno.make(text, error="m", mode="byte", encoding="utf-8", micro=False)
    dark = np.array([list(row) for row in code.matrix_iter(scale=module_px, border=_QUIET_MODULES)], bool)
    luma: Luma = np.where(dark != dark_mode, 0, 255).astype(np.uint8)
    return _turned(luma, tilt_deg) if tilt_deg else luma


def _turned(luma: Luma, tilt_deg: float) -> Luma:
    """The picture turned, its corners filled with the level of its margin."""
    picture = pygame.Surface((luma.shape[1], luma.shape[0]), pygame.SRCALPHA, 32)
    pygame.surfarray.pixels3d(picture)[:] = luma.T[:, :, np.newaxis]
    pygame.surfarray.pixels_alpha(picture)[:] = 255
    turned = pygame.transform.rotozoom(picture, tilt_deg, 1)
    paper = pygame.Surface(turned.get_size(), 0, 24)
    paper.fill([int(luma[0, 0])] * 3)
    paper.blit(turned, (0, 0))
    return np.ascontiguousarray(pygame.surfarray.array3d(paper)[:, :, 0].T)
