"""What the audit holds, in plain words."""

import re
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from collector.audit import Action
from collector.exporting.words import VIAS, WAYS
from collector.models import Grant

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
    Action.SAW_GUARDS: _("Saw the guards"),
    Action.GUARD_CHANGED: _("Changed a guard"),
    Action.GUARD_PIN: _("Made a guard's PIN"),
    Action.GUARD_BADGE: _("Made a guard's badge"),
    Action.GUARD_REMOVED: _("Removed a guard"),
    Action.PLACE_CHANGED: _("Changed a place's settings"),
    Action.DOOR_COMMANDED: _("Commanded a box"),
    Action.FETCHED_SUPPORT: _("Fetched a box's support bundle"),
    Action.SETUP_CODE: _("Made or withdrew a set-up code"),
    Action.DOOR_ENROLLED: _("A box was enrolled"),
    Action.TECHNICIAN_BADGE: _("Made a technician's badge"),
    Action.ADMINISTERED: _("Administered"),
}
"""By what is stored; a test says that none is left out."""
_NAMES: Mapping[str, Any] = {
    "account": _("Account"),
    "by": _("Found by"),
    "date": _("Day"),
    "days": _("Days"),
    "direction": _("Way"),
    "door": _("Door"),
    "fields": _("Fields"),
    "filters": _("Chosen by"),
    "first": _("From day"),
    "found": _("Found"),
    "guard": _("Guard"),
    "kind": _("Kind"),
    "last": _("To day"),
    "made_at": _("Of when"),
    "of": _("Of what"),
    "minutes": _("Minutes"),
    "opened": _("Names looked through"),
    "replaced": _("In place of another"),
    "role": _("Role"),
    "step": _("Step"),
    "version": _("Version"),
    "via": _("Recorded by"),
    "visits": _("Visits"),
    "what": _("What"),
    "where": _("Place"),
    "wifi": _("Wi-Fi"),
}
_VALUES: Mapping[str, Any] = {
    **WAYS,
    **VIAS,
    **dict(Grant.Role.choices),
    "account removed": _("account removed"),
    "added": _("added"),
    "asked": _("asked for"),
    "asks_phone": _("phone asked for"),
    "audit": _("audit"),
    "birth": _("birth"),
    "changed": _("changed"),
    "closes": _("closing time"),
    "code": _("code on the screen"),
    "direction": _("way"),
    "door": _("door"),
    "duty_minutes": _("turn of duty"),
    "found": _("looked up"),
    "given": _("given"),
    "guard": _("guard"),
    "help_desk": _("help desk"),
    "hours": _("opening hours"),
    "inside": _("still inside"),
    "keep_days": _("days that names are kept"),
    "kind": _("kind"),
    "languages": _("languages"),
    "left": _("left"),
    "made": _("made"),
    "name": _("name"),
    "notice": _("notice"),
    "number": _("number"),
    "document": _("ID number"),
    "password": _("password"),
    "password_change": _("changing the password"),
    "phone": _("phone"),
    "place": _("place"),
    "questions": _("questions"),
    "ready": _("ready"),
    "receipt": _("receipt"),
    "reference": _("health-insurance number"),
    "removed": _("removed"),
    "role given": _("role given"),
    "role taken": _("role taken"),
    "second factor forgotten": _("second step forgotten"),
    "second_factor": _("second step"),
    "self_service": _("keying in without a guard"),
    "slug": _("address of the poster"),
    "unit": _("unit"),
    "user": _("account"),
    "via": _("recorded by"),
    "withdrawn": _("withdrawn"),
    "zone": _("time zone"),
    "True": _("yes"),
    "False": _("no"),
}
_DAY = re.compile(r"^([0-9]{4})-([0-9]{2})-([0-9]{2})$")


class Words:
    """What stands with entries, in the language that is set when this is made."""

    def __init__(self) -> None:
        self._actions, self._names, self._values = (
            {name: str(word) for name, word in table.items()} for table in (ACTIONS, _NAMES, _VALUES)
        )

    def action(self, action: str) -> str:
        """An action; as it is stored where nobody knows it any more."""
        return self._actions.get(action, action)

    def detail(self, facts: Mapping[str, Any]) -> str:
        """What else stands there, such as `From day: 14/03/2026 · Kind: csv`; what has no words as it is."""
        told = ((self._names.get(name, name), self._value(value)) for name, value in sorted(facts.items()))
        return " · ".join(f"{name}: {value}" for name, value in told if value)

    def _value(self, value: Any) -> str:
        values = value if isinstance(value, list) else [value]
        return ", ".join(self._values.get(str(one), _DAY.sub(r"\3/\2/\1", str(one))) for one in values)
