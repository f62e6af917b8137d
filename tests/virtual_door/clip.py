"""A clip of a code held before a camera, as Chromium's fake camera plays it."""

from pathlib import Path

import numpy as np

from hardware.simulated.codes import draw_code

WIDTH_PX, HEIGHT_PX = 1280, 720
_PAPER, _ROOM, _GREY = 235, 110, 128
_SHIFTS = range(0, 60, 4)


def write_clip(text: str, path: Path) -> None:
    """
    Write a clip in which somebody holds up a code, and moves it a little; it is played again and again.

    As YUV4MPEG2, which Chromium takes for `--use-file-for-fake-video-capture`.
    """
    code = draw_code(text, module_px=7)
    colours = bytes([_GREY]) * (WIDTH_PX * HEIGHT_PX // 2)
    with path.open("wb") as clip:
        clip.write(f"YUV4MPEG2 W{WIDTH_PX} H{HEIGHT_PX} F15:1 Ip A1:1 C420jpeg\n".encode())
        for shift in _SHIFTS:
            frame = np.full((HEIGHT_PX, WIDTH_PX), _ROOM, np.uint8)
            top, left = (HEIGHT_PX - code.shape[0]) // 2, (WIDTH_PX - code.shape[1]) // 2 - 30 + shift
            frame[top : top + code.shape[0], left : left + code.shape[1]] = np.minimum(code, _PAPER)
            clip.write(b"FRAME\n" + frame.tobytes() + colours)
