"""Guards' PINs and badges, hashed as doors check them."""

from kiosk.badges import badge_digest
from kiosk.pins import hashed, matches, salt_of

__all__ = ["badge_digest", "hashed", "matches", "salt_of"]
