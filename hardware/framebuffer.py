"""
The kernel's framebuffer: a display without DRM, such as many small ones on SPI, or a driver as old as they.

SDL 2 cannot draw on it. So the screen is drawn in memory, and its pixels are copied.
"""

import mmap
import struct
from contextlib import suppress
from dataclasses import dataclass
from fcntl import ioctl
from pathlib import Path
from typing import BinaryIO

import cv2
import numpy as np
import pygame
from numpy.typing import NDArray

DEVICE = Path("/dev/fb0")

_GET_VARIABLE, _GET_FIXED, _BLANK = 0x4600, 0x4602, 0x4611
"""FBIOGET_VSCREENINFO, FBIOGET_FSCREENINFO and FBIOBLANK of linux/fb.h."""
_ON, _POWERED_DOWN = 0, 4
_VARIABLE = struct.Struct("=40I")
_FIXED = struct.Struct("@16sL4I3HI")
_FIXED_BYTES = 80
"""fb_var_screeninfo, and the beginning of fb_fix_screeninfo and its whole size."""
_KNOWN_BITS = (16, 24, 32)

Pixels = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Geometry:
    """
    How pixels lie in the memory of a display.

    Attributes:
        width_px: How many are shown in a row.
        height_px: How many rows are shown.
        bits: Of a pixel: 16 (5 of red, 6 of green, 5 of blue), 24 or 32.
        stride_bytes: From the start of a row to that of the next.
        red_first: Whether red lies where blue is on most displays: below the others.
    """

    width_px: int
    height_px: int
    bits: int
    stride_bytes: int
    red_first: bool = False

    def packed(self, pixels: Pixels) -> Pixels:
        """
        Pixels as this display has them: rows of bytes.

        Args:
            pixels: Shape (height, width, 4): blue, green, red, and one that counts for nothing.
        """
        if self.bits == 16:  # noqa: PLR2004
            codes = cv2.COLOR_RGBA2BGR565 if self.red_first else cv2.COLOR_BGRA2BGR565
        elif self.bits == 24:  # noqa: PLR2004
            codes = cv2.COLOR_BGRA2RGB if self.red_first else cv2.COLOR_BGRA2BGR
        elif self.red_first:
            codes = cv2.COLOR_BGRA2RGBA
        else:
            return pixels.reshape(self.height_px, -1)
        return cv2.cvtColor(pixels, codes).reshape(self.height_px, -1)


class Framebuffer:
    """
    A display that is memory.

    Args:
        device: Its file.
        geometry: How its pixels lie; None asks the kernel.

    Raises:
        OSError: If there is none, it may not be written, or its pixels are of no known kind.
    """

    def __init__(self, device: Path = DEVICE, geometry: Geometry | None = None) -> None:
        self._file: BinaryIO = device.open("r+b", buffering=0)
        try:
            self.geometry = geometry or _geometry(self._file)
            length = self.geometry.stride_bytes * self.geometry.height_px
            self._memory = mmap.mmap(self._file.fileno(), length)
        except BaseException:
            self._file.close()
            raise

    def show(self, surface: pygame.Surface) -> None:
        """
        Copy a surface onto the display.

        Args:
            surface: Of the display's size, 32 bits a pixel, blue first, as SDL makes them.
        """
        geometry = self.geometry
        rows = np.frombuffer(surface.get_buffer().raw, np.uint8).reshape(geometry.height_px, -1)
        pixels = np.ascontiguousarray(rows[:, : 4 * geometry.width_px]).reshape(geometry.height_px, -1, 4)
        packed = geometry.packed(pixels)
        memory = np.frombuffer(self._memory, np.uint8).reshape(geometry.height_px, -1)
        memory[:, : packed.shape[1]] = packed

    def light(self, *, on: bool) -> None:
        """Switch the display itself on or off, where it can be; its driver may know nothing of that."""
        with suppress(OSError):
            ioctl(self._file, _BLANK, _ON if on else _POWERED_DOWN)

    def close(self) -> None:
        """Give the display back. Calling it twice does no harm."""
        self._memory.close()
        self._file.close()


def _geometry(file: BinaryIO) -> Geometry:
    told = _VARIABLE.unpack(ioctl(file, _GET_VARIABLE, bytes(_VARIABLE.size)))
    width_px, height_px, bits, red_offset, blue_offset = told[0], told[1], told[6], told[8], told[14]
    *_, stride_bytes = _FIXED.unpack_from(ioctl(file, _GET_FIXED, bytes(_FIXED_BYTES)))
    if bits not in _KNOWN_BITS:
        raise OSError(f"pixels of {bits} bits cannot be drawn; set the display to 16 or 32")
    return Geometry(width_px, height_px, bits, stride_bytes, red_first=red_offset < blue_offset)
