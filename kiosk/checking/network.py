"""The way to the centre: network, Wi-Fi, credentials, certificate, broker."""

import socket
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from cryptography import x509

from kiosk import credentials
from kiosk.address import own_address
from kiosk.errors import SettingsError
from kiosk.findings import Finding, State, one_line
from kiosk.settings import Settings

CONNECT_S = 3.0
_ALERT_S = 0.5
"""How soon after the handshake (TLS 1.3) a broker says that it does not know our certificate."""
WIRELESS = Path("/proc/net/wireless")
INTERFACES = Path("/sys/class/net")
_WEAK_DBM = -75
"""Below this, packets are lost again and again."""
_SOON = timedelta(days=14)
"""A certificate that ends within this should have been renewed: boxes do so a month before."""
_RENEWED = "kiosk.pem"


def network(told: str | None = None) -> Iterator[Finding]:
    """
    The address, and how well the Wi-Fi is heard where there is one.

    Args:
        told: The box's own address, as whoever has the network tells; None to look for it.
    """
    address = own_address() if told is None else told
    if address:
        yield Finding("network", State.OK, address)
    else:
        remedy = "the door works without, visits wait; plug the cable in, or see the Wi-Fi"
        yield Finding("network", State.WARNING, f"no address; {remedy}")
    yield from wifi(address=address)


def wifi(
    wireless: Path = WIRELESS, interfaces: Path = INTERFACES, *, address: str | None = None
) -> Iterator[Finding]:
    """
    How loud each Wi-Fi is heard, which is all that is told of it; nothing for one that is off beside a cable.

    The kernel lists those that are joined, a row each, with the level in dBm in the fourth column.

    Args:
        wireless: Where it does.
        interfaces: Where it lists all.
        address: The box's own; None to look for it.
    """
    try:
        lines = wireless.read_text(encoding="ascii").splitlines()
    except (OSError, ValueError):
        lines = []
    heard = [int(float(row[3])) for row in map(str.split, lines[2:]) if row[3:]]
    for level in heard:
        if level < _WEAK_DBM:
            remedy = "move the box or the access point, or lay a cable"
            yield Finding("wifi", State.WARNING, f"weak: {level} dBm; {remedy}")
        else:
            yield Finding("wifi", State.OK, f"{level} dBm")
    if address is None:
        address = own_address()
    if not heard and not address and any(interfaces.glob("*/wireless")):
        yield Finding("wifi", State.WARNING, "not joined; hold a set-up code with the Wi-Fi to the camera")


def centre(settings: Settings) -> Iterator[Finding]:
    """Whether the box is a centre's, until when it is let in, and whether the broker answers."""
    folder = settings.data.folder / credentials.FOLDER
    try:
        known = credentials.load(settings.data.folder, settings.kiosk.name)
    except SettingsError as problem:
        yield Finding("enrolment", State.WRONG, one_line(problem))
    else:
        if known is None:
            remedy = "hold a set-up code of the centre to the camera"
            yield Finding("enrolment", State.WARNING, f"nobody's box: names are not kept; {remedy}")
        else:
            yield Finding("enrolment", State.OK, f"as {known.kiosk}")
    if settings.mqtt.tls:
        yield certificate(folder, datetime.now(UTC))


def certificate(folder: Path, now: datetime) -> Finding:
    """
    Until when the box's certificate lets it in.

    Args:
        folder: The folder of the credentials.
        now: The present (aware).
    """
    found = in_force(folder)
    if found is None:
        return Finding("certificate", State.WARNING, f"none in {folder}; enrol the box anew")
    held, _, _ = found
    ends = held.not_valid_after_utc
    days = (ends - now).days
    if ends <= now:
        says = f"has run out on {ends:%Y-%m-%d}; visits wait: enrol the box anew"
        return Finding("certificate", State.WARNING, says)
    if held.not_valid_before_utc > now:
        says = f"holds from {held.not_valid_before_utc:%Y-%m-%d} only; the clock is wrong: see above"
        return Finding("certificate", State.WARNING, says)
    if ends - now < _SOON:
        remedy = "it renews itself once box and centre are online"
        return Finding("certificate", State.WARNING, f"ends in {days} days; {remedy}")
    return Finding("certificate", State.OK, f"until {ends:%Y-%m-%d}, {days} days")


