"""Which entries of the audit somebody wants to see, and which of them they may."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy

from collector import days, rights
from collector.audit import Action
from collector.models import AuditEntry, Grant, Place
from collector.rights import Account, Right
from collector.web.audit.words import ACTIONS
from collector.web.exports.asking import BAD_DAY, EVERY, FIRST_DAY, LAST_DAY

PAGE_ENTRIES = 100
CHUNK = 1000
"""Entries a query, where all are wanted."""


class AskForm(forms.Form):
    """What is chosen by; all of it may be empty."""

    first = forms.DateField(label=gettext_lazy("From day"), required=False, error_messages=BAD_DAY)
    last = forms.DateField(label=gettext_lazy("To day"), required=False, error_messages=BAD_DAY)
    user = forms.CharField(label=gettext_lazy("Account"), required=False, max_length=150)
    action = forms.ChoiceField(
        label=gettext_lazy("What was done"), required=False, choices=(EVERY, *ACTIONS.items())
    )
    place = forms.ModelChoiceField(
        label=gettext_lazy("Place"), required=False, queryset=Place.objects.none(), empty_label=EVERY[1]
    )

    def __init__(self, account: Account, data: Any = None) -> None:
        super().__init__(data)
        field = self.fields["place"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = rights.places(account, Right.SEE_AUDIT)
        for name in ("first", "last"):
            attributes = {"type": "date", "min": FIRST_DAY, "max": LAST_DAY}
            self.fields[name].widget = forms.DateInput(attributes, format="%Y-%m-%d")
        self.fields["user"].widget.attrs.update({"autocomplete": "off", "autocapitalize": "none"})

    @property
    def wanted(self) -> Q:
        """What was asked for; of a form that was looked at: what will not do chooses all."""
        told = getattr(self, "cleaned_data", {})
        zone = timezone.get_current_timezone()
        found = Q()
        if (first := told.get("first")) is not None:
            found &= Q(at__gte=_midnight(first, zone))
        if (last := told.get("last")) is not None and last < dt.date.max:
            found &= Q(at__lt=_midnight(last + dt.timedelta(days=1), zone))
        for name in ("user", "action"):
            if told.get(name):
                found &= Q(**{name: told[name]})
        if told.get("place") is not None:
            found &= Q(place=told["place"].pk)
        return found


def entries(account: Account) -> QuerySet[AuditEntry]:
    """
    Those that somebody may see, the newest first.

    Who audits some places sees what happened there; and, of what happened at no place, what accounts did that
    have a role there, and what was administered of these accounts and places.
    """
    found = AuditEntry.objects.order_by("-at", "-pk")
    if rights.everywhere(account, Right.SEE_AUDIT):
        return found
    places = list(rights.places(account, Right.SEE_AUDIT).values_list("pk", flat=True))
    units = rights.units(account, Right.SEE_AUDIT).values_list("pk", flat=True)
    within = Grant.objects.filter(Q(place__in=places) | Q(unit__in=list(units)))
    accounts = dict(within.values_list("user", "user__username"))
    of_account = Q(detail__of="user") | ~Q(detail__has_key="of")
    administered = Q(subject__in=[str(one) for one in accounts]) & of_account
    administered |= Q(subject__in=[str(one) for one in places], detail__of="place")
    administered |= Q(detail__account__in=list(accounts.values()))
    nowhere = Q(account__in=list(accounts)) | Q(action=Action.ADMINISTERED) & administered
    return found.filter(Q(place__in=places) | Q(place=None) & nowhere)


def older(found: QuerySet[AuditEntry], than: AuditEntry) -> QuerySet[AuditEntry]:
    """Those of some entries that are older than one."""
    return found.filter(Q(at__lte=than.at) & (Q(at__lt=than.at) | Q(pk__lt=than.pk)))


def chunks(found: QuerySet[AuditEntry]) -> Iterator[list[AuditEntry]]:
    """All of some entries, the newest first, `CHUNK` by `CHUNK`."""
    chunk = list(found[:CHUNK])
    while chunk:
        yield chunk
        chunk = list(older(found, chunk[-1])[:CHUNK])


def _midnight(date: dt.date, zone: dt.tzinfo) -> dt.datetime:
    return days.of(date, zone).begins if FIRST_DAY <= date <= LAST_DAY else _edge(date)


def _edge(date: dt.date) -> dt.datetime:
    """Days that no entry is of."""
    return dt.datetime.combine(min(max(date, FIRST_DAY), LAST_DAY), dt.time(), dt.UTC)
