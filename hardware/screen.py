"""The screen: a window on a desk, the whole display of a box without a desktop, or memory in tests."""

from pathlib import Path
from time import monotonic

import pygame

from hardware.composing import WIDE
from hardware.displays import DRIVERS, Display, open_display
from hardware.fading import Fade
from hardware.layout import Box
from hardware.page import Page
from hardware.painting import Painter
from hardware.touching import Touch, typed
from hardware.viewfinder import VIEWFINDER
from kiosk.errors import DeviceClosed, DeviceMissing
from kiosk.ports import Report
from kiosk.reports import Closing, DeviceChange, KeyPress
from kiosk.signals import View


class PygameScreen:
    """
    Shows views with pygame; sound, joysticks and the rest of pygame stay off.

    Belongs to the main thread. A keyboard plugged into the box works as the keypad, with the keys of
    `hardware.touching.typed`. Closing the window ends the door; so does Escape in a window that does not
    cover the display.

    Args:
        width_px: Width asked for, in pixels; what the display then has is used.
        height_px: Height asked for. Higher than wide is a screen that stands upright.
        fullscreen: Whether to cover the display and hide the mouse.
        driver: `window` opens on a desktop, `kmsdrm` takes the display of a box without one, `fbdev` one that
            only has a framebuffer, `dummy` draws into memory. `auto` takes a window where there is a desktop,
            else the display; it never draws into memory, where nobody would see it.
        touch: Whether fingers, or a mouse, press what is drawn: keys, choices, what the keys do. The screen
            is then a keypad too, and says so once, as the part `touch`.
        night: `dark` shows a door at rest in dark colours at night; `off` shows nothing then, and switches
            the display off where it can be, until something happens.
        transitions: Whether an answer fades out on the way back to rest. None, the default: on every display,
            and not in memory.
        prepared: Whether fonts and drawings are made while the screen is first attended, some each time, and
            not while somebody waits for the first answer. It takes half a second, which no start waits for.

    Raises:
        DeviceMissing: If there is no display, or it does not open.
        ValueError: If `driver` is none of these.
    """

    def __init__(
        self,
        *,
        width_px: int = 1024,
        height_px: int = 600,
        fullscreen: bool = True,
        driver: str = "auto",
        touch: bool = False,
        night: str = "dark",
        transitions: bool | None = None,
        prepared: bool = True,
    ) -> None:
        if driver not in DRIVERS:
            raise ValueError(f'screen.driver = "{driver}": no such driver; use one of {", ".join(DRIVERS)}')
        self._view: View | None = None
        self._page: Page | None = None
        self._seen: int | None = None
        self._shape: float | None = None
        self._fade: Fade | None = None
        self._closed = False
        self._goes_off = night == "off"
        self._is_off = False
        self._resting: View | None = None
        self._display: Display | None = None
        try:
            self._display = open_display(driver, (width_px, height_px), fullscreen=fullscreen)
            self._surface = self._display.surface
            pygame.font.init()
            self._painter = Painter(*self._surface.get_size(), touch=touch)
        except DeviceMissing:
            self.close()
            raise
        except (pygame.error, OSError) as error:
            self.close()
            raise DeviceMissing(
                f'screen.driver = "{driver}": the display does not open ({error}); plug the display in and '
                "start again, and see that the user is in the groups video and render"
            ) from error
        asked = self._display.driver
        self._fades = asked != "dummy" if transitions is None else transitions
        self._covers = fullscreen or asked in {"kmsdrm", "fbdev"}
        self._touch = Touch(self._painter.size) if touch else None
        self._announced = not touch
        self._rehearsal = self._painter.rehearse() if prepared else iter(())

    @property
    def size_px(self) -> tuple[int, int]:
        """Width and height that the display really has."""
        return self._painter.size

    def show(self, view: View) -> None:
        """
        Paint a view; it is visible when this returns.

        Only when the door goes back to waiting, what was there before may still fade out over it, for less
        than 0.2 seconds, while the screen is attended; whatever is shown next is whole at once.

        Raises:
            DeviceClosed: If the screen was closed.
        """
        self._check_open()
        before, self._fade = self._view, None
        if self._rests(view):
            return
        if self._fades and before and view.state == "waiting" and before.state != "waiting":
            self._fade = Fade(self._surface, monotonic())
        if before != view:
            self._lay_out(view)
            if self._touch:
                self._touch.let_go()
        self._view = view
        self._paint_anew()
        self._flip()

    def attend(self, report: Report) -> None:
        """
        Serve the window: repaint the camera's picture if it is on view and new, report keys and closing.

        Raises:
            DeviceClosed: If the screen was closed.
        """
        self._check_open()
        if not self._announced:
            self._announced = True
            report(DeviceChange("keypad", present=True, part="touch"))
        next(self._rehearsal, None)
        changed = False
        for event in pygame.event.get():
            changed = self._hear(event, report) or changed
        if self._fade or (self._touch and self._touch.released(monotonic())):
            self._paint_anew()
            changed = True
        painted = self._mirror()
        if painted or changed:
            self._flip(None if changed else painted)

    def save(self, path: Path) -> None:
        """
        Write what is on the screen to a PNG, but for the camera's picture: no picture of a visitor is kept.

        Raises:
            DeviceClosed: If the screen was closed.
            OSError: If the file cannot be written.
        """
        self._check_open()
        copy = pygame.Surface(self._painter.size)
        if self._view is not None and self._page is not None:
            self._painter.paint(copy, self._view, self._page)
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
            self._view = self._page = self._fade = None
            pygame.font.quit()
            if self._display:
                self._display.close()
            else:
                pygame.display.quit()

    def _check_open(self) -> None:
        if self._closed:
            raise DeviceClosed("the screen was closed; make a new one")

    def _rests(self, view: View) -> bool:
        """Whether the display is off for this view; it is switched as it ought to be."""
        assert self._display
        is_off = self._goes_off and view.night and view.state == "waiting"
        self._resting = view if is_off else None
        if is_off and not self._is_off:
            self._view = self._page = None
            self._surface.fill((0, 0, 0))
            self._flip()
        if is_off != self._is_off:
            self._is_off = is_off
            self._display.light(on=not is_off)
        return is_off

    def _wake(self) -> bool:
        """Show what a finger cannot find in the dark; until the next view, a minute at most."""
        assert self._display
        assert self._resting
        self._is_off = False
        self._view = self._resting
        self._lay_out(self._view)
        self._paint_anew()
        self._display.light(on=True)
        return True

    def _flip(self, painted: Box | None = None) -> None:  # noqa: ARG002 - for whoever looks on
        """Have what was painted seen: a part of the screen, or all of it."""
        assert self._display
        self._display.flip()

    def _lay_out(self, view: View) -> None:
        frame = VIEWFINDER.newest() if view.aiming else None
        if frame is not None:
            self._shape = frame.luma.shape[1] / frame.luma.shape[0]
        self._page = self._painter.page(view, shape=self._shape or WIDE)

    def _paint_anew(self) -> None:
        """Paint the whole screen: page, camera's picture, and what is left of the old screen."""
        if self._view is None or self._page is None:
            return
        pressed = self._touch.pressed if self._touch else None
        self._painter.paint(self._surface, self._view, self._page, pressed)
        self._seen = None
        self._mirror()
        if self._fade and not self._fade.lay_over(self._surface, monotonic()):
            self._fade = None

    def _hear(self, event: pygame.Event, report: Report) -> bool:
        """Take what the window tells; whether something must be shown anew."""
        escapes = event.type == pygame.KEYDOWN and event.key == pygame.K_ESCAPE and not self._covers
        if event.type == pygame.QUIT or escapes:
            report(Closing())
        elif event.type == pygame.KEYDOWN:
            if key := typed(event):
                report(KeyPress(key))
        elif event.type in {pygame.WINDOWEXPOSED, pygame.WINDOWRESTORED}:
            return True
        elif self._is_off and event.type in {pygame.FINGERDOWN, pygame.MOUSEBUTTONDOWN}:
            return self._wake()
        else:
            return self._feel(event, report)
        return False

    def _feel(self, event: pygame.Event, report: Report) -> bool:
        """Take a touch; whether something looks different now."""
        if self._touch is None or self._page is None or self._view is None:
            return False
        before, now_s = self._touch.pressed, monotonic()
        self._touch.ends(event, now_s)
        plate = self._touch.begins(event, self._page, now_s)
        if plate is None:
            return False
        report(KeyPress(plate.key))
        if before:
            # It may still look pressed.
            self._paint_anew()
        else:
            self._painter.plate(self._surface, self._view, plate, pressed=True)
        return True

    def _mirror(self) -> Box | None:
        """Paint the newest picture of the camera; which part of the screen was painted, None for none."""
        if self._view is None or self._page is None or self._page.pane is None:
            return None
        whole = Box(0, 0, *self._painter.size)
        frame = VIEWFINDER.newest()
        number = None if frame is None else frame.number
        if number == self._seen:
            return None
        self._seen = number
        if frame is None:
            self._painter.paint(self._surface, self._view, self._page)
            return whole
        painted = self._page.pane
        if self._shape is None or frame.luma.shape[1] / frame.luma.shape[0] != self._shape:
            # A camera whose pictures have another shape: the pane takes it.
            self._lay_out(self._view)
            pressed = self._touch.pressed if self._touch else None
            self._painter.paint(self._surface, self._view, self._page, pressed)
            painted = whole
        self._painter.mirror(self._surface, self._view, self._page, frame.luma)
        return painted
