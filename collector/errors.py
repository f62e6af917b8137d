"""
Every error that the centre raises on purpose.

A message names the thing, the value and the remedy, in one line, and never a person.
"""


class CollectorError(Exception):
    """The root: catch this to catch all that the centre raises on purpose."""


class FolderUnusable(CollectorError, OSError):
    """The data folder, or the database in it, cannot be read or written."""


class AddressUnusable(CollectorError, OSError):
    """The page, or figures, cannot be served at the address asked for."""


class AccountRefused(CollectorError, ValueError):
    """An account cannot be made or changed as asked."""


class LibraryMissing(CollectorError, ImportError):
    """What is asked for needs a library that is not installed."""


class KeyUnusable(CollectorError, ValueError):
    """A private key of the centre cannot be read, or is none."""


class SeatTaken(CollectorError, RuntimeError):
    """Another process attends already."""


class EnrolmentRefused(CollectorError, ValueError):
    """A box cannot be made one of a place's as asked."""


class RegistryRefused(CollectorError, ValueError):
    """A place, a door or a guard cannot be made or changed as asked."""


class OrderFailed(CollectorError, RuntimeError):
    """A box did not do what it was asked to."""
