"""How a person is written down: the one field that tells who it was, and the pseudonym that does not."""

import hashlib
import hmac
import json

from kiosk.model import Visitor

_FIELDS = ("document", "name", "birth", "phone", "reference")


def written(visitor: Visitor) -> str:
    """The personal fields as one JSON text in plain ASCII; fields that are not known are left out."""
    known = {name: getattr(visitor, name) for name in _FIELDS if getattr(visitor, name)}
    return json.dumps(known, separators=(",", ":"))


def pseudonym(key: bytes, visitor: Visitor) -> str:
    """
    The name under which this door knows a person again: HMAC-SHA-256 of their identity, 64 hex digits.

    Without the key it tells nothing, not even by trying all ID numbers. The key lies in the journal, beside
    the person in clear: it keeps the look-up from depending on the person's text, and hides nothing yet.
    """
    return hmac.new(key, visitor.identity.encode(), hashlib.sha256).hexdigest()
