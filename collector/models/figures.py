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
        left: Who left, and a door or the place's own page was told.
        unverified: Of both, for whom only a number stands that they keyed in themselves.
        automatic: Who was checked out by the centre.
        camera: Of those who came, who held a code to a camera.
        reader: Whose code a reader read.
        keypad: Whose number was keyed in.
        web: Who came by the place's own page.
        elsewhere: Of those who came or left, who said so by that page, and not before the door's screen.
        by_hour: Who came, by hour of the place's clock: 24 numbers, as JSON.
        minutes: How many whole minutes each stay took, in order, as JSON; automatic ends are left out.
        counted_at: When it was looked which visits there are; all that were stored before are in this, or the
            day is due.
    """

    place = models.ForeignKey(Place, on_delete=models.CASCADE, related_name="figures")
    date = models.DateField()
    came = models.PositiveIntegerField(default=0)
    left = models.PositiveIntegerField(default=0)
    unverified = models.PositiveIntegerField(default=0)
    automatic = models.PositiveIntegerField(default=0)
    camera = models.PositiveIntegerField(default=0)
    reader = models.PositiveIntegerField(default=0)
    keypad = models.PositiveIntegerField(default=0)
    web = models.PositiveIntegerField(default=0)
    elsewhere = models.PositiveIntegerField(default=0)
    by_hour = models.TextField(default="[]")
    minutes = models.TextField(default="[]")
    counted_at = models.DateTimeField()

    class Meta:
        """One a day and place; read by days, and by when they were counted."""

        constraints = (models.UniqueConstraint(fields=("place", "date"), name="figures_one_per_day"),)
        indexes = (
            models.Index(fields=("date", "place"), name="figures_date"),
            models.Index(fields=("counted_at",), name="figures_counted"),
        )

    def __str__(self) -> str:
        return f"{self.place} on {self.date}"


class DayDue(models.Model):
    """
    A place's day that must be counted anew: visits came, clocks were put right, somebody was checked out.

    Written by `collector.figures.due.mark`.

    Attributes:
        place: Which.
        date: The day, by the place's own clock.
        at: When this was marked last; what is counted meanwhile is not the last word.
    """

    place = models.ForeignKey(Place, on_delete=models.CASCADE, related_name="days_due")
    date = models.DateField()
    at = models.DateTimeField()

    class Meta:
        """Once a day and place."""

        constraints = (models.UniqueConstraint(fields=("place", "date"), name="day_due_once"),)

    def __str__(self) -> str:
        return f"{self.place} on {self.date}"
