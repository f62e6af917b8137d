"""A wireless network joined through NetworkManager: what it is told, and what its answers are to a technician."""

import shutil
import socket
from threading import Thread

import pytest

from kiosk.setup_codes import Wifi
from kiosk.stages import Hitch
from mqtt_bridge.enrolling import wireless
from mqtt_bridge.enrolling.hindrance import Hindered
from tests.programs import Program, eventually

WIFI = Wifi("Trạm nước", "mat khau 12")
BUS = """<busconfig>
<type>session</type><listen>unix:path={path}</listen><auth>EXTERNAL</auth>
<policy context="default"><allow send_destination="*"/><allow eavesdrop="true"/><allow own="*"/></policy>
</busconfig>"""


@pytest.fixture
def bus(tmp_path, monkeypatch):
    """A system bus of its own, with nobody on it."""
    path = tmp_path / "bus"
    (tmp_path / "bus.conf").write_text(BUS.format(path=path))
    daemon = shutil.which("dbus-daemon")
    assert daemon, "install dbus-daemon: .ci/setup does"
    running = Program(daemon, f"--config-file={tmp_path / 'bus.conf'}", "--nofork")
    try:
        eventually(path.exists)
        monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", f"unix:path={path}")
        yield
    finally:
        running.stop()


def hitch(wifi=WIFI):
    with pytest.raises(Hindered) as caught:
        wireless.join(wifi)
    assert wifi.password not in str(caught.value)
    return caught.value.hitch


def test_a_network_with_a_password_is_told_whole():
    assert wireless.connection(WIFI, "an-uuid") == {
        "connection": {
            "id": ("s", "entrance-kiosk"),
            "uuid": ("s", "an-uuid"),
            "type": ("s", "802-11-wireless"),
            "autoconnect": ("b", True),
            "autoconnect-priority": ("i", 100),
            "autoconnect-retries": ("i", 0),
        },
        "802-11-wireless": {
            "ssid": ("ay", "Trạm nước".encode()),
            "mode": ("s", "infrastructure"),
            "hidden": ("b", False),
            "powersave": ("u", 2),
        },
        "802-11-wireless-security": {"key-mgmt": ("s", "wpa-psk"), "psk": ("s", "mat khau 12")},
        "ipv4": {"method": ("s", "auto")},
        "ipv6": {"method": ("s", "auto")},
    }


def test_an_open_network_that_hides_is_told_so():
    told = wireless.connection(Wifi("open", hidden=True), "an-uuid")

    assert told["802-11-wireless"]["hidden"] == ("b", True)
    assert "802-11-wireless-security" not in told


@pytest.mark.parametrize(
    ("reason", "reached", "said"),
    [
        (7, 60, Hitch.WIFI_PASSWORD),
        (11, 50, Hitch.WIFI_PASSWORD),
        (53, 50, Hitch.WIFI_UNSEEN),
        (5, 70, Hitch.NO_ADDRESS),
        (17, 70, Hitch.NO_ADDRESS),
        (0, 50, Hitch.WIFI_UNSEEN),
        (0, 70, Hitch.NO_ADDRESS),
        (9999, 40, Hitch.WIFI_UNSEEN),
    ],
)
def test_a_failure_is_what_a_technician_can_mend(reason, reached, said):
    assert wireless.hitch_of(reason, reached) is said


def test_a_machine_without_a_bus_cannot_join(tmp_path, monkeypatch):
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", f"unix:path={tmp_path / 'none'}")

    assert hitch() is Hitch.NO_WIFI


@pytest.mark.usefixtures("bus")
def test_a_machine_without_network_manager_cannot_join():
    assert hitch() is Hitch.NO_WIFI


def test_a_bus_that_greets_nobody_is_not_waited_for_for_ever(tmp_path, monkeypatch):
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", f"unix:path={tmp_path / 'bus'}")
    monkeypatch.setattr(wireless, "ANSWERS_WITHIN_S", 0.5)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "bus"))
        listener.listen()

        def authenticate():
            """As far as a bus comes that then has no time."""
            caller, _ = listener.accept()
            with caller:
                while (said := caller.recv(4096)) and b"BEGIN" not in said:
                    caller.sendall(b"OK 1234deadbeef\r\n" if b"AUTH" in said else b"")
                caller.recv(4096)
                caller.recv(4096)

        bus = Thread(target=authenticate)
        bus.start()
        assert hitch() is Hitch.NO_WIFI
        bus.join()
