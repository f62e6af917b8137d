"""The screen: a window on a desk, the whole display of a box without a desktop, or memory in tests."""

import os
from pathlib import Path

import pygame

from hardware.page import Page
from hardware.painting import Painter
from hardware.viewfinder import VIEWFINDER
from kiosk.errors import DeviceClosed, DeviceMissing
from kiosk.model import Closing, KeyPress
from kiosk.ports import Report
from kiosk.signals import View

DRIVERS = ("auto", "window", "kmsdrm", "dummy")
"""What `screen.driver` may be."""

_KEYS = {
    pygame.K_BACKSPACE: "*",
    pygame.K_RETURN: "#",
    pygame.K_KP_ENTER: "#",
    pygame.K_KP_MULTIPLY: "*",
    pygame.K_KP0: "0",
    pygame.K_KP1: "1",
    pygame.K_KP2: "2",
    pygame.K_KP3: "3",
    pygame.K_KP4: "4",
    pygame.K_KP5: "5",
    pygame.K_KP6: "6",
    pygame.K_KP7: "7",
    pygame.K_KP8: "8",
    pygame.K_KP9: "9",
}


class PygameScreen:
    """
    Shows views with pygame; sound, joysticks and the rest of pygame stay off.

    Belongs to the main thread. A keyboard plugged into the box works as the keypad: digits, `*`, `#`,
    Backspace for `*`, Enter for `#`; Escape or closing the window ends the door.

    Args:
        width_px: Width asked for, in pixels; what the display then has is used.
        height_px: Height asked for. Higher than wide is a screen that stands upright.
        fullscreen: Whether to cover the display and hide the mouse.
        driver: `window` opens on a desktop, `kmsdrm` takes the display of a box without one, `dummy`
            draws into memory. `auto` takes a window where there is a desktop, else the display; it never
            draws into memory, where nobody would see it.

    Raises:
        DeviceMissing: If there is no display, or it does not open.
        ValueError: If `driver` is none of these.
    """

    def __init__(
        self, *, width_px: int = 1024, height_px: int = 600, fullscreen: bool = True, driver: str = "auto"
    ) -> None:
        if driver not in DRIVERS:
            raise ValueError(f'screen.driver = "{driver}": no such driver; use one of {", ".join(DRIVERS)}')
        self._view: View | None = None
        self._page: Page | None = None
        self._seen: int | None = None
        self._closed = False
        asked = _choose() if driver == "auto" else driver
        try:
            self._surface = _open(asked, (width_px, height_px), fullscreen)
            pygame.font.init()
            self._painter = Painter(*self._surface.get_size())
        except pygame.error as error:
            self.close()
            raise DeviceMissing(
                f'screen.driver = "{driver}": the display does not open ({error}); plug the display in and '
                "start again, and see that the user is in the groups video and render"
            ) from error
        self._painter.prepare()

    @property
    def size_px(self) -> tuple[int, int]:
        """Width and height that the display really has."""
        return self._painter.size

    def show(self, view: View) -> None:
        """
        Paint a view; it is visible when this returns.

        Raises:
            DeviceClosed: If the screen was closed.
        """
        self._check_open()
        if self._view != view:
            self._page = self._painter.page(view)
        self._view = view
        self._seen = None
        self._paint(self._surface, with_camera=True)
        pygame.display.flip()

    def attend(self, report: Report) -> None:
        """
        Serve the window: repaint the camera's picture if it is on view and new, report keys and closing.

        Raises:
            DeviceClosed: If the screen was closed.
        """
        self._check_open()
        for event in pygame.event.get():
            if event.type == pygame.QUIT or (event.type == pygame.KEYDOWN and event.key == pygame.K_ESCAPE):
                report(Closing())
            elif event.type == pygame.KEYDOWN:
                key = _KEYS.get(event.key, event.unicode)
                if key and key in "0123456789*#":
                    report(KeyPress(key))
            elif event.type in {pygame.WINDOWEXPOSED, pygame.WINDOWRESTORED}:
                pygame.display.flip()
        if self._mirror(self._surface):
            pygame.display.flip()

    def save(self, path: Path) -> None:
        """
        Write what is on the screen to a PNG, but for the camera's picture: no picture of a visitor is kept.

        Raises:
            DeviceClosed: If the screen was closed.
            OSError: If the file cannot be written.
        """
        self._check_open()
        copy = pygame.Surface(self._painter.size)
        self._paint(copy, with_camera=False)
        try:
            # The file is opened here, for pygame.error names no reason.
            with path.open("wb") as file:
                pygame.image.save(copy, file, "screen.png")
        except pygame.error as error:
            raise OSError(f"{path}: the picture cannot be written ({error})") from error

    def close(self) -> None:
        """Give the display back. Calling it twice does no harm."""
        if not self._closed:
            self._closed = True
            self._view = self._page = None
            pygame.font.quit()
            pygame.display.quit()

    def _check_open(self) -> None:
        if self._closed:
            raise DeviceClosed("the screen was closed; make a new one")

    def _paint(self, surface: pygame.Surface, *, with_camera: bool) -> None:
        if self._view is None or self._page is None:
            return
        self._painter.paint(surface, self._view, self._page)
        if with_camera:
            self._mirror(surface)

    def _mirror(self, surface: pygame.Surface) -> bool:
        """Paint the newest picture of the camera; whether there was one to paint."""
        if self._view is None or self._page is None or self._page.pane is None:
            return False
        frame = VIEWFINDER.newest()
        number = None if frame is None else frame.number
        if number == self._seen:
            return False
        self._seen = number
        if frame is None:
            self._painter.paint(surface, self._view, self._page)
        else:
            self._painter.mirror(surface, self._page.pane, frame.luma, self._view.mood)
        return True


def _choose() -> str:
    """The driver for the display there is."""
    if os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"):
        return "window"
    if any(Path("/dev/dri").glob("card*")):
        return "kmsdrm"
    raise DeviceMissing(
        'screen.driver = "auto": no display found, neither a desktop nor /dev/dri/card*; plug the display in '
        'and start again, or set screen.driver = "dummy" to run without one'
    )


def _open(driver: str, size: tuple[int, int], fullscreen: bool) -> pygame.Surface:
    """Open the display with one driver and no other."""
    named = {"kmsdrm": "kmsdrm", "dummy": "dummy"}.get(driver)
    before = os.environ.get("SDL_VIDEODRIVER")
    if named is None:
        os.environ.pop("SDL_VIDEODRIVER", None)
    else:
        os.environ["SDL_VIDEODRIVER"] = named
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
    pygame.event.set_blocked(pygame.MOUSEMOTION)
    return surface
