"""What the centre adds to visits: when somebody left who passed no door, and what was changed by hand."""

from django.db import models

from collector.models.places import Place


class CheckOut(models.Model):
    """
    When somebody left whom no door saw leave. The newest of a visit holds; none is changed or removed.

    Where a door did see them leave, whenever that is heard of, an automatic one counts no more.

    Attributes:
        visit: The coming in that it ends.
        place: Where.
        at: When they left; None says that they did not: they are still inside.
        automatic: Whether the centre did it, at the place's closing time.
        by: The account that did it by hand; empty for the centre.
        reason: Why, in words; empty for the centre. Names nobody.
        made_at: When this was written.
    """

    visit = models.UUIDField()
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="check_outs")
    at = models.DateTimeField(null=True)
    automatic = models.BooleanField(default=False)
    by = models.CharField(max_length=150, blank=True, default="")
    reason = models.CharField(max_length=200, blank=True, default="")
    made_at = models.DateTimeField()

    class Meta:
        """Looked up by visit, and by place and time."""

        indexes = (
            models.Index(fields=("visit",), name="check_out_visit"),
            models.Index(fields=("place", "at"), name="check_out_place"),
        )

    def __str__(self) -> str:
        return f"check-out of {self.visit}"


class Change(models.Model):
    """
    Something of a visit was changed by hand: what, never from or to which words.

    Attributes:
        visit: Of which visit.
        at: When.
        by: The account that did it.
        what: `corrected` or `erased`.
        fields: Names of the fields that were corrected, with spaces between.
        reason: Why, in words. Names nobody.
    """

    CORRECTED, ERASED = "corrected", "erased"

    visit = models.UUIDField()
    at = models.DateTimeField()
    by = models.CharField(max_length=150)
    what = models.CharField(max_length=16)
    fields = models.CharField(max_length=80, blank=True, default="")
    reason = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        """Looked up by visit."""

        indexes = (models.Index(fields=("visit",), name="change_visit"),)

    def __str__(self) -> str:
        return f"{self.what}: {self.visit}"
