"""
A wireless network joined, by NetworkManager over D-Bus: no password on any command line.

Interfaces, states and reasons are those of its D-Bus API 1.46 (networkmanager.dev/docs/api). The connection
has a name of ours, so that a box that is set up again does not gather old ones.
"""

import logging
import time
from collections import deque
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from jeepney import DBusAddress, MatchRule, Message, Properties, message_bus, new_method_call
from jeepney.auth import AuthenticationError
from jeepney.bus import get_bus
from jeepney.io.blocking import DBusConnection, prep_socket
from jeepney.io.common import FilterHandle
from jeepney.wrappers import DBusErrorResponse, unwrap_msg

from kiosk.setup_codes import Wifi
from kiosk.stages import Hitch
from mqtt_bridge.enrolling.hindrance import Hindered

log = logging.getLogger(__name__)

NAME = "entrance-kiosk"
"""What the connection is called in NetworkManager."""
OF_CARD = "entrance-kiosk-wifi"
"""What the one is called that came with the card."""
SEEN_WITHIN_S = 15.0
"""For a look round at all channels, those included on which a radio may only listen."""
JOINED_WITHIN_S = 60.0
ANSWERS_WITHIN_S = 10.0

_BUS = "org.freedesktop.NetworkManager"
_MANAGER = DBusAddress("/org/freedesktop/NetworkManager", _BUS, _BUS)
_SETTINGS = DBusAddress("/org/freedesktop/NetworkManager/Settings", _BUS, f"{_BUS}.Settings")
_AGENTS = DBusAddress("/org/freedesktop/NetworkManager/AgentManager", _BUS, f"{_BUS}.AgentManager")
_DEVICE, _WIRELESS, _POINT = f"{_BUS}.Device", f"{_BUS}.Device.Wireless", f"{_BUS}.AccessPoint"
_CONNECTION = f"{_BUS}.Settings.Connection"
_TO_DISK = 0x1
"""NM_SETTINGS_UPDATE2_FLAG_TO_DISK: without settings, those that are there are written, and stay."""
_WIFI = 2
"""NM_DEVICE_TYPE_WIFI."""
_ASKS_ADDRESS, _ACTIVATED, _FAILED = 70, 100, 120
"""NM_DEVICE_STATE_IP_CONFIG, NM_DEVICE_STATE_ACTIVATED, NM_DEVICE_STATE_FAILED."""
_REASONS = {
    5: Hitch.NO_ADDRESS,  # IP_CONFIG_UNAVAILABLE
    7: Hitch.WIFI_PASSWORD,  # NO_SECRETS: it was refused, and nobody is there to give another
    8: Hitch.WIFI_PASSWORD,  # SUPPLICANT_DISCONNECT
    10: Hitch.WIFI_PASSWORD,  # SUPPLICANT_FAILED
    11: Hitch.WIFI_PASSWORD,  # SUPPLICANT_TIMEOUT: so access points answer that do not tell
    15: Hitch.NO_ADDRESS,  # DHCP_START_FAILED
    16: Hitch.NO_ADDRESS,  # DHCP_ERROR
    17: Hitch.NO_ADDRESS,  # DHCP_FAILED
    53: Hitch.WIFI_UNSEEN,  # SSID_NOT_FOUND
}
"""What a reason (NMDeviceStateReason) for a failure is to a technician."""


def connection(wifi: Wifi, uuid: str) -> dict[str, dict[str, tuple[str, Any]]]:
    """A wireless network as NetworkManager is told of it: `a{sa{sv}}`."""
    told: dict[str, dict[str, tuple[str, Any]]] = {
        "connection": {
            "id": ("s", NAME),
            "uuid": ("s", uuid),
            "type": ("s", "802-11-wireless"),
            "autoconnect": ("b", True),
            # As that of the card has, whose place it takes.
            "autoconnect-priority": ("i", 100),
            # For ever: an access point may be away for a night.
            "autoconnect-retries": ("i", 0),
        },
        "802-11-wireless": {
            "ssid": ("ay", wifi.ssid.encode()),
            "mode": ("s", "infrastructure"),
            "hidden": ("b", wifi.hidden),
            # NM_SETTING_WIRELESS_POWERSAVE_DISABLE: a radio that sleeps loses its network on many a Pi.
            "powersave": ("u", 2),
        },
        "ipv4": {"method": ("s", "auto")},
        "ipv6": {"method": ("s", "auto")},
    }
    if wifi.password:
        # For WPA 2 and 3 alike: NetworkManager offers SAE with it.
        told["802-11-wireless-security"] = {"key-mgmt": ("s", "wpa-psk"), "psk": ("s", wifi.password)}
    return told


