"""Visits counted by day, so that no page counts them anew."""

from django.db import models

from collector.models.places import Place


class DayFigures(models.Model):
    """
    A place's day in figures; no personal field was looked at.

    Attributes:
        place: Which.
        date: The day, by the place's own clock.
        came: Who came in; what was taken back counts nowhere.
        left: Who a door saw leave.
        unverified: Of both, for whom only a number stands that they keyed in themselves.
        automatic: Who was checked out by the centre.
        by_hour: Who came, by hour of the place's clock: 24 numbers.
        by_via: Who came, by `camera`, `reader`, `keypad`, `web`.
        minutes: How many stays took so many whole minutes, by those minutes as text; automatic ends are left out.
        counted_at: When this was counted.
    """

    place = models.ForeignKey(Place, on_delete=models.CASCADE, related_name="figures")
    date = models.DateField()
    came = models.PositiveIntegerField(default=0)
    left = models.PositiveIntegerField(default=0)
    unverified = models.PositiveIntegerField(default=0)
    automatic = models.PositiveIntegerField(default=0)
    by_hour = models.JSONField(default=list)
    by_via = models.JSONField(default=dict)
    minutes = models.JSONField(default=dict)
    counted_at = models.DateTimeField()

    class Meta:
        """One a day and place; read by days."""

        constraints = (models.UniqueConstraint(fields=("place", "date"), name="figures_one_per_day"),)
        indexes = (models.Index(fields=("date", "place"), name="figures_date"),)

    def __str__(self) -> str:
        return f"{self.place} on {self.date}"


class DayDue(models.Model):
    """
    A place's day that must be counted anew for another reason than visits that came.

    Visits that come are found by `Visit.received_at`; this is for what changes those that are there: clocks put
    right, check-outs.

    Attributes:
        place: Which.
        date: The day, by the place's own clock.
    """

    place = models.ForeignKey(Place, on_delete=models.CASCADE, related_name="days_due")
    date = models.DateField()

    class Meta:
        """Once a day and place."""

        constraints = (models.UniqueConstraint(fields=("place", "date"), name="day_due_once"),)

    def __str__(self) -> str:
        return f"{self.place} on {self.date}"
