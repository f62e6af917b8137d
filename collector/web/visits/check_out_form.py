"""When somebody left whom no door saw leave, as it is put right by hand."""

import datetime as dt
from collections.abc import Collection
from typing import Any

from django import forms
from django.core.validators import ProhibitNullCharactersValidator
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from collector.stays import Stay
from collector.web import reasons

REASON_LETTERS = 200
LEFT, STILL = "left", "inside"


class CheckOutForm(forms.Form):
    """
    Left at a time of the day of the stay, or still inside; and why.

    `left_at()` tells which, when it is valid.
    """

    what = forms.ChoiceField(choices=((LEFT, _("Left at")), (STILL, _("Still inside"))))
    time = forms.TimeField(
        required=False,
        input_formats=["%H:%M", "%H:%M:%S"],
        error_messages={"invalid": _("The time is none: write hours and minutes, such as 16:30.")},
    )
    reason = forms.CharField(
        max_length=REASON_LETTERS,
        validators=[ProhibitNullCharactersValidator()],
        error_messages={"required": _("Write why, such as “left by the back door”. Name nobody.")},
    )

    def __init__(
        self, *args: Any, stay: Stay, now: dt.datetime, names: Collection[str] = (), **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self._stay = stay
        self._now = now
        self._names = names

    @classmethod
    def of(cls, stay: Stay) -> "CheckOutForm":
        """The form as it is to be filled in."""
        shown = timezone.localtime(stay.left_at).strftime("%H:%M") if stay.left_at else ""
        return cls(initial={"what": LEFT, "time": shown}, stay=stay, now=timezone.now())

    @property
    def may_be_inside(self) -> bool:
        """Whether they can still be inside: only on the day itself."""
        return timezone.localdate(self._now) == timezone.localdate(self._stay.came_at)

    def clean_reason(self) -> str:
        """Words that do not tell of whom."""
        reason = str(self.cleaned_data["reason"])
        reasons.check(reason, self._names)
        return reason

    def clean(self) -> dict[str, Any]:
        """Whether this can have been."""
        told = super().clean() or self.cleaned_data
        if "what" not in told or "time" in self.errors:
            return told
        if told["what"] == STILL:
            if not self.may_be_inside:
                self.add_error("what", gettext("That day is over: nobody stays inside beyond midnight."))
            return told
        if told.get("time") is None:
            self.add_error("time", gettext("Write when they left: hours and minutes, such as 16:30."))
            return told
        left_at = self._instant(told["time"])
        came = timezone.localtime(self._stay.came_at).strftime("%H:%M")
        written = told["time"].strftime("%H:%M")
        if left_at < self._stay.came_at:
            self.add_error(
                "time",
                gettext("%(time)s is before they came (%(came)s): write a later time.")
                % {"time": written, "came": came},
            )
        elif left_at > self._now:
            self.add_error(
                "time",
                gettext("%(time)s is still to come: write a time that has passed.") % {"time": written},
            )
        return told

    def left_at(self) -> dt.datetime | None:
        """When they left (aware); None for still inside. Of a valid form only."""
        if self.cleaned_data["what"] == STILL:
            return None
        return self._instant(self.cleaned_data["time"])

    def _instant(self, time: dt.time) -> dt.datetime:
        came = timezone.localtime(self._stay.came_at)
        left = came.replace(hour=time.hour, minute=time.minute, second=time.second, microsecond=0)
        # Minutes are written, seconds are not: who left within the minute of coming did not leave before.
        return (
            came if left < came and left.replace(second=0) == came.replace(second=0, microsecond=0) else left
        )
