"""
Pictures that are dropped on a page, decoded in a process of their own, that claims so much and no more.

The program, `python -m hardware.simulated.web.decoding`, takes a file on standard input. On standard output
it gives what the camera sees of it, width and height before it; or, with exit code 1, a code and a sentence.
"""

import asyncio
import resource
import struct
import sys
from asyncio.subprocess import DEVNULL, PIPE
from typing import Final, get_args

import numpy as np

from hardware.frame import Luma
from hardware.pictures import luma_of
from hardware.simulated.web.faults import Code, Fault, code_of
from hardware.simulated.web.scene import fit
from kiosk.errors import KioskError

LONGEST_S: Final = 20.0
"""That a picture may take, on a machine that has other things to do."""
_MOST_CPU_S: Final = 10
_MOST_BYTES: Final = 2 << 30
_MOST_PIXELS: Final = 25_000_000
_FORMATS: Final = ("PNG", "JPEG", "WEBP", "GIF", "BMP")
_HEAD: Final = struct.Struct("<HH")
_REFUSED: Final = 1


async def decoded(content: bytes) -> Luma:
    """
    A picture's brightness, as large as the camera sees it. It is given up with whoever waits for it.

    Raises:
        Fault: If it is no picture, a broken one, or too large.
    """
    # Not from the folder that the stand was begun in, whatever lies there.
    command = (sys.executable, "-P", "-m", __spec__.name)
    process = await asyncio.create_subprocess_exec(*command, stdin=PIPE, stdout=PIPE, stderr=DEVNULL)
    try:
        async with asyncio.timeout(LONGEST_S):
            told, _ = await process.communicate(content)
    except TimeoutError:
        told = b""
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode == 0:
        width_px, height_px = _HEAD.unpack_from(told)
        return np.frombuffer(told, np.uint8, offset=_HEAD.size).reshape(height_px, width_px)
    code, _, what = told.decode().partition("\n")
    for known in get_args(Code):
        if code == known:
            raise Fault(known, what)
    raise Fault(
        "broken_picture", "picture: it takes too much to decode; save it anew, smaller, as PNG or JPEG"
    )


def _main() -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (_MOST_CPU_S, _MOST_CPU_S))
    resource.setrlimit(resource.RLIMIT_AS, (_MOST_BYTES, _MOST_BYTES))
    told = sys.stdout.buffer
    try:
        luma = fit(luma_of(sys.stdin.buffer.read(), "picture", formats=_FORMATS, most_pixels=_MOST_PIXELS))
    except KioskError as problem:
        told.write(f"{code_of(problem)}\n{problem}".encode())
        told.flush()
        sys.exit(_REFUSED)
    height_px, width_px = luma.shape
    told.write(_HEAD.pack(width_px, height_px) + luma.tobytes())


if __name__ == "__main__":
    _main()
