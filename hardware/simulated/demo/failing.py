"""What keeps a demo from going on."""

from kiosk.errors import KioskError


class DemoFailed(KioskError, RuntimeError):
    """The demo could not go on; the message says what to look at."""
