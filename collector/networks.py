"""By what one stranger of the net is told from another."""

import ipaddress
from pathlib import Path

_BITS = {4: 32, 6: 64}
"""Who has one address of IPv6 has all of its network."""
_OWN = Path("/proc/net/if_inet6")
"""This machine's addresses of IPv6: 32 hexadecimal digits, number, length of the network's part, …"""
_LENGTH = 2


def of(address: str) -> str:
    """The network of an address: the address itself, of IPv6 its first half; as it is where it is none."""
    try:
        ip = ipaddress.ip_address(address)
        # Who listens for both hears an old address as one of the new, where all are in one network.
        ip = getattr(ip, "ipv4_mapped", None) or ip
        return str(ipaddress.ip_network(f"{ip}/{_BITS[ip.version]}", strict=False).network_address)
    except ValueError:
        return address


def neighbour(address: str, own: Path = _OWN) -> str:
    """
    The network of an address, as `of()`; of IPv6 on a link of this machine the address itself.

    There all share one network, so one of them would else be taken for all.

    Args:
        address: Any.
        own: The file that says which addresses this machine has.
    """
    try:
        ip = ipaddress.IPv6Address(address)
        lines = [line.split() for line in own.read_text(encoding="ascii").splitlines()]
    except (ValueError, OSError):
        return of(address)
    here = [
        ipaddress.IPv6Network((int(line[0], 16), int(line[2], 16)), strict=False)
        for line in lines
        if len(line) > _LENGTH
    ]
    return str(ip) if any(ip in network for network in here) else of(address)
