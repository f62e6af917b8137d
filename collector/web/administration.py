"""
Administration: accounts, what they may do, units and places. Django's own pages, for administrators.

Administrators see no visitor's name, but can give themselves a role that does: so they need a second factor,
and what they do is written into the audit, each role by itself.
"""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import User
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url
from django.utils.translation import gettext_lazy as _

from collector import accounts, audit, rights
from collector.audit import Action
from collector.models import Grant, Place, Unit
from collector.registering import fits
from collector.web.access import SECOND_FACTOR_PAGE, is_proven
from mqtt_bridge.wire.forms import Label

_NAME = _("Write one line of at most 80 letters, without signs that nobody sees.")


class Administration(admin.AdminSite):
    """For active administrators who have shown their second factor."""

    site_header = _("Administration")
    site_title = _("Administration")
    index_title = _("Accounts, units and places")
    site_url = "/"

    def has_permission(self, request: HttpRequest) -> bool:
        """Whether this account may administer."""
        user = request.user
        return bool(user.is_active and getattr(user, "is_superuser", False) and is_proven(request))

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """By the page that all log in on; then the second factor; no page for all others."""
        del extra_context
        wanted = request.GET.get("next") or request.get_full_path()
        if request.user.is_authenticated and getattr(request.user, "is_superuser", False):
            return redirect_to_login(wanted, resolve_url(SECOND_FACTOR_PAGE))
        if request.user.is_authenticated:
            return redirect_to_login("", resolve_url("home"))
        return redirect_to_login(wanted, resolve_url(settings.LOGIN_URL))


class _Noted(admin.ModelAdmin):  # type: ignore[type-arg]
    """Writes what is done into the audit: with what kind of thing and which number, without any words."""

    def log_addition(self, request: HttpRequest, obj: Model, message: Any) -> Any:
        """Something was added."""
        _note(request, "added", [obj])
        return super().log_addition(request, obj, message)

    def log_change(self, request: HttpRequest, obj: Model, message: Any) -> Any:
        """Something was changed."""
        _note(request, "changed", [obj])
        return super().log_change(request, obj, message)

    def log_deletions(self, request: HttpRequest, queryset: QuerySet[Any]) -> Any:
        """Something was removed, or several things at once."""
        _note(request, "removed", queryset)
        return super().log_deletions(request, queryset)


class _Grants(admin.TabularInline):  # type: ignore[type-arg]
    model = Grant
    extra = 1
    autocomplete_fields = ("unit", "place")


class _Accounts(UserAdmin, _Noted):  # type: ignore[type-arg]
    """Accounts, with what each may do where. A name stays: by it, the audit tells who looked."""

    inlines = (_Grants,)
    list_display = ("username", "is_active", "is_superuser", "last_login")
    list_filter = ("is_active", "is_superuser", "grants__role")
    filter_horizontal = ()
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        (_("Whose it is"), {"fields": ("first_name", "last_name", "email")}),
        (_("May log in"), {"fields": ("is_active", "is_superuser")}),
    )
    actions = ("forget_second_factor",)

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> Any:  # noqa: ARG002 - Django's form
        """The name, once it is there."""
        return ("username",) if obj else ()

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Roles given and taken are written down one by one."""
        user = form.instance
        before = _roles(user)
        super().save_related(request, form, formsets, change)
        after = _roles(user)
        for what, roles in (("role given", after - before), ("role taken", before - after)):
            for role, where in sorted(roles):
                told = {"what": what, "account": user.get_username(), "role": role, "where": where}
                audit.write(request, Action.ADMINISTERED, subject=user.pk, **told)

    @admin.action(description=_("Forget the second factor: it is set up anew at the next login"))
    def forget_second_factor(self, request: HttpRequest, queryset: Any) -> None:
        """For who has lost the phone and the codes on paper."""
        for user in queryset:
            accounts.take_second_factor(user)
            audit.write(request, Action.ADMINISTERED, subject=user.pk, what="second factor forgotten")


class _NameForm(ModelForm):  # type: ignore[type-arg]
    """Something that has a name which doors may show."""

    def clean_name(self) -> str:
        """The name, if doors can show it."""
        name = str(self.cleaned_data["name"])
        if not fits(name, Label):
            raise ValidationError(_NAME)
        return name


class _UnitForm(_NameForm):
    """A unit, which stands below no unit of its own."""

    def clean_parent(self) -> Unit | None:
        """The unit above, if that does not bend the tree into a circle."""
        parent: Unit | None = self.cleaned_data["parent"]
        if parent is not None and self.instance.pk and parent.pk in rights.below([self.instance.pk]):
            raise ValidationError(_("A unit cannot stand below itself: choose another."))
        return parent


class _Units(_Noted):
    form = _UnitForm
    list_display = ("name", "parent")
    search_fields = ("name",)
    autocomplete_fields = ("parent",)


class _Places(_Noted):
    """What a place is called, and where it belongs; all else is set on its own page, which checks it."""

    form = _NameForm
    list_display = ("name", "unit", "kind", "keep_days")
    list_filter = ("kind",)
    search_fields = ("name",)
    autocomplete_fields = ("unit",)
    fields = ("name", "unit")


administration = Administration(name="admin")
# Whoever removes accounts looks at each of them.
administration.disable_action("delete_selected")
administration.register(User, _Accounts)
administration.register(Unit, _Units)
administration.register(Place, _Places)


def _note(request: HttpRequest, what: str, things: Iterable[Model]) -> None:
    for thing in things:
        kind = thing._meta.model_name or ""  # noqa: SLF001 - Django's own documented name
        audit.write(request, Action.ADMINISTERED, subject=str(thing.pk), what=what, of=kind)


def _roles(user: User) -> set[tuple[str, str]]:
    """What somebody is, and where: the name of a place or a unit, empty for everywhere."""
    given = Grant.objects.filter(user=user.pk).select_related("place", "unit")
    return {(grant.role, str(grant.place or grant.unit or "")) for grant in given}
