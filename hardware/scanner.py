"""The scanner: a camera with a decoder behind it, brought back whenever it is lost."""

import random
from threading import Event
from typing import Any

from tenacity import Retrying, retry_if_exception_type, stop_when_event_set, wait_random_exponential
from tenacity.nap import sleep_using_event

from hardware.camera import Camera
from hardware.cameras import camera_of
from hardware.decoder import Decoder
from hardware.frame import Frame
from hardware.viewfinder import VIEWFINDER, Viewfinder
from kiosk.errors import DeviceLost, DeviceMissing
from kiosk.glimpse import Glimpse
from kiosk.model import Source
from kiosk.ports import Report
from kiosk.reports import DeviceChange, Reading

_FIRST_PAUSE_S = 0.5
_LONGEST_PAUSE_S = 30.0
_SHORTEST_PAUSE_S = 0.1


class Scanner:
    """
    Reads codes before a camera (`kiosk.ports.Scanner`).

    A camera counts as found with its first frame. One that is missing or lost is reported once, and opened
    again after pauses that grow, with jitter, from at most half a second.

    Args:
        camera: Where the pictures come from. The scanner opens and closes it.
        decoder: Reads the pictures; None makes one when it first runs.
        viewfinder: Where the screen finds the newest frame.
        longest_pause_s: What the pauses grow to. Default 30.
    """

    def __init__(
        self,
        camera: Camera,
        decoder: Decoder | None = None,
        viewfinder: Viewfinder = VIEWFINDER,
        *,
        longest_pause_s: float = _LONGEST_PAUSE_S,
    ) -> None:
        self._camera = camera
        self._decoder = decoder
        self._viewfinder = viewfinder
        self._longest_pause_s = longest_pause_s
        self._last_frame_s: float | None = None
        self._present: bool | None = None

    @property
    def last_frame_s(self) -> float | None:
        """When the newest frame was taken (monotonic seconds); None before the first, or while lost."""
        return self._last_frame_s

    def run(self, report: Report, stop: Event) -> None:
        """
        Read until `stop` is set, reporting every text seen on every frame, again and again.

        Of a frame with a code that cannot be read, what it shows of the code is reported (`Glimpse`).
        """
        retrying = Retrying(
            retry=retry_if_exception_type((DeviceMissing, DeviceLost)),
            wait=wait_random_exponential(
                multiplier=_FIRST_PAUSE_S, max=self._longest_pause_s, min=_SHORTEST_PAUSE_S
            ),
            sleep=sleep_using_event(stop),
            stop=stop_when_event_set(stop),
            retry_error_callback=lambda _: None,
        )
        try:
            while not stop.is_set():
                frame = retrying(self._first_frame, report)
                if frame is None:
                    return
                try:
                    self._watch(frame, report, stop)
                except DeviceLost as problem:
                    self._lost(problem, report)
                    # A camera that dies with its first frame each time must not spin.
                    stop.wait(random.uniform(_SHORTEST_PAUSE_S, _FIRST_PAUSE_S))  # noqa: S311
        finally:
            self._let_go()

    def _first_frame(self, report: Report) -> Frame | None:
        try:
            self._decoder = self._decoder or Decoder()
            self._camera.open()
            frame = self._camera.capture()
        except (DeviceMissing, DeviceLost) as problem:
            self._lost(problem, report)
            raise
        if self._present is not True:
            self._present = True
            report(DeviceChange("scanner", present=True, part="camera"))
        return frame

    def _watch(self, frame: Frame, report: Report, stop: Event) -> None:
        assert self._decoder is not None
        while True:
            self._last_frame_s = frame.monotonic_s
            self._viewfinder.put(frame)
            if texts := self._decoder.read(frame.luma, frame.closer):
                report(Reading(tuple(texts), Source.CAMERA))
            elif self._decoder.glimpse is not Glimpse.NOTHING:
                report(self._decoder.glimpse)
            if stop.is_set():
                return
            self._camera.heed(self._decoder.glimpse)
            frame = self._camera.capture()

    def _lost(self, problem: DeviceMissing | DeviceLost, report: Report) -> None:
        self._let_go()
        if self._present is not False:
            self._present = False
            report(DeviceChange("scanner", present=False, problem=str(problem), part="camera"))

    def _let_go(self) -> None:
        self._last_frame_s = None
        self._viewfinder.clear()
        self._camera.close()


class CameraScanner(Scanner):
    """
    The scanner of a real door: the Raspberry Pi's camera, or one on USB.

    Args:
        options: As `hardware.cameras.camera_of` takes them.

    Raises:
        SettingsError: If an option is out of its range.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(camera_of(**options))
