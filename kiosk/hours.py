"""Hours of the day, such as those of the night."""

from dataclasses import dataclass
from datetime import datetime, time, tzinfo


@dataclass(frozen=True, slots=True)
class Hours:
    """
    A part of each day, in the place's zone.

    Attributes:
        start: Its first minute; None for a part that never comes.
        end: When it is over. Earlier than `start` is the next day; the same is the whole day.
    """

    start: time | None = None
    end: time = time.min

    def hold(self, at: datetime, zone: tzinfo) -> bool:
        """Whether a time (aware) lies within."""
        if self.start is None:
            return False
        clock = at.astimezone(zone).time()
        if self.start < self.end:
            return self.start <= clock < self.end
        return clock >= self.start or clock < self.end


NEVER = Hours()


def hours(start: str, end: str) -> Hours:
    """From `HH:MM` until `HH:MM`; an empty start never comes, an empty end is midnight."""
    return Hours(time.fromisoformat(start), time.fromisoformat(end or "00:00")) if start else NEVER