@dataclass(frozen=True, slots=True)
class Joined:
    """
    A wireless network that the box has joined: until it loses it, unless it is kept.

    Attributes:
        path: Of the connection in NetworkManager.
        uuid: Likewise.
    """

    path: str
    uuid: str

    def keep(self) -> None:
        """
        Have it joined after each boot, too.

        Raises:
            Hindered: If it cannot be written.
        """
        with _system_bus() as bus:
            ask = new_method_call(self._connection, "Update2", "a{sa{sv}}ua{sv}", ({}, _TO_DISK, {}))
            _call(bus, ask)

    def forget_others(self) -> None:
        """
        Forget what earlier codes, or the card, had the box join.

        Raises:
            Hindered: If NetworkManager cannot be asked.
        """
        with _system_bus() as bus:
            _forget_others(bus, self.uuid)

    def leave(self) -> None:
        """
        Forget it; NetworkManager goes back to what the box had before.

        Raises:
            Hindered: If it is gone already, or NetworkManager cannot be asked.
        """
        with _system_bus() as bus:
            _call(bus, new_method_call(self._connection, "Delete"))

    @property
    def _connection(self) -> DBusAddress:
        return DBusAddress(self.path, _BUS, _CONNECTION)


def join(wifi: Wifi) -> Joined:
    """
    Join a wireless network. Blocks for a minute and a half at most.

    Raises:
        Hindered: If that cannot be; nothing is left of it in NetworkManager then.
    """
    with _system_bus() as bus:
        return _join(bus, wifi)


def try_again() -> None:
    """
    Have NetworkManager try again what it has given up. Blocks for some seconds at most.

    To it, an access point that fails while a box joins may look like a wrong password. Then it asks its
    agents for another, of which a box has none, and leaves the network alone until an agent comes, however
    long (1.52: `no-secrets`). Here one comes, and goes.

    Raises:
        Hindered: If it cannot be asked.
    """
    with _system_bus() as bus:
        _call(bus, new_method_call(_AGENTS, "Register", "s", (NAME,)))
        _call(bus, new_method_call(_AGENTS, "Unregister"))


def hitch_of(reason: int, reached: int) -> Hitch:
    """What a failure is to a technician, by its reason and the last state before it."""
    return _REASONS.get(reason, Hitch.NO_ADDRESS if reached >= _ASKS_ADDRESS else Hitch.WIFI_UNSEEN)


class _Bus(DBusConnection):  # type: ignore[misc]  # jeepney tells no types
    """The system bus; waits for no answer for ever, as jeepney's own greeting of the bus would."""

    def send_and_get_reply(self, message: Message, *, timeout: float | None = None) -> Message:
        return super().send_and_get_reply(message, timeout=ANSWERS_WITHIN_S if timeout is None else timeout)


@contextmanager
def _system_bus() -> Iterator[_Bus]:
    """The system bus; what fails on it is a hindrance that tells nothing of what was asked."""
    try:
        with (
            closing(prep_socket(get_bus("SYSTEM"), timeout=ANSWERS_WITHIN_S)) as line,
            closing(_Bus(line)) as bus,
        ):
            yield bus
    except DBusErrorResponse as error:
        raise Hindered(Hitch.NO_WIFI, f"NetworkManager: {error.name}") from None
    except AuthenticationError:
        raise Hindered(Hitch.NO_WIFI, "the system bus does not know this user") from None
    except TimeoutError:
        raise Hindered(Hitch.NO_WIFI, "NetworkManager does not answer") from None
    except OSError as error:
        raise Hindered(Hitch.NO_WIFI, f"no system bus: {error.strerror or type(error).__name__}") from None


