"""
Administration: accounts, what they may do, units and places. Django's own pages, for administrators.

Administrators see no visitor's name, but can give themselves a role that does: so they need a second factor,
and what they do is written into the audit.
"""

from typing import Any

from django.conf import settings
from django.contrib import admin
from django.contrib.admin.models import ADDITION, CHANGE, DELETION, LogEntry
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import User
from django.contrib.auth.views import redirect_to_login
from django.db.models.signals import post_save
from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url
from django.utils.translation import gettext_lazy as _
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice

from collector import audit
from collector.audit import Action
from collector.models import Grant, Kiosk, Place, Unit
from collector.web.access import SECOND_FACTOR_PAGE, is_proven

_DEEDS = {ADDITION: "added", CHANGE: "changed", DELETION: "removed"}


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


class _Grants(admin.TabularInline):  # type: ignore[type-arg]
    model = Grant
    extra = 1
    autocomplete_fields = ("unit", "place")


class _Accounts(UserAdmin):  # type: ignore[type-arg]
    """Accounts, with what each may do where."""

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

    @admin.action(description=_("Forget the second factor: it is set up anew at the next login"))
    def forget_second_factor(self, request: HttpRequest, queryset: Any) -> None:
        """For who has lost the phone and the codes on paper."""
        for user in queryset:
            TOTPDevice.objects.filter(user=user).delete()
            StaticDevice.objects.filter(user=user).delete()
            audit.write(request, Action.ADMINISTERED, subject=user.pk, what="second factor forgotten")


class _Units(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("name", "parent")
    search_fields = ("name",)
    autocomplete_fields = ("parent",)


class _Places(admin.ModelAdmin):  # type: ignore[type-arg]
    """Where a place belongs; all else is set on its own pages."""

    list_display = ("name", "unit", "kind", "keep_days")
    list_filter = ("kind",)
    search_fields = ("name",)
    autocomplete_fields = ("unit",)
    fields = ("name", "unit", "kind", "zone", "keep_days", "closes", "languages")


class _Kiosks(admin.ModelAdmin):  # type: ignore[type-arg]
    """Which box stands where; they are made by enrolling them."""

    list_display = ("name", "place", "door", "direction", "seen_at")
    search_fields = ("name", "place__name")
    fields = ("name", "place", "door", "direction")
    readonly_fields = ("name", "place")

    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002 - nobody
        """Boxes are enrolled, not typed in."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Kiosk | None = None) -> bool:  # noqa: ARG002 - nobody
        """Boxes are revoked, not forgotten."""
        return False


administration = Administration(name="admin")
administration.register(User, _Accounts)
administration.register(Unit, _Units)
administration.register(Place, _Places)
administration.register(Kiosk, _Kiosks)


def note(sender: object, instance: LogEntry, created: bool, **_kwargs: object) -> None:  # noqa: ARG001 - Django's form
    """What was done here goes into the audit too: by what kind of thing and number, without any words."""
    if created:
        audit.write_own(
            Action.ADMINISTERED,
            user=instance.user.get_username(),
            what=_DEEDS.get(instance.action_flag, ""),
            of=instance.content_type.model if instance.content_type else "",
            number=str(instance.object_id or ""),
        )


post_save.connect(note, sender=LogEntry, dispatch_uid="collector.administration")
