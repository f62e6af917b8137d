"""Opening a display with pygame: a window on a desk, the whole display of a box without one, or memory."""

import os
from pathlib import Path

import pygame

from kiosk.errors import DeviceMissing

DRIVERS = ("auto", "window", "kmsdrm", "dummy")
"""What `screen.driver` may be."""


def choose() -> str:
    """
    The driver for the display there is; never one that draws into memory, where nobody would see it.

    Raises:
        DeviceMissing: If there is neither a desktop nor a display.
    """
    if os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"):
        return "window"
    if any(Path("/dev/dri").glob("card*")):
        return "kmsdrm"
    raise DeviceMissing(
        'screen.driver = "auto": no display found, neither a desktop nor /dev/dri/card*; plug the display in '
        'and start again, or set screen.driver = "dummy" to run without one'
    )


def open_display(driver: str, size: tuple[int, int], *, fullscreen: bool) -> pygame.Surface:
    """
    Open the display with one driver and no other.

    Raises:
        pygame.error: If it does not open.
    """
    named = {"kmsdrm": "kmsdrm", "dummy": "dummy"}.get(driver)
    before = os.environ.get("SDL_VIDEODRIVER")
    if named is None:
        os.environ.pop("SDL_VIDEODRIVER", None)
    else:
        os.environ["SDL_VIDEODRIVER"] = named
    if named == "kmsdrm":
        # SDL tries desktop OpenGL first, which opens without libGL too, as on Raspberry Pi OS Lite, and then
        # shows black.
        os.environ.setdefault("SDL_FRAMEBUFFER_ACCELERATION", "opengles2")
    try:
        pygame.display.init()
        if driver == "window" and pygame.display.get_driver() in {"dummy", "offscreen"}:
            raise pygame.error("no desktop to open a window on")
        surface = pygame.display.set_mode(size, pygame.FULLSCREEN if fullscreen and driver != "dummy" else 0)
    finally:
        if before is None:
            os.environ.pop("SDL_VIDEODRIVER", None)
        else:
            os.environ["SDL_VIDEODRIVER"] = before
    pygame.display.set_caption("entrance-kiosk")
    pygame.mouse.set_visible(not fullscreen)
    pygame.event.set_blocked([pygame.MOUSEMOTION, pygame.FINGERMOTION])
    return surface