def in_force(folder: Path) -> tuple[x509.Certificate, Path, Path] | None:
    """The certificate that the bridge uses, its file and its key's: of two, the later."""
    pairs = (
        (folder / _RENEWED, folder / _RENEWED),
        (folder / credentials.CERTIFICATE, folder / credentials.KEY),
    )
    found = []
    for file, key in pairs:
        try:
            found.append((x509.load_pem_x509_certificate(file.read_bytes()), file, key))
        except (OSError, ValueError):
            continue
    return max(found, key=lambda one: one[0].not_valid_before_utc, default=None)


def broker(settings: Settings) -> Finding:
    """
    Whether the broker answers; where it is reached by TLS, whether both believe each other.

    All of several are tried. That one fails is told, though the box is well with the others.
    """
    tried = [_knock(settings, host) for host in settings.mqtt.hosts]
    bad = [knock for knock in tried if not knock.is_well]
    if not bad:
        return Finding("broker", State.OK, tried[0].says)
    number = f"{len(bad)} of {len(tried)} cannot be used: " if len(tried) > 1 else ""
    without = "the door works without, visits wait" if bad == tried else "the others serve the box"
    says = "; ".join(filter(None, (bad[0].says, without, bad[0].remedy)))
    return Finding("broker", State.WARNING, f"{number}{says}")


class _Knock(NamedTuple):
    """How it went at a broker."""

    is_well: bool
    says: str
    remedy: str = ""


def _knock(settings: Settings, host: str) -> _Knock:
    port = settings.mqtt.port
    where = f"{host}:{port}"
    local = not settings.mqtt.tls
    try:
        with socket.create_connection((host, port), timeout=CONNECT_S) as line:
            return _Knock(True, f"{where} answers") if local else _handshake(settings, line, host)
    except ssl.SSLError as error:
        why = getattr(error, "verify_message", "") or (error.reason or "").replace("_", " ").lower()
        remedy = "see clock and certificate above; if they are well, enrol the box anew"
        return _Knock(False, f"{where}: TLS fails ({why or error})", remedy)
    except OSError as error:
        remedy = "start the broker: sudo systemctl start mosquitto" if local else "see network and mqtt.host"
        return _Knock(False, f"{where} does not answer ({error.strerror or error})", remedy)


def road(settings: Settings, *, up: bool) -> Finding:
    """Whether the broker answers, as the bridge tells, which has the network."""
    where = " or ".join(f"{host}:{settings.mqtt.port}" for host in settings.mqtt.hosts)
    if up:
        return Finding("broker", State.OK, f"{where} answers the bridge")
    remedy = "see network, clock and certificate above, and mqtt.host"
    says = f"{where} does not answer the bridge; the door works without, visits wait; {remedy}"
    return Finding("broker", State.WARNING, says)


def _handshake(settings: Settings, line: socket.socket, host: str) -> _Knock:
    where = f"{host}:{settings.mqtt.port}"
    folder = settings.data.folder / credentials.FOLDER
    found = in_force(folder)
    if found is None:
        return _Knock(False, f"{where} answers; not tried by TLS without a certificate")
    _, certificate, key = found
    context = ssl.create_default_context(cafile=str(folder / credentials.CA))
    context.load_cert_chain(certificate, key)
    with context.wrap_socket(line, server_hostname=host) as safe:
        safe.settimeout(_ALERT_S)
        try:
            safe.recv(1)
        except TimeoutError:
            pass
        version = safe.version()
    return _Knock(True, f"{where} answers by {version}, and knows this box")
