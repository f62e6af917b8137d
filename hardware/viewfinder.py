"""
Where the camera leaves its newest picture for the screen.

The device table builds the scanner and the screen apart, by name, and the core that owns both must never
hold a picture of a visitor. So the two meet here, inside `hardware`, at the one `VIEWFINDER` of the process.
"""

from threading import Lock

from hardware.frame import Frame


class Viewfinder:
    """Holds the newest frame and nothing older. Any thread may call anything."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._frame: Frame | None = None

    def put(self, frame: Frame) -> None:
        """Make this the newest frame, as the camera sees it: mirroring is the screen's work."""
        with self._lock:
            self._frame = frame

    def newest(self) -> Frame | None:
        """The newest frame; None before the first, and while the camera is lost."""
        with self._lock:
            return self._frame

    def clear(self) -> None:
        """Forget the frame, so that a lost camera leaves no frozen face on the screen."""
        with self._lock:
            self._frame = None


VIEWFINDER = Viewfinder()
"""The one that camera and screen share unless they are told otherwise."""
