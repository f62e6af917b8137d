"""What can be wrong with a backup."""

from collector.errors import CollectorError


class BackupUnusable(CollectorError, OSError):
    """A backup cannot be made, read or put back as asked."""
