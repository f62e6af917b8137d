"""
A wireless network joined, by NetworkManager over D-Bus: no password on any command line.

Interfaces, states and reasons are those of its D-Bus API 1.46 (networkmanager.dev/docs/api). The connection
has a name of ours, so that a box that is set up again does not gather old ones.
"""

import logging
import time
from contextlib import closing, suppress
from typing import Any
from uuid import uuid4

from jeepney import DBusAddress, MatchRule, Message, Properties, message_bus, new_method_call
from jeepney.io.blocking import DBusConnection, open_dbus_connection
from jeepney.wrappers import DBusErrorResponse, unwrap_msg

from kiosk.setup_codes import Wifi
from kiosk.stages import Hitch
from mqtt_bridge.enrolling.hindrance import Hindered

log = logging.getLogger(__name__)

NAME = "entrance-kiosk"
"""What the connection is called in NetworkManager."""
JOINED_WITHIN_S = 60.0
ANSWERS_WITHIN_S = 10.0

_BUS = "org.freedesktop.NetworkManager"
_MANAGER = DBusAddress("/org/freedesktop/NetworkManager", _BUS, _BUS)
_SETTINGS = DBusAddress("/org/freedesktop/NetworkManager/Settings", _BUS, f"{_BUS}.Settings")
_DEVICE, _CONNECTION = f"{_BUS}.Device", f"{_BUS}.Settings.Connection"
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
        },
        "802-11-wireless": {
            "ssid": ("ay", wifi.ssid.encode()),
            "mode": ("s", "infrastructure"),
            "hidden": ("b", wifi.hidden),
        },
        "ipv4": {"method": ("s", "auto")},
        "ipv6": {"method": ("s", "auto")},
    }
    if wifi.password:
        # For WPA 2 and 3 alike.
        told["802-11-wireless-security"] = {"key-mgmt": ("s", "wpa-psk"), "psk": ("s", wifi.password)}
    return told


def join(wifi: Wifi) -> None:
    """
    Join a wireless network, now and after each boot. Blocks for a minute at most.

    Raises:
        Hindered: If that cannot be; nothing is left of it in NetworkManager then.
    """
    try:
        with closing(open_dbus_connection("SYSTEM")) as bus:
            _join(bus, wifi)
    except DBusErrorResponse as error:
        # Its words might tell what it was asked.
        raise Hindered(Hitch.NO_WIFI, f"NetworkManager: {error.name}") from None
    except TimeoutError:
        raise Hindered(Hitch.NO_WIFI, "NetworkManager does not answer") from None
    except OSError as error:
        raise Hindered(Hitch.NO_WIFI, f"no system bus: {error.strerror or type(error).__name__}") from None


def hitch_of(reason: int, reached: int) -> Hitch:
    """What a failure is to a technician, by its reason and the last state before it."""
    return _REASONS.get(reason, Hitch.NO_ADDRESS if reached >= _ASKS_ADDRESS else Hitch.WIFI_UNSEEN)


def _join(bus: DBusConnection, wifi: Wifi) -> None:
    device = _wireless_device(bus)
    uuid = str(uuid4())
    changes = MatchRule(type="signal", sender=_BUS, interface=_DEVICE, member="StateChanged", path=device)
    _call(bus, message_bus.AddMatch(changes))
    with bus.filter(changes) as heard:
        options = {"persist": ("s", "disk"), "bind-activation": ("s", "none")}
        asked = (connection(wifi, uuid), device, "/", options)
        ask = new_method_call(_MANAGER, "AddAndActivateConnection2", "a{sa{sv}}ooa{sv}", asked)
        path = _call(bus, ask)[0]
        try:
            _await(bus, heard)
        except Hindered:
            with suppress(DBusErrorResponse, OSError):
                _call(bus, new_method_call(DBusAddress(path, _BUS, _CONNECTION), "Delete"))
            raise
    _forget_others(bus, uuid)
    log.info("joined the wireless network of the set-up code")


def _await(bus: DBusConnection, heard: Any) -> None:
    """Follow the device until it is connected."""
    end_s, reached = time.monotonic() + JOINED_WITHIN_S, 0
    while True:
        try:
            left_s = max(0.01, end_s - time.monotonic())
            state, _, reason = bus.recv_until_filtered(heard, timeout=left_s).body
        except TimeoutError:
            raise Hindered(hitch_of(0, reached), "the wireless network was not joined in time") from None
        if state == _ACTIVATED:
            return
        if state == _FAILED:
            raise Hindered(hitch_of(reason, reached), f"NetworkManager: failed by reason {reason}")
        reached = max(reached, state) if state < _ACTIVATED else reached


def _wireless_device(bus: DBusConnection) -> str:
    for path in _call(bus, new_method_call(_MANAGER, "GetDevices"))[0]:
        kind = _call(bus, Properties(DBusAddress(path, _BUS, _DEVICE)).get("DeviceType"))[0][1]
        if kind == _WIFI:
            return str(path)
    raise Hindered(Hitch.NO_WIFI, "NetworkManager knows no wireless device")


def _forget_others(bus: DBusConnection, uuid: str) -> None:
    """Connections that were made by earlier codes."""
    for path in _call(bus, new_method_call(_SETTINGS, "ListConnections"))[0]:
        one = DBusAddress(path, _BUS, _CONNECTION)
        with suppress(DBusErrorResponse):
            told = _call(bus, new_method_call(one, "GetSettings"))[0]["connection"]
            if told["id"][1] == NAME and told["uuid"][1] != uuid:
                _call(bus, new_method_call(one, "Delete"))


def _call(bus: DBusConnection, message: Message) -> Any:
    return unwrap_msg(bus.send_and_get_reply(message, timeout=ANSWERS_WITHIN_S))
