"""Picture files: PNG, JPEG, WebP, GIF, BMP and what else Pillow knows."""

import io
import stat
import struct
import warnings
from pathlib import Path

import numpy as np
from PIL import Image, UnidentifiedImageError

from hardware.decoder import Decoder
from hardware.frame import Luma
from kiosk.errors import BadPicture

_LARGEST_PIXELS = 80_000_000
_LARGEST_FILE_BYTES = 100_000_000


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

    Of an animation, the first picture.

    Raises:
        BadPicture: If the file is missing, no picture, or over 80 megapixels. The message is one line, with
            the file and the remedy.
    """
    content = _content(path)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            picture = Image.open(io.BytesIO(content))
        width_px, height_px = picture.size
        if width_px * height_px > _LARGEST_PIXELS:
            raise _too_large(path, f"{width_px} x {height_px} pixels")
        return np.asarray(_on_white_paper(picture).convert("L"))
    except BadPicture:
        raise
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as problem:
        raise _too_large(path, "too many pixels") from problem
    except UnidentifiedImageError as problem:
        raise BadPicture(f"{path}: no picture; give a PNG or JPEG") from problem
    except (OSError, SyntaxError, EOFError, ValueError, struct.error, MemoryError) as problem:
        # The decoders of Pillow say in many ways that a file is broken.
        raise BadPicture(f"{path}: a broken picture ({problem}); give a whole PNG or JPEG") from problem


def _on_white_paper(picture: Image.Image) -> Image.Image:
    if not picture.has_transparency_data:
        return picture.convert("RGB")
    seen = picture.convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", seen.size, "white"), seen)


def _content(path: Path) -> bytes:
    problem = _problem(path)
    if problem:
        raise BadPicture(f"{path}: {problem}")
    try:
        return path.read_bytes()
    except OSError as error:
        raise BadPicture(f"{path}: cannot be read ({error.strerror}); check its permissions") from error


def _problem(path: Path) -> str:
    """What is wrong with a file before it is opened, and the remedy; empty when nothing is."""
    try:
        facts = path.stat()
    except FileNotFoundError:
        return "no such file; check the name and the folder"
    except (OSError, ValueError) as error:
        return f"cannot be read ({getattr(error, 'strerror', None) or error}); check the name"
    if stat.S_ISDIR(facts.st_mode):
        return "a folder; name a picture in it"
    if not stat.S_ISREG(facts.st_mode):
        return "a device or pipe; name a picture file"
    if facts.st_size > _LARGEST_FILE_BYTES:
        return f"{facts.st_size / 1e6:.0f} MB; give a picture of less than 100 MB"
    return ""


def _too_large(path: Path, size: str) -> BadPicture:
    return BadPicture(f"{path}: {size}; scale it down to less than {_LARGEST_PIXELS // 1_000_000} megapixels")
