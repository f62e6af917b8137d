"""Opening a display with pygame: a window on a desk, the whole display of a box without one, or memory."""

import logging
import os
from pathlib import Path

import pygame

from hardware.backlight import Backlight
from hardware.framebuffer import DEVICE, Framebuffer
from kiosk.errors import DeviceMissing

log = logging.getLogger(__name__)

DRIVERS = ("auto", "window", "kmsdrm", "fbdev", "dummy")
"""What `screen.driver` may be."""

_SDL = {"kmsdrm": "kmsdrm", "fbdev": "dummy", "dummy": "dummy"}
"""SDL's own names; it chooses among those for desktops."""


class Display:
    """
    An open display.

    Attributes:
        driver: What it was opened with; never `auto`.
        surface: What is drawn on.

    Args:
        framebuffer: Where the surface is copied to; None for a display that SDL shows it on.
    """

    def __init__(self, driver: str, surface: pygame.Surface, framebuffer: Framebuffer | None = None) -> None:
        self.driver = driver
        self.surface = surface
        self._framebuffer = framebuffer
        self._backlight = Backlight()

    def flip(self) -> None:
        """Show what was drawn."""
        if self._framebuffer:
            self._framebuffer.show(self.surface)
        else:
            pygame.display.flip()

    def light(self, *, on: bool) -> None:
        """Switch it on or off as far as it can be; what is drawn stays."""
        if self.driver != "dummy":
            self._backlight.light(on=on)
        if self._framebuffer:
            self._framebuffer.light(on=on)

    def close(self) -> None:
        """Give it back, lit."""
        self.light(on=True)
        if self._framebuffer:
            self._framebuffer.close()
        pygame.display.quit()


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
    if DEVICE.exists():
        return "fbdev"
    raise DeviceMissing(
        f'screen.driver = "auto": no display found, neither a desktop nor /dev/dri/card* nor {DEVICE}; plug '
        'the display in and start again, or set screen.driver = "dummy" to run without one'
    )


def open_display(driver: str, size: tuple[int, int], *, fullscreen: bool) -> Display:
    """
    Open the display, with one driver and no other; `auto` takes the framebuffer where DRM cannot be had.

    Raises:
        DeviceMissing: If there is none for `auto` to choose.
        pygame.error: If it does not open.
        OSError: If it is a framebuffer that cannot be used.
    """
    if driver != "auto":
        return _open(driver, size, fullscreen=fullscreen)
    chosen = choose()
    try:
        return _open(chosen, size, fullscreen=fullscreen)
    except pygame.error as error:
        if chosen != "kmsdrm" or not DEVICE.exists():
            raise
        log.warning("the display does not open by kmsdrm (%s); trying %s", error, DEVICE)
        pygame.display.quit()
        return _open("fbdev", size, fullscreen=fullscreen)


def _open(driver: str, size: tuple[int, int], *, fullscreen: bool) -> Display:
    framebuffer = Framebuffer() if driver == "fbdev" else None
    try:
        if framebuffer:
            size = (framebuffer.geometry.width_px, framebuffer.geometry.height_px)
        surface = _surface(driver, size, fullscreen=fullscreen)
    except BaseException:
        if framebuffer:
            framebuffer.close()
        raise
    return Display(driver, surface, framebuffer)


def _surface(driver: str, size: tuple[int, int], *, fullscreen: bool) -> pygame.Surface:
    named = _SDL.get(driver)
    before = os.environ.get("SDL_VIDEODRIVER")
    if named is None:
        os.environ.pop("SDL_VIDEODRIVER", None)
    else:
        os.environ["SDL_VIDEODRIVER"] = named
    if named == "kmsdrm":
        # SDL tries desktop OpenGL first, which opens on a system without libGL too, as Raspberry Pi OS Lite
        # is, and then shows black.
        os.environ.setdefault("SDL_FRAMEBUFFER_ACCELERATION", "opengles2")
    try:
        pygame.display.init()
        if driver == "window" and pygame.display.get_driver() in {"dummy", "offscreen"}:
            raise pygame.error("no desktop to open a window on")
        surface = pygame.display.set_mode(size, pygame.FULLSCREEN if fullscreen and named != "dummy" else 0)
    finally:
        if before is None:
            os.environ.pop("SDL_VIDEODRIVER", None)
        else:
            os.environ["SDL_VIDEODRIVER"] = before
    pygame.display.set_caption("entrance-kiosk")
    pygame.mouse.set_visible(not fullscreen)
    pygame.event.set_blocked([pygame.MOUSEMOTION, pygame.FINGERMOTION])
    return surface
