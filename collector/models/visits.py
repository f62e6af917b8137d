"""What the doors' journals hold, how far each is complete, and what was not understood."""

import json

from django.db import models
from django.db.models import Q

from collector import personal
from collector.models.places import Place


class Visit(models.Model):
    """
    Somebody passed a door.

    Attributes:
        id: UUIDv7, made at the door.
        kiosk: The kiosk's name; that of a place's own page is `@` and the place's number.
        place: The place that the kiosk belonged to when this was stored; None when it belonged to none.
        door: The door, as it called itself when this was sent.
        epoch: Random id made with the door's journal; sequence numbers count within it.
        sequence: Its place in the journal: 1, 2, 3 …
        direction: `in` or `out`.
        via: `camera`, `reader` or `keypad`; `web` for the place's own page.
        at_door: Of the place's own page: whether it was opened by the code that changes on the door's screen,
            so that the visitor stood there; None for all that doors have seen.
        operator: The guard who keyed it in, or took it back; empty when the visitor did it alone.
        verified: Whether a code or a guard stands for who it was; not so where a visitor keyed in a number.
        corrects: The visit of the same kiosk that did not take place, and neither did this; None for all but
            corrections.
        answers: What the visitor answered, as JSON, ids by ids; empty for nothing. What is for the manager's
            eyes only is in `person`.
        at: The door's wall clock, put right once the door's clock was.
        told_at: What it said at first, where it was put right; None where it was not.
        clock_trusted: Whether `at` is right.
        boot: Id of the box's boot.
        monotonic: Seconds since that boot.
        format: What was presented.
        document: Pseudonym of the ID number, 32 bytes; None when none was shown.
        phone: Of the phone number, likewise.
        other: Of the code's own number, or of name and birth, where there is neither.
        sealing_key: Id of the key that opens `person`; empty where no name was kept.
        person: The sealed personal fields; None where none were kept, or when their time is over.
        received_at: When the centre stored it.
    """

    id = models.UUIDField(primary_key=True)
    kiosk = models.CharField(max_length=63)
    place = models.ForeignKey(
        Place, on_delete=models.PROTECT, null=True, related_name="visits", db_index=False, db_constraint=False
    )
    door = models.CharField(max_length=80, blank=True, default="")
    epoch = models.UUIDField()
    sequence = models.BigIntegerField()
    direction = models.CharField(max_length=3)
    via = models.CharField(max_length=16)
    at_door = models.BooleanField(null=True)
    operator = models.CharField(max_length=64, blank=True, default="")
    verified = models.BooleanField()
    corrects = models.UUIDField(null=True)
    answers = models.TextField(blank=True, default="")
    at = models.DateTimeField()
    told_at = models.DateTimeField(null=True)
    clock_trusted = models.BooleanField()
    boot = models.UUIDField()
    monotonic = models.FloatField()
    format = models.CharField(max_length=32)
    document = models.BinaryField(max_length=32, null=True)
    phone = models.BinaryField(max_length=32, null=True)
    other = models.BinaryField(max_length=32, null=True)
    sealing_key = models.CharField(max_length=32, blank=True, default="")
    person = models.BinaryField(null=True)
    received_at = models.DateTimeField()

    class Meta:
        """
        One place in a door's journal holds one visit.

        On PostgreSQL the table is divided into months, and its keys are others: `collector.dividing`.
        """

        constraints = (
            models.UniqueConstraint(fields=("kiosk", "epoch", "sequence"), name="visit_one_per_sequence"),
        )
        indexes = (
            models.Index(fields=("place", "at"), name="visit_place"),
            models.Index(fields=("received_at",), name="visit_received"),
            models.Index(fields=("corrects",), name="visit_corrects", condition=Q(corrects__isnull=False)),
            # What retention walks through: of years of visits those of the last weeks.
            models.Index(fields=("id",), name="visit_held", condition=personal.is_held()),
        )

    def __str__(self) -> str:
        return f"visit {self.sequence} of {self.kiosk}"

    @property
    def answered(self) -> dict[str, str]:
        """Ids of answers by those of their questions."""
        return json.loads(self.answers) if self.answers else {}


