"""What somebody wants of a box that is made by a card, looked at before anything is written."""

import ipaddress
import re
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import load_ssh_public_key

from kiosk.errors import CardRefused
from kiosk.setup_codes import Wifi

_HOSTNAME = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_LOGIN = re.compile(r"[a-z][a-z0-9_-]{0,30}")
_LOCALE = re.compile(r"(?:C|[a-z]{2,3}_[A-Z]{2})\.UTF-8")
_COUNTRY = re.compile(r"[A-Z]{2}")
_TAKEN = ("root", "entrance-kiosk", "entrance-collector", "mosquitto")


@dataclass(frozen=True, slots=True)
class Address:
    """
    An address that stays.

    Attributes:
        interface: The box's own, with its network.
        gateway: The way out; None in a network without.
        names: Servers that know the names of others.
    """

    interface: ipaddress.IPv4Interface
    gateway: ipaddress.IPv4Address | None = None
    names: tuple[ipaddress.IPv4Address, ...] = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """
    What is asked of a card.

    Attributes:
        hostname: The box's name in the network.
        zone: Its time zone.
        locale: The language of its system, not of its screen.
        country: Whose rules its radio keeps: two letters (ISO 3166).
        login: Who may log in: over SSH by key only, at the box's own keyboard by a password.
        keys: Public keys in the form of OpenSSH; with none nobody logs in over SSH.
        console: The hash of the password, as crypt(5) has it; empty for none.
        wifi: The network to join; None for a cable, or for what a set-up code says.
        address: None for what the network gives.
    """

    hostname: str
    zone: str = "Asia/Ho_Chi_Minh"
    locale: str = "vi_VN.UTF-8"
    country: str = "VN"
    login: str = "technician"
    keys: tuple[str, ...] = ()
    console: str = field(default="", repr=False)
    wifi: Wifi | None = None
    address: Address | None = None

    def __post_init__(self) -> None:
        """
        Refuse what no box can be.

        Raises:
            CardRefused: Saying which options and why, a line each.
        """
        faults = []
        for option, value, form, remedy in (
            ("--hostname", self.hostname, _HOSTNAME, "lower-case letters, digits and hyphens, 63 at most"),
            (
                "--login",
                self.login,
                _LOGIN,
                "lower-case letters, digits, _ and -, a letter first, 31 at most",
            ),
            ("--locale", self.locale, _LOCALE, "such as vi_VN.UTF-8"),
            ("--country", self.country, _COUNTRY, "two letters, such as VN"),
        ):
            if not form.fullmatch(value):
                faults.append(f"{option} {value[:80]!r}: {remedy}")
        if self.login in _TAKEN:
            faults.append(f"--login {self.login}: a name of the system's own; choose another")
        try:
            ZoneInfo(self.zone)
        except (OSError, ValueError, LookupError):
            faults.append(f"--zone {self.zone[:80]!r}: no time zone, such as Asia/Ho_Chi_Minh")
        if faults:
            raise CardRefused("\n".join(faults))

    @property
    def has_login(self) -> bool:
        """Whether anybody can log in."""
        return bool(self.keys or self.console)


def read_keys(text: str, where: str) -> tuple[str, ...]:
    """
    The public keys of a file, a line each.

    Args:
        text: What it holds.
        where: Its name, for whoever reads what is wrong.

    Raises:
        CardRefused: If a line is none, or the file holds a private key.
    """
    if "PRIVATE KEY" in text:
        raise CardRefused(
            f"--ssh-key {where}: a private key, which stays with you; name the file that ends in .pub"
        )
    lines = [line.strip() for line in text.splitlines()]
    keys = tuple(line for line in lines if line and not line.startswith("#"))
    if not keys:
        raise CardRefused(f"--ssh-key {where}: empty; name the file that ends in .pub")
    for number, key in enumerate(keys, 1):
        try:
            load_ssh_public_key(key.encode())
        except (ValueError, UnsupportedAlgorithm):
            raise CardRefused(f"--ssh-key {where}: key {number} is no public key of OpenSSH") from None
    return keys


def read_address(address: str, gateway: str, names: tuple[str, ...]) -> Address | None:
    """
    An address from its options; None when none is given.

    Raises:
        CardRefused: If they are none, or do not go together.
    """
    if not address:
        if gateway or names:
            raise CardRefused(
                "--gateway and --name-server: only with --address; without it, the network says"
            )
        return None
    try:
        interface = ipaddress.IPv4Interface(address)
    except ValueError:
        interface = None
    if interface is None or "/" not in address or interface.network.prefixlen > 30:  # noqa: PLR2004 - two hosts
        raise CardRefused(f"--address {address[:40]!r}: no address with its network, such as 192.168.1.20/24")
    edges = (interface.network.network_address, interface.network.broadcast_address)
    if interface.ip in edges:
        raise CardRefused(f"--address {address}: the network's own; choose another in {interface.network}")
    way = _read_one("--gateway", gateway) if gateway else None
    if way is not None and (way not in interface.network or way == interface.ip):
        raise CardRefused(f"--gateway {way}: not another address in {interface.network}")
    return Address(interface, way, tuple(_read_one("--name-server", one) for one in names))


def _read_one(option: str, text: str) -> ipaddress.IPv4Address:
    try:
        return ipaddress.IPv4Address(text)
    except ValueError:
        raise CardRefused(f"{option} {text[:40]!r}: no address, such as 192.168.1.1") from None
