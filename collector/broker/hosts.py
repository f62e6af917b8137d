"""Addresses that mean this machine, or all of it."""

LOOPBACK = ("localhost", "127.0.0.1", "::1")
_ANYWHERE = ("", "0.0.0.0", "::")  # noqa: S104 - compared with, not bound to


def is_anywhere(address: str) -> bool:
    """Whether who listens on it listens on all addresses."""
    return address in _ANYWHERE
