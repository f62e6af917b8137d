"""What persons asked the office about their own data."""

import uuid

from django.db import models

from collector.models.places import Place


class PersonRequest(models.Model):
    """
    Somebody asked what is held of them, or to correct or erase it; what was done is the receipt.

    It holds neither who asked nor what was held.

    Attributes:
        id: Random: the receipt's number is its first letters.
        place: Where.
        kind: `see`, `correct` or `erase`.
        at: When it was done.
        by: The account that did it.
        visits: How many visits it was about.
        reason: In words. Names nobody.
    """

    SEE, CORRECT, ERASE = "see", "correct", "erase"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="person_requests")
    kind = models.CharField(max_length=8)
    at = models.DateTimeField()
    by = models.CharField(max_length=150)
    visits = models.PositiveIntegerField(default=0)
    reason = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        """Read by place and time."""

        indexes = (models.Index(fields=("place", "at"), name="person_request_place"),)

    def __str__(self) -> str:
        return f"{self.kind} at {self.place}"
