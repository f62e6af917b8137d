"""The journal of a light door: in memory only, and a few numbers only, since its script tells the rest."""

from array import array
from collections.abc import Sequence

from mqtt_bridge.fleet import script
from mqtt_bridge.fleet.script import Script


class Journal:
    """
    What a door has written, and what of it the centre has.

    Args:
        told: What all doors write.
        door: Which door this is, from 1 on.

    Attributes:
        epoch: Its id.
        boot: The id of the box's boot.
        written: Its last sequence number.
        settled: Up to which the centre has all.
        next_s: When the next visitor comes, in seconds since people began to come.
        storms: The visits that came with a storm, by sequence number: when, likewise.
    """

    __slots__ = (
        "_door",
        "_times",
        "_told",
        "_visitors",
        "boot",
        "epoch",
        "next_s",
        "settled",
        "storms",
        "written",
    )

    def __init__(self, told: Script, door: int) -> None:
        self._told = told
        self._door = door
        # Of the visits that are not settled yet; none of the backlog's.
        self._times: array[float] = array("d")
        self.epoch = str(told.epoch(door))
        self.boot = str(told.boot(door))
        self.written = told.backlog
        self.settled = 0
        self.storms: dict[int, float] = {}
        self._visitors = 1
        self.next_s = told.pause_s(door, self._visitors)

    def write(self) -> None:
        """The next visitor comes."""
        self._add(self.next_s)
        self._visitors += 1
        self.next_s += self._told.pause_s(self._door, self._visitors)

    def write_in_storm(self, at_s: float) -> None:
        """Somebody comes now, whom the script does not know."""
        self._add(at_s)
        self.storms = {**self.storms, self.written: at_s}

    def at_ms(self, sequence: int, began_ms: int) -> int:
        """
        When a visit took place that is not settled yet, in milliseconds since 1970.

        Args:
            sequence: Its place.
            began_ms: When people began to come, likewise.
        """
        backlog = self._told.backlog
        if sequence <= backlog:
            return self._told.started_ms - self._told.waited_ms(self._door, sequence)
        return script.at(began_ms, self._times[sequence - max(self.settled, backlog) - 1])

    def settle(self, through: int) -> Sequence[float]:
        """
        The centre has all up to this.

        Returns:
            When those that it had not before took place, in seconds since people began to come; without
            those of the backlog.
        """
        through = min(through, self.written)
        if through <= self.settled:
            return ()
        live = max(0, through - max(self.settled, self._told.backlog))
        self.settled = through
        told, self._times = self._times[:live], self._times[live:]
        return told

    def _add(self, at_s: float) -> None:
        self._times.append(at_s)
        self.written += 1
