"""Picture files: PNG, JPEG, WebP, GIF, BMP and what else Pillow knows, but for EPS."""

import io
import os
import stat
import time
import warnings
from pathlib import Path
from threading import Lock

import numpy as np
from PIL import Image, UnidentifiedImageError

from hardware.engines import Engines
from hardware.frame import Luma
from hardware.scans import scans
from hardware.stills import read_still
from hardware.why import Sheet
from kiosk.errors import BadPicture
from kiosk.pictures import WHY_ENDING, PictureRead

_LARGEST_PIXELS = 80_000_000
_LARGEST_FILE_BYTES = 100_000_000
_MOST_SCANS = 20
_HEIC_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"mif1", b"msf1"}
_opening = Lock()


class NoPicture(BadPicture):
    """Nothing that is known as a picture."""


class HeicPicture(NoPicture):
    """A photo of a kind that phones keep, and that nothing here decodes."""


class BrokenPicture(BadPicture):
    """A picture that ends early, or says what no picture says."""


class PictureTooLarge(BadPicture):
    """A picture of more pixels than are decoded."""


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
    most_scans: int = _MOST_SCANS,
) -> Luma:
    """
    The brightness of a picture that is in memory, as `load_luma`. Any thread may ask.

    Args:
        content: The whole file.
        name: What a message calls it.
        formats: Names of formats by Pillow, such as `JPEG`; a picture of any other is none. None for all but
            EPS, which is a program: Pillow has Ghostscript run it.
        most_pixels: A larger one is not decoded. Default 80 megapixels.
        most_scans: A JPEG of more scans is not decoded. Default 20; a progressive one has about 10.

    Raises:
        NoPicture: If it is no picture; HeicPicture if it is a HEIC photo.
        PictureTooLarge: If it has more pixels.
        BrokenPicture: If it is broken, or has more scans.
    """
    try:
        with _opening, warnings.catch_warnings():
            # Filters of warnings belong to all threads.
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            picture = Image.open(io.BytesIO(content), formats=formats or _harmless())
        _refuse_what_costs_too_much(picture, content, name, most_pixels, most_scans)
        return np.asarray(_on_white_paper(picture).convert("L"))
    except BadPicture:
        raise
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as problem:
        raise _too_large(name, "too many pixels", most_pixels) from problem
    except UnidentifiedImageError as problem:
        if content[4:8] == b"ftyp" and content[8:12] in _HEIC_BRANDS:
            raise HeicPicture(
                f"{name}: a HEIC photo; save it as JPEG, or take a screenshot of it"
            ) from problem
        raise NoPicture(f"{name}: no picture; give a PNG or JPEG") from problem
    except Exception as problem:
        # The decoders of Pillow say in any way they like that a file is broken: OSError, SyntaxError,
        # struct.error, RuntimeError, and more.
        why = " ".join(str(problem).split())
        raise BrokenPicture(f"{name}: a broken picture ({why}); give a whole PNG or JPEG") from problem


def _refuse_what_costs_too_much(
    picture: Image.Image, content: bytes, name: str, most_pixels: int, most_scans: int
) -> None:
    width_px, height_px = picture.size
    if width_px * height_px > most_pixels:
        raise _too_large(name, f"{width_px} x {height_px} pixels", most_pixels)
    if picture.format in {"JPEG", "MPO"} and scans(content) > most_scans:
        raise BrokenPicture(f"{name}: a JPEG of more than {most_scans} scans; save it anew, as PNG or JPEG")


def _harmless() -> list[str]:
    """Names of all formats but EPS."""
    Image.init()
    return [one for one in Image.ID if one != "EPS"]


def _is_picture(file: Path) -> bool:
    """Whether a file looks like a picture, perhaps a broken one, by how it begins."""
    # Not Path.is_file(), which raises where a folder may be listed and no more.
    if file.name.endswith(WHY_ENDING) or not os.path.isfile(file):  # noqa: PTH113
        return False
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            Image.open(file, formats=_harmless()).close()
    except UnidentifiedImageError:
        return False
    except Exception:  # noqa: BLE001 - as `luma_of`
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


def _too_large(name: str, size: str, most_pixels: int) -> PictureTooLarge:
    return PictureTooLarge(
        f"{name}: {size}; scale it down to less than {most_pixels // 1_000_000} megapixels"
    )
