"""Who looked at what: written once, never changed."""

from django.db import models


class AuditEntry(models.Model):
    """
    Somebody saw names, searched, took some along, or changed something.

    It holds no name, number or phone of a visitor, so that it can be kept, and shown to auditors. The
    database itself refuses to change or remove a row (`collector.append_only`).

    Attributes:
        at: When.
        user: The account's name; empty for what the centre did by itself. Text: accounts go, this stays.
        account: The account's number, which stays when its name is changed; None likewise.
        action: What, of `collector.audit.Action`.
        place: At which place, by its number; None where it is of none. No foreign key: places may go.
        place_name: As it was called then; empty likewise.
        subject: Of what: a visit's id, a guard's number, a door's name; empty for none.
        detail: What else was asked for or changed, by name; never a person's data.
        count: How many visits' names were shown; 0 where none were.
        address: From which network address; empty for the centre itself, or its command line.
    """

    at = models.DateTimeField()
    user = models.CharField(max_length=150, blank=True, default="")
    account = models.BigIntegerField(null=True)
    action = models.CharField(max_length=32)
    place = models.BigIntegerField(null=True)
    place_name = models.CharField(max_length=80, blank=True, default="")
    subject = models.CharField(max_length=64, blank=True, default="")
    detail = models.JSONField(blank=True, default=dict)
    count = models.PositiveIntegerField(default=0)
    address = models.CharField(max_length=45, blank=True, default="")

    class Meta:
        """Read by time, and by place."""

        indexes = (
            models.Index(fields=("at",), name="audit_at"),
            models.Index(fields=("place", "at"), name="audit_place"),
        )

    def __str__(self) -> str:
        return f"{self.action} by {self.user or 'the centre'}"