class Clock(models.Model):
    """
    A door's clock became true.

    Attributes:
        kiosk: The kiosk's name.
        epoch: The journal's id.
        sequence: Its place in the journal.
        boot: Of which boot.
        started: When that boot's monotonic clock was zero.
        received_at: When the centre stored it.
    """

    pk = models.CompositePrimaryKey("kiosk", "epoch", "sequence")
    kiosk = models.CharField(max_length=63)
    epoch = models.UUIDField()
    sequence = models.BigIntegerField()
    boot = models.UUIDField()
    started = models.DateTimeField()
    received_at = models.DateTimeField()

    class Meta:
        """Looked up by boot, and by when it came."""

        indexes = (
            models.Index(fields=("kiosk", "boot"), name="clock_boot"),
            models.Index(fields=("received_at",), name="clock_received"),
        )

    def __str__(self) -> str:
        return f"clock of {self.kiosk} since {self.started}"


class Gap(models.Model):
    """
    Places of a door's journal that hold nothing.

    Attributes:
        kiosk: The kiosk's name.
        epoch: The journal's id.
        sequence: The first of them.
        through: The last.
        why: `damaged` when a disk lost them; `set_aside` when they could not be sent, and may come later.
        at: When the door found it.
    """

    pk = models.CompositePrimaryKey("kiosk", "epoch", "sequence")
    kiosk = models.CharField(max_length=63)
    epoch = models.UUIDField()
    sequence = models.BigIntegerField()
    through = models.BigIntegerField()
    why = models.CharField(max_length=16)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"gap of {self.kiosk} from {self.sequence} through {self.through}"


class Mark(models.Model):
    """
    How far the visits of one journal are complete.

    Attributes:
        kiosk: The kiosk's name.
        epoch: The journal's id.
        through: All visits up to this sequence number are stored, or set aside.
        last: The last place that anything fills; beyond `through` where something is missing between.
    """

    pk = models.CompositePrimaryKey("kiosk", "epoch")
    kiosk = models.CharField(max_length=63)
    epoch = models.UUIDField()
    through = models.BigIntegerField()
    last = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.kiosk} through {self.through}"


class SetAside(models.Model):
    """
    A message, or one event of a batch, that could not become a visit. Kept, so that nothing is lost.

    Attributes:
        topic: Where it came from, shortened.
        reason: Why; holds nothing of the message's text.
        payload: The bytes, shortened to 64 KiB.
        digest: SHA-256 of topic, reason and payload: the same thing of a kiosk sent again is kept once.
        kiosk: Whose journal it is of, with `epoch` and `sequence`; empty when it does not tell.
        epoch: The journal's id, or None.
        sequence: Its place in the journal, which then counts as stored; or None.
        received_at: When it came first.
    """

    pk = models.CompositePrimaryKey("kiosk", "digest")
    topic = models.CharField(max_length=200)
    reason = models.CharField(max_length=200)
    payload = models.BinaryField()
    digest = models.BinaryField(max_length=32)
    kiosk = models.CharField(max_length=63, blank=True, default="")
    epoch = models.UUIDField(null=True)
    sequence = models.BigIntegerField(null=True)
    received_at = models.DateTimeField()

    class Meta:
        """Looked up by place in a journal."""

        indexes = (models.Index(fields=("kiosk", "epoch", "sequence"), name="aside_place"),)

    def __str__(self) -> str:
        return f"set aside: {self.reason}"


class Dropping(models.Model):
    """
    Whole months of visits are dropped, since their time is over.

    Attributes:
        before: What happened before this day, by UTC, may be gone.
        at: When this was written down.
        begun: Whether something may be gone already; else it will be with the next day's work.
    """

    before = models.DateField()
    at = models.DateTimeField()
    begun = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"dropped before {self.before}"
