"""By what one stranger of the net is told from another."""

import ipaddress

_BITS = {4: 32, 6: 64}
"""Who has one address of IPv6 has all of its network."""


def of(address: str) -> str:
    """The network of an address: the address itself, of IPv6 its first half; as it is where it is none."""
    try:
        ip = ipaddress.ip_address(address)
        # Who listens for both hears an old address as one of the new, where all are in one network.
        ip = getattr(ip, "ipv4_mapped", None) or ip
        return str(ipaddress.ip_network(f"{ip}/{_BITS[ip.version]}", strict=False).network_address)
    except ValueError:
        return address
