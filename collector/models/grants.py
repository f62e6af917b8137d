"""Who may do what, where."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from collector.models.places import Place
from collector.models.units import Unit


class Grant(models.Model):
    """
    Somebody has a role: at a place, at all places of a unit and below, or everywhere.

    Attributes:
        user: Who.
        role: What as; what that allows is in `collector.rights`.
        unit: For the places of this unit and of all below; None for one place, or for everywhere.
        place: For this place; None likewise.
    """

    class Role(models.TextChoices):
        """The roles there are."""

        MANAGER = "manager", _("Manager")
        CLERK = "clerk", _("Clerk")
        PROVINCE = "province", _("Province")
        AUDITOR = "auditor", _("Auditor")
        TECHNICIAN = "technician", _("Technician")

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="grants")
    role = models.CharField(_("role"), max_length=16, choices=Role.choices)
    unit = models.ForeignKey(
        Unit, verbose_name=_("unit"), on_delete=models.CASCADE, null=True, blank=True, related_name="grants"
    )
    place = models.ForeignKey(
        Place, verbose_name=_("place"), on_delete=models.CASCADE, null=True, blank=True, related_name="grants"
    )

    class Meta:
        """One scope a grant, and each grant once."""

        verbose_name = _("role")
        verbose_name_plural = _("roles: at a place, at a unit and below, or (both empty) everywhere")
        constraints = (
            models.CheckConstraint(condition=Q(unit=None) | Q(place=None), name="grant_one_scope"),
            models.UniqueConstraint(fields=("user", "role", "unit"), name="grant_once_a_unit"),
            models.UniqueConstraint(fields=("user", "role", "place"), name="grant_once_a_place"),
            models.UniqueConstraint(
                fields=("user", "role"), name="grant_once_everywhere", condition=Q(unit=None, place=None)
            ),
        )

    def __str__(self) -> str:
        return f"{self.role} at {self.place or self.unit or 'all places'}"
