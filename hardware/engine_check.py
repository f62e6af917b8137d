"""
Tries the two engines that read codes, for `kiosk check`.

Each reads a small code, says what it is, and gives nothing back, for it holds nothing. One that does not work
is an exception of `kiosk.errors`, whose message holds the remedy.
"""

from ctypes import POINTER, byref, c_int, c_uint
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Protocol

import numpy as np

from hardware.frame import Luma
from hardware.zbar import Zbar
from hardware.zxing import Zxing
from kiosk.errors import DeviceLost, DeviceMissing

_TEXT = b"entrance-kiosk"
# A QR code that says just that, a row a number; drawing one would need a library that a box does not have.
_ROWS = (
    0x1FC87F, 0x104441, 0x17435D, 0x174D5D, 0x17455D, 0x105C41, 0x1FD57F,
    0x000100, 0x12D2A0, 0x1F9337, 0x114B61, 0x0A13D9, 0x0A4D1B, 0x0011E1,
    0x1FCDBE, 0x105933, 0x1742B8, 0x1759B3, 0x1743B1, 0x104890, 0x1FD25A,
)  # fmt: skip
_MODULE_PX = 6
_QUIET_MODULES = 4


class _Engine(Protocol):
    def read(self, luma: Luma) -> list[bytes]: ...


def zxing() -> str:
    """
    Read a small code with the first engine.

    Returns:
        Its name and version.

    Raises:
        DeviceMissing: If it is not installed, or cannot be used.
        DeviceLost: If it does not read the code.
    """
    remedy = "pip install --force-reinstall zxing-cpp"
    try:
        engine = Zxing()
    except ModuleNotFoundError as problem:
        raise DeviceMissing("zxing-cpp is missing: pip install zxing-cpp") from problem
    except ImportError as problem:
        raise DeviceMissing(f"zxing-cpp cannot be used ({problem}): {remedy}") from problem
    _read_by(engine, "zxing-cpp", remedy)
    try:
        return f"zxing-cpp {version('zxing-cpp')}"
    except PackageNotFoundError:
        return "zxing-cpp"


def zbar() -> str:
    """
    Read a small code with the second engine.

    Returns:
        Its name and version: of libzbar, which does the work, not of pyzbar.

    Raises:
        DeviceMissing: If pyzbar or libzbar is not installed, or libzbar is too old.
        DeviceLost: If it does not read the code.
    """
    remedy = "sudo apt install libzbar0"
    try:
        engine = Zbar()
    except ModuleNotFoundError as problem:
        raise DeviceMissing("pyzbar is missing: pip install pyzbar") from problem
    except ImportError as problem:
        raise DeviceMissing(f"zbar cannot be used ({problem}): {remedy}") from problem
    _read_by(engine, "zbar", remedy)
    return f"zbar {_zbar_version()}"


def _read_by(engine: _Engine, name: str, remedy: str) -> None:
    rows = np.array([[row >> bit & 1 for bit in reversed(range(len(_ROWS)))] for row in _ROWS], np.uint8)
    modules = np.pad(1 - rows, _QUIET_MODULES, constant_values=1) * np.uint8(255)
    luma: Luma = modules.repeat(_MODULE_PX, axis=0).repeat(_MODULE_PX, axis=1)
    if engine.read(luma) != [_TEXT]:
        raise DeviceLost(f"{name} does not read a plain code: {remedy}")


def _zbar_version() -> str:
    from pyzbar import wrapper  # noqa: PLC0415  # looks for libzbar when imported

    # pyzbar's own zbar_version passes two numbers, and libzbar writes a third.
    ask: Any = wrapper.zbar_function("zbar_version", c_int, *[POINTER(c_uint)] * 3)
    numbers = (c_uint(), c_uint(), c_uint())
    ask(*(byref(number) for number in numbers))
    return ".".join(str(number.value) for number in numbers)
