"""Set-up codes: each makes one box the centre's, once."""

from django.db import models

from collector.models.places import Kiosk


class SetupCode(models.Model):
    """
    A set-up code that somebody has made. What it says is kept nowhere: the token as its digest only.

    Attributes:
        kiosk: The box that is made the centre's with it.
        digest: SHA-256 of the token, in hexadecimal.
        made_at: When it was made.
        made_by: The account that made it; empty for a command of the centre.
        expires_at: From when on it is worth nothing.
        withdrawn_at: When it was taken back, or a newer one took its place; None while it was not.
        used_at: When a box was enrolled with it; None for not yet.
        key_digest: SHA-256 of that box's public key, in hexadecimal; empty likewise.
        certificate: The one that the box was given, in PEM; empty likewise.
        settled: Whether what the box before it held is shut out.
    """

    kiosk = models.ForeignKey(Kiosk, on_delete=models.CASCADE, related_name="setup_codes")
    digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=150)
    expires_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField(null=True)
    key_digest = models.CharField(max_length=64, blank=True, default="")
    certificate = models.TextField(blank=True, default="")
    settled = models.BooleanField(default=False)

    class Meta:
        """A box has one that is neither used nor withdrawn."""

        constraints = (
            models.UniqueConstraint(
                fields=("kiosk",),
                condition=models.Q(used_at=None, withdrawn_at=None),
                name="setup_code_one_open",
            ),
        )

    def __str__(self) -> str:
        return f"for {self.kiosk_id}"
