"""Guards' numbers and badges, hashed as doors check them."""

from kiosk.pins import badge_digest, hashed, is_pin

__all__ = ["badge_digest", "hashed", "is_pin"]
