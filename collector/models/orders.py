"""Commands to boxes, and what became of them."""

import uuid

from django.db import models

from collector.models.places import Kiosk


class Order(models.Model):
    """
    Something that a box is to do at once.

    Attributes:
        id: By which the box replies.
        kiosk: Which box.
        name: What: one of the commands of `mqtt_bridge.wire.orders`.
        arguments: How, by name.
        made_at: When somebody asked for it.
        deadline: When it is too late.
        counter: That of its message; None while it was not sent.
        sent_at: When it was sent first; None likewise.
        status: `waiting` to be sent, `sent`, then what the box replied: `done`, `refused` or `expired`.
        reason: Why it was not done; empty when it was.
        replied_at: When its end was known; None while it is not.
    """

    WAITING, SENT, DONE, REFUSED, EXPIRED = "waiting", "sent", "done", "refused", "expired"
    OPEN = (WAITING, SENT)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    kiosk = models.ForeignKey(Kiosk, on_delete=models.CASCADE, related_name="orders")
    name = models.CharField(max_length=32)
    arguments = models.JSONField(default=dict)
    made_at = models.DateTimeField()
    deadline = models.DateTimeField()
    counter = models.BigIntegerField(null=True)
    sent_at = models.DateTimeField(null=True)
    status = models.CharField(max_length=16, default=WAITING)
    reason = models.CharField(max_length=200, blank=True, default="")
    replied_at = models.DateTimeField(null=True)

    class Meta:
        """Looked up by what is still open."""

        indexes = (models.Index(fields=("status", "made_at"), name="order_open"),)

    def __str__(self) -> str:
        return f"{self.name} to {self.kiosk_id}"
