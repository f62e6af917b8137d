"""Places, their boxes, their guards, and the keys that persons are sealed to."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from collector import paper
from collector.models.units import Unit

_SLUG_LETTERS = 7


def new_slug() -> str:
    """A short name for a place's web address: 34 thousand million, so nobody finds one by trying."""
    return paper.word(_SLUG_LETTERS)


class Place(models.Model):
    """
    An office.

    Attributes:
        name: As it calls itself.
        unit: Whose it is; None for a place that stands alone.
        slug: By which its own page for visitors is found.
        kind: `checkpoint`, where names are kept, sealed; or `public`, where only counts and pseudonyms are.
        zone: Its time zone (IANA); its midnight ends the day.
        keep_days: After so many days nobody can read any more who came.
        hours: When it is open, in its own words.
        closes: When it closes, by its own clock: who is still inside then is checked out; None for midnight.
        notice: A line for the visitors on the screen.
        help_desk: Phone number shown when a door is out of order.
        languages: Of the screen, the first before the others: `vi en`.
        code: A web address that the doors show in the place of the centre's own; empty for the centre's own.
        self_service: Whether visitors may key in their own number without a guard.
        asks_phone: Whether who comes in with a card that holds no phone number is asked for one.
        duty_minutes: How long a guard's turn of duty lasts.
        questions: What visitors who come in are asked, as `mqtt_bridge.wire.config.Question` travels.
        made_at: Since when it is known here.
    """

    CHECKPOINT, PUBLIC = "checkpoint", "public"
    _KINDS = ((CHECKPOINT, _("checkpoint: names are kept")), (PUBLIC, _("public place: only counts")))

    name = models.CharField(_("name"), max_length=80, unique=True)
    unit = models.ForeignKey(
        Unit, verbose_name=_("unit"), on_delete=models.PROTECT, null=True, blank=True, related_name="places"
    )
    slug = models.CharField(max_length=16, unique=True, default=new_slug)
    kind = models.CharField(_("kind"), max_length=16, default=CHECKPOINT, choices=_KINDS)
    zone = models.CharField(_("time zone"), max_length=64, default="Asia/Ho_Chi_Minh")
    keep_days = models.PositiveIntegerField(_("days that names are kept"), default=30)
    hours = models.CharField(max_length=80, blank=True, default="")
    closes = models.TimeField(_("closing time"), null=True, blank=True)
    notice = models.CharField(max_length=200, blank=True, default="")
    help_desk = models.CharField(max_length=80, blank=True, default="")
    languages = models.CharField(_("languages"), max_length=80, default="vi")
    code = models.CharField(max_length=200, blank=True, default="")
    self_service = models.BooleanField(default=True)
    asks_phone = models.BooleanField(default=False)
    duty_minutes = models.PositiveIntegerField(default=30)
    questions = models.JSONField(blank=True, default=list)
    made_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        """As administrators read it."""

        verbose_name = _("place")
        verbose_name_plural = _("places")

    def __str__(self) -> str:
        return self.name


class Kiosk(models.Model):
    """
    A box that belongs to a place.

    Attributes:
        name: Its name on the road.
        place: Whose it is.
        door: Which door it stands at.
        direction: `in`, `out` or `toggle`.
        revoked_at: Since when it is not let in any more; None while it is.
        counter: That of the last signed message to it: each is higher.
        config_counter: That of the last configuration sent to it; 0 for none.
        config_digest: SHA-256 of that configuration, without what changes from day to day.
        online: Whether the broker last called it online; None when never heard of.
        seen_at: When it last said how it is; None for never.
        health: What it said then.
    """

    name = models.CharField(max_length=63, primary_key=True)
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="kiosks")
    door = models.CharField(max_length=80, blank=True, default="")
    direction = models.CharField(max_length=8, default="toggle")
    revoked_at = models.DateTimeField(null=True)
    counter = models.BigIntegerField(default=0)
    config_counter = models.BigIntegerField(default=0)
    config_digest = models.BinaryField(max_length=32, default=b"")
    online = models.BooleanField(null=True)
    seen_at = models.DateTimeField(null=True)
    health = models.JSONField(default=dict)

    class Meta:
        """As administrators read it."""

        verbose_name = _("door")
        verbose_name_plural = _("doors")

    def __str__(self) -> str:
        return self.name


class Guard(models.Model):
    """
    Somebody whom a place lets check people in.

    Attributes:
        place: Where.
        name: As it stands with the visits.
        phone: For the manager to call; empty for none.
        pin_hash: Of the number keyed in at the door; empty for none.
        badge_hash: Of the subject of the signed badge; empty for none.
        right: What they may do: `check_in`, or empty for nothing: then no door knows them.
        badge_ends: When the badge is worth nothing any more; None where there is none.
    """

    place = models.ForeignKey(Place, on_delete=models.CASCADE, related_name="guards")
    name = models.CharField(max_length=64)
    phone = models.CharField(max_length=20, blank=True, default="")
    pin_hash = models.CharField(max_length=200, blank=True, default="")
    badge_hash = models.CharField(max_length=200, blank=True, default="")
    right = models.CharField(max_length=16, blank=True, default="check_in")
    badge_ends = models.DateTimeField(null=True)

    class Meta:
        """Names are one of a kind within a place."""

        constraints = (models.UniqueConstraint(fields=("place", "name"), name="guard_one_per_name"),)

    def __str__(self) -> str:
        return f"{self.name} of {self.place}"


class SealingKey(models.Model):
    """
    A key that persons of one day are sealed to. The private half lies in the key file only.

    Attributes:
        id: By which sealed persons name it.
        public: X25519, 32 bytes.
        begins: The first instant of its day.
        keep_days: For places that keep names so long.
        destroyed_at: When the private half was destroyed; None while it is there.
    """

    id = models.CharField(max_length=32, primary_key=True)
    public = models.BinaryField(max_length=32)
    begins = models.DateTimeField()
    keep_days = models.PositiveIntegerField()
    destroyed_at = models.DateTimeField(null=True)

    class Meta:
        """Looked up by what is needed next."""

        indexes = (models.Index(fields=("keep_days", "begins"), name="sealing_key_day"),)

    def __str__(self) -> str:
        return self.id