def _join(bus: _Bus, wifi: Wifi) -> Joined:
    device = _wireless_device(bus)
    if not wifi.hidden:
        _look_round(bus, device, wifi.ssid.encode())
    uuid = str(uuid4())
    with _signals(bus, _DEVICE, "StateChanged", device) as heard:
        options = {"persist": ("s", "volatile"), "bind-activation": ("s", "none")}
        asked = (connection(wifi, uuid), device, "/", options)
        ask = new_method_call(_MANAGER, "AddAndActivateConnection2", "a{sa{sv}}ooa{sv}", asked)
        path = _call(bus, ask)[0]
        try:
            _await(bus, heard)
        except Hindered:
            with suppress(DBusErrorResponse, OSError):
                _call(bus, new_method_call(DBusAddress(path, _BUS, _CONNECTION), "Delete"))
            raise
    log.info("joined the wireless network of the set-up code")
    return Joined(path, uuid)


def _signals(bus: _Bus, interface: str, member: str, path: str) -> FilterHandle:
    """Hear a signal of NetworkManager's from now on, however many come before one listens."""
    rule = MatchRule(type="signal", interface=interface, member=member, path=path)
    # What arrives bears NetworkManager's number on the bus, not its name: only the bus can match that.
    asked = MatchRule(type="signal", sender=_BUS, interface=interface, member=member, path=path)
    _call(bus, message_bus.AddMatch(asked))
    return bus.filter(rule, queue=deque())


def _look_round(bus: _Bus, device: str, ssid: bytes) -> None:
    """
    Wait until a network is in sight, a while at most.

    NetworkManager takes what it has not seen for a network that hides, and would ask for it by name for ever.
    """
    radio, end_s = DBusAddress(device, _BUS, _WIRELESS), time.monotonic() + SEEN_WITHIN_S
    with _signals(bus, _WIRELESS, "AccessPointAdded", device) as heard, suppress(TimeoutError):
        points = _call(bus, new_method_call(radio, "GetAllAccessPoints"))[0]
        if any(_name(bus, point) == ssid for point in points):
            return
        with suppress(DBusErrorResponse):  # it does so already, or did a moment ago
            _call(bus, new_method_call(radio, "RequestScan", "a{sv}", ({},)))
        while _name(bus, _next(bus, heard, end_s)[0]) != ssid:
            pass


def _name(bus: _Bus, point: str) -> bytes:
    """The name that an access point tells; empty for one that does not, or has gone."""
    try:
        return bytes(_call(bus, Properties(DBusAddress(point, _BUS, _POINT)).get("Ssid"))[0][1])
    except DBusErrorResponse:
        return b""


def _next(bus: _Bus, heard: Any, end_s: float) -> Any:
    return bus.recv_until_filtered(heard, timeout=max(0.01, end_s - time.monotonic())).body


def _await(bus: _Bus, heard: Any) -> None:
    """Follow the device until it is connected."""
    end_s, reached = time.monotonic() + JOINED_WITHIN_S, 0
    while True:
        try:
            state, _, reason = _next(bus, heard, end_s)
        except TimeoutError:
            raise Hindered(hitch_of(0, reached), "the wireless network was not joined in time") from None
        if state == _ACTIVATED:
            return
        if state == _FAILED:
            raise Hindered(hitch_of(reason, reached), f"NetworkManager: failed by reason {reason}")
        reached = max(reached, state) if state < _ACTIVATED else reached


def _wireless_device(bus: _Bus) -> str:
    for path in _call(bus, new_method_call(_MANAGER, "GetDevices"))[0]:
        kind = _call(bus, Properties(DBusAddress(path, _BUS, _DEVICE)).get("DeviceType"))[0][1]
        if kind == _WIFI:
            return str(path)
    raise Hindered(Hitch.NO_WIFI, "NetworkManager knows no wireless device")


def _forget_others(bus: _Bus, uuid: str) -> None:
    """Connections that were made by earlier codes, and that of the card (`kiosk.card.keyfiles`)."""
    for path in _call(bus, new_method_call(_SETTINGS, "ListConnections"))[0]:
        one = DBusAddress(path, _BUS, _CONNECTION)
        with suppress(DBusErrorResponse):
            told = _call(bus, new_method_call(one, "GetSettings"))[0]["connection"]
            if told["id"][1] in {NAME, OF_CARD} and told["uuid"][1] != uuid:
                _call(bus, new_method_call(one, "Delete"))


def _call(bus: _Bus, message: Message) -> Any:
    return unwrap_msg(bus.send_and_get_reply(message))
