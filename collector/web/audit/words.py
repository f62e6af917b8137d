"""What the audit holds, in plain words."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from collector.audit import Action

ACTIONS: Mapping[str, Any] = {
    Action.LOGGED_IN: _("Logged in"),
    Action.LOGGED_OUT: _("Logged out"),
    Action.LOGIN_FAILED: _("Login that failed"),
    Action.SECOND_FACTOR: _("Second step shown"),
    Action.SECOND_FACTOR_SET: _("Second step set up"),
    Action.PASSWORD_CHANGED: _("Password changed"),
    Action.SAW_VISITS: _("Saw the visits of a day"),
    Action.SAW_VISIT: _("Saw one visit"),
    Action.SAW_INSIDE: _("Saw who is inside"),
    Action.SEARCHED: _("Searched for somebody"),
    Action.EXPORTED: _("Had a list made"),
    Action.FETCHED_EXPORT: _("Fetched a list"),
    Action.CHANGED_CHECK_OUT: _("Put a leaving right"),
    Action.PERSON_SEEN: _("Request: saw what is held"),
    Action.PERSON_CORRECTED: _("Request: corrected what is held"),
    Action.PERSON_ERASED: _("Request: erased what is held"),
    Action.GUARD_CHANGED: _("Changed a guard"),
    Action.GUARD_PIN: _("Made a guard's PIN"),
    Action.GUARD_BADGE: _("Made a guard's badge"),
    Action.GUARD_REMOVED: _("Removed a guard"),
    Action.PLACE_CHANGED: _("Changed a place's settings"),
    Action.DOOR_COMMANDED: _("Commanded a box"),
    Action.ADMINISTERED: _("Administered"),
}
"""By what is stored; a test says that none is left out."""


def told(action: str) -> str:
    """An action in the language that is set; as it is stored where nobody knows it any more."""
    return str(ACTIONS.get(action, action))


def detail(facts: Mapping[str, Any]) -> str:
    """What else stands with an entry, as it is stored: `first: 2026-03-14 · kind: csv`."""
    return " · ".join(f"{name}: {_value(value)}" for name, value in sorted(facts.items()))


def _value(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
