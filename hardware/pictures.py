"""Picture files: PNG, JPEG, WebP, GIF, BMP and what else Pillow knows."""

import io
import os
import stat
import struct
import time
import warnings
from pathlib import Path
from threading import Lock

import numpy as np
from PIL import Image, UnidentifiedImageError

from hardware.engines import Engines
from hardware.frame import Luma
from hardware.stills import read_still
from hardware.why import Sheet
from kiosk.errors import BadPicture
from kiosk.pictures import WHY_ENDING, PictureRead

_LARGEST_PIXELS = 80_000_000
_LARGEST_FILE_BYTES = 100_000_000
_opening = Lock()


class PictureReader:
    """
    Reads codes off picture files (`kiosk.pictures.PictureReader`). Any thread may use it.

    Raises:
        DeviceMissing: If no QR reader is installed.
    """

    def __init__(self) -> None:
        # Loads the libraries, which is no time of the first picture's.
        Engines()

    def read(self, path: Path, why: Path | None = None) -> PictureRead:
        """
        Look for codes in a picture file at its own size, trying everything until something reads.

        Args:
            path: The picture.
            why: Where to draw what was tried, as a PNG; a file of that name is replaced. None for nowhere.

        Raises:
            BadPicture: If the file is missing, no picture, or too large.
            OSError: If the drawing cannot be written.
        """
        luma = load_luma(path)
        sheet = Sheet() if why else None
        began_s = time.perf_counter()
        texts = read_still(luma, sheet.note if sheet else None)
        took_s = time.perf_counter() - began_s - (sheet.drawing_s if sheet else 0)
        if sheet and why:
            sheet.save(why, path.name, took_s)
        return PictureRead(tuple(texts), took_s)

    def pictures_in(self, folder: Path) -> list[Path]:
        """
        The picture files in a folder and those below it, sorted. Other files and drawings of `read()` are
        passed over, links to folders are not followed.

        Raises:
            BadPicture: If there is none.
        """
        files = (Path(place) / name for place, _, names in os.walk(folder) for name in names)
        pictures = sorted(file for file in files if _is_picture(file))
        if not pictures:
            raise BadPicture(f"{folder}: holds no picture that can be read; name another folder")
        return pictures


def load_luma(path: Path) -> Luma:
    """
    The brightness of a picture file, as a camera would see it on white paper: what is transparent is white.

    Of an animation, the first picture.

    Raises:
        BadPicture: If the file is missing, no picture, or over 80 megapixels. The message is one line, with
            the file and the remedy.
    """
    return luma_of(_content(path), str(path))


def luma_of(
    content: bytes,
    name: str,
    *,
    formats: tuple[str, ...] | None = None,
    most_pixels: int = _LARGEST_PIXELS,
) -> Luma:
    """
    The brightness of a picture that is in memory, as `load_luma`. Any thread may ask.

    Args:
        content: The whole file.
        name: What a message calls it.
        formats: Names of formats by Pillow, such as `JPEG`; a picture of any other is none. None for all.
        most_pixels: A larger one is not decoded. Default 80 megapixels.

    Raises:
        BadPicture: If it is no picture, or larger.
    """
    try:
        # Filters of warnings belong to all threads.
        with _opening, warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            picture = Image.open(io.BytesIO(content), formats=formats)
        width_px, height_px = picture.size
        if width_px * height_px > most_pixels:
            raise _too_large(name, f"{width_px} x {height_px} pixels", most_pixels)
        return np.asarray(_on_white_paper(picture).convert("L"))
    except BadPicture:
        raise
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as problem:
        raise _too_large(name, "too many pixels", most_pixels) from problem
    except UnidentifiedImageError as problem:
        raise BadPicture(f"{name}: no picture; give a PNG or JPEG") from problem
    except (OSError, SyntaxError, EOFError, ValueError, struct.error, MemoryError) as problem:
        # The decoders of Pillow say in many ways that a file is broken.
        raise BadPicture(f"{name}: a broken picture ({problem}); give a whole PNG or JPEG") from problem


def _is_picture(file: Path) -> bool:
    """Whether a file looks like a picture, perhaps a broken one, by how it begins."""
    # Not Path.is_file(), which raises where a folder may be listed and no more.
    if file.name.endswith(WHY_ENDING) or not os.path.isfile(file):  # noqa: PTH113
        return False
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            Image.open(file).close()
    except UnidentifiedImageError:
        return False
    except (OSError, SyntaxError, ValueError, struct.error, Image.DecompressionBombError):
        # Reading it will tell what is wrong with it.
        return True
    return True


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


def _too_large(name: str, size: str, most_pixels: int) -> BadPicture:
    return BadPicture(f"{name}: {size}; scale it down to less than {most_pixels // 1_000_000} megapixels")
