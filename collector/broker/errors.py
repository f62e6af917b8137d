"""What goes wrong with the broker's files, with requests for certificates, and with revoking."""

from collector.errors import CollectorError


class BrokerUnusable(CollectorError, OSError):
    """The broker's files cannot be read or written, or the broker cannot be told to read them anew."""


class CertificateRefused(CollectorError, ValueError):
    """A certificate cannot be made or revoked as asked."""


class RevocationUnproven(CollectorError, RuntimeError):
    """A box is revoked in the files, but the broker does not act on it as far as we can see."""
