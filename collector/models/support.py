"""What boxes have told of themselves when they were asked."""

from django.db import models

from collector.models.orders import Order


class SupportBundle(models.Model):
    """
    All that helps to find out what ailed a box, as it was when it was asked. Nothing in it tells of a person.

    Attributes:
        order: The command that asked for it.
        received_at: When it came.
        content: As it came: JSON in gzip.
    """

    order = models.OneToOneField(Order, on_delete=models.CASCADE, primary_key=True, related_name="bundle")
    received_at = models.DateTimeField()
    content = models.BinaryField()

    class Meta:
        """Looked up by age, to be forgotten."""

        indexes = (models.Index(fields=("received_at",), name="support_bundle_age"),)

    def __str__(self) -> str:
        return f"bundle of {self.order.kiosk_id}"
