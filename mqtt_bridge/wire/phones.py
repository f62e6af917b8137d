"""Phone numbers, read as doors read them."""

from kiosk.phones import e164

__all__ = ["e164"]
