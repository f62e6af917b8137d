"""Networks as NetworkManager keeps them (nm-settings-keyfile), so that a box joins them with no help."""

import re
from uuid import NAMESPACE_URL, uuid5

from kiosk.card.asked import Address
from kiosk.setup_codes import Wifi

WIFI, WIRED = "entrance-kiosk-wifi", "entrance-kiosk-wired"
"""What they are called."""
_PLAIN = re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9_-]+")
_FIRST = 100
"""Before what the system makes by itself for any cable, which has 0 or less."""


def wifi(network: Wifi, address: Address | None) -> str:
    """The file for a wireless network. It holds the password in clear, as NetworkManager wants it."""
    lines = [
        *_connection(WIFI, "wifi"),
        "[wifi]",
        "mode=infrastructure",
        f"ssid={_ssid(network.ssid)}",
        *(["hidden=true"] if network.hidden else []),
        # A radio that sleeps loses its network on many a Pi.
        "powersave=2",
        "",
    ]
    if network.password:
        lines += ["[wifi-security]", "key-mgmt=wpa-psk", f"psk={_escaped(network.password)}", ""]
    return "\n".join([*lines, *_internet(address)])


def wired(address: Address) -> str:
    """The file for a cable with an address that stays."""
    return "\n".join([*_connection(WIRED, "ethernet"), *_internet(address)])


def _connection(name: str, kind: str) -> list[str]:
    return [
        "[connection]",
        f"id={name}",
        f"uuid={uuid5(NAMESPACE_URL, name)}",
        f"type={kind}",
        f"autoconnect-priority={_FIRST}",
        # For ever: an access point may be away for a night.
        "autoconnect-retries=0",
        "",
    ]


def _internet(address: Address | None) -> list[str]:
    if address is None:
        return ["[ipv4]", "method=auto", "", "[ipv6]", "method=auto", ""]
    way = f",{address.gateway}" if address.gateway else ""
    names = "".join(f"{one};" for one in address.names)
    return [
        "[ipv4]",
        "method=manual",
        f"address1={address.interface.with_prefixlen}{way}",
        *([f"dns={names}"] if names else []),
        "",
        "[ipv6]",
        "method=auto",
        "",
    ]


def _ssid(name: str) -> str:
    """As it is, or byte for byte where it could be read as something else."""
    return name if _PLAIN.fullmatch(name) else "".join(f"{byte};" for byte in name.encode())


def _escaped(text: str) -> str:
    """A text that GLib's key files give back as it is, spaces at its ends too."""
    return text.replace("\\", "\\\\").replace(" ", "\\s")
