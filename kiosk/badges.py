"""A guard's badge as it may be kept. It is signed by the centre already; a digest only hides whose it is."""

import hashlib


def badge_digest(subject: str) -> str:
    """A badge's subject as it may be kept: SHA-256, in hexadecimal."""
    return hashlib.sha256(f"entrance-kiosk badge v1\n{subject}".encode()).hexdigest()
