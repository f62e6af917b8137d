"""Lists of visits that somebody takes along."""

import uuid

from django.conf import settings
from django.db import models

from collector.models.places import Place


class Export(models.Model):
    """
    A list that is being written, or lies ready for the one who asked for it.

    Attributes:
        id: Random: it stands in an address.
        user: For whom; nobody else gets it.
        place: Of which place.
        kind: `csv` or `xlsx`.
        query: Which visits, as the page of visits was asked.
        made_at: When it was asked for.
        status: `waiting`, `running`, `ready`, `failed` or `gone`.
        done: Rows written so far.
        total: Rows there will be; 0 while that is not known.
        ended_at: When it was ready or had failed; None before.
    """

    WAITING, RUNNING, READY, FAILED, GONE = "waiting", "running", "ready", "failed", "gone"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="exports")
    place = models.ForeignKey(Place, on_delete=models.CASCADE, related_name="exports")
    kind = models.CharField(max_length=8)
    query = models.JSONField(default=dict)
    made_at = models.DateTimeField()
    status = models.CharField(max_length=8, default=WAITING)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        """Looked up by what is still to be done."""

        indexes = (models.Index(fields=("status", "made_at"), name="export_open"),)

    def __str__(self) -> str:
        return f"{self.kind} of {self.place}"
