"""The tree of units that places belong to: a country's provinces, their communes, whatever is below."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Unit(models.Model):
    """
    A province, a commune, an office: any depth. Its places, and those of all units below, are its own.

    Attributes:
        name: As people call it; one of a kind below the same unit.
        parent: The unit above; None for the topmost.
    """

    name = models.CharField(_("name"), max_length=80)
    parent = models.ForeignKey(
        "self",
        verbose_name=_("unit above"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
    )

    class Meta:
        """In the order of names."""

        verbose_name = _("unit")
        verbose_name_plural = _("units")
        ordering = ("name",)
        constraints = (
            models.UniqueConstraint(fields=("parent", "name"), name="unit_one_per_name"),
            models.UniqueConstraint(fields=("name",), name="unit_one_topmost", condition=Q(parent=None)),
        )

    def __str__(self) -> str:
        return self.name
