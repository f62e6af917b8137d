"""
The name under which a broker keeps a line's session: whoever comes with it ends the line that has it.

A Mosquitto with our settings takes it from the certificate. NATS, which speaks MQTT 3.1.1 only, binds it to
nobody. So on 3.1.1 it ends in what only the holder of the private key can tell. It stays the same from dial
to dial: else the last will of a line half dead would call offline whose new line is up.
"""

import hashlib
from pathlib import Path

_LABEL = b"entrance-kiosk: client id of MQTT\n"
_DIGITS = 16


def client_id(name: str, protocol: str, key: Path | None) -> str:
    """
    The client id of a line.

    Args:
        name: What it begins with, and all of it on MQTT 5 or without a key.
        protocol: `5` or `3.1.1`.
        key: The file of the line's private key; None for a line in clear.

    Raises:
        OSError: If that cannot be read.
    """
    if protocol == "5" or key is None:
        return name
    return f"{name}-{hashlib.sha256(_LABEL + key.read_bytes()).hexdigest()[:_DIGITS]}"
