"""
Every error that the door raises on purpose.

Each is also the builtin that a caller would expect, so that `except OSError` keeps its
meaning. A message names the thing, the value and the remedy, and never a person.
"""


class KioskError(Exception):
    """The root: catch this to catch all that the project raises on purpose."""


class SettingsError(KioskError, ValueError):
    """Settings that cannot be used. The message holds every fault, one a line."""


class DeviceMissing(KioskError, OSError):
    """A device is not there, or does not open. It may appear later: try again with growing pauses."""


class DeviceLost(KioskError, OSError):
    """A device that worked has stopped answering. It may come back: try again with growing pauses."""


class DeviceClosed(KioskError, RuntimeError):
    """A device was used after its `close()`."""


class JournalFailed(KioskError, OSError):
    """The journal could not be opened, read or written. Nothing that failed was confirmed to anyone."""


class DiskRefuses(JournalFailed):
    """The journal's disk is full, read-only or ill. It may recover: try again with growing pauses."""


class JournalDamaged(KioskError, OSError):
    """
    The journal's file is damaged, or another has taken its place.

    No `JournalFailed`, since waiting does not help: the process must end and begin anew, and the door mends
    the file before it opens it.
    """


class WitnessSilenced(KioskError, OSError):
    """What the door shows could not be written down for the script that listens."""


class BadPicture(KioskError, ValueError):
    """A file that is no picture, or that cannot be read."""


class CardRefused(KioskError, ValueError):
    """A card for a box cannot be made as asked. Unless the card itself refused, nothing was written."""


class BadMessage(KioskError, ValueError):
    """A message from the road that does not hold what its topic promises."""


class NotOpened(KioskError, ValueError):
    """A sealed person that the key at hand does not open."""


class EntryUnreadable(KioskError, ValueError):
    """
    An entry of the journal holds what no door writes.

    Args:
        sequence: Its sequence number.
    """

    def __init__(self, sequence: int) -> None:
        super().__init__(f"journal: entry {sequence} cannot be read; it is set aside")
        self.sequence = sequence
