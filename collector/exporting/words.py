"""Which way, and how a door learned it, in words."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

WAYS: Mapping[str, Any] = {"in": _("In"), "out": _("Out")}
VIAS: Mapping[str, Any] = {
    "camera": _("Camera"),
    "reader": _("Code reader"),
    "keypad": _("Keypad"),
    "web": _("Visitor’s phone"),
}
