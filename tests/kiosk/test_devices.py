"""Devices by their names in the device table, and a door's devices from its settings."""

import pytest

from hardware.keypad import MatrixKeypad
from hardware.pad import UsbKeypad
from hardware.serial import SerialScanner
from hardware.simulated.scanner import SimulatedScanner
from hardware.wedge import WedgeScanner
from kiosk import commands, config, devices
from kiosk.errors import SettingsError
from kiosk.joining import JoinedKeypad, JoinedScanner
from kiosk.wiring import Devices

DEFAULTS = [
    (kind, name)
    for kind, info in Devices.model_fields.items()
    for name in ([info.default] if isinstance(info.default, str) else info.default)
]


@pytest.fixture
def assembled(monkeypatch):
    """The devices of a simulated door with some settings changed; closed again at the end."""
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    made = []

    def assemble(**changed):
        made.append(devices.assemble(config.load(None, commands.simulation(), changed)))
        return made[-1]

    yield assemble
    for one in made:
        one.close()


def settings(**changed):
    return config.load(None, changed)


@pytest.mark.parametrize(("kind", "default"), DEFAULTS)
def test_every_default_device_is_in_the_table_and_can_be_imported(kind, default):
    assert callable(devices.find(kind, default))


@pytest.mark.parametrize("kind", ["scanner", "keypad", "buzzer", "lamp", "voice"])
def test_every_device_of_a_box_has_a_simulated_twin(kind):
    assert "simulated" in devices.names(kind)


def test_an_unknown_device_is_named_with_a_suggestion():
    with pytest.raises(
        SettingsError, match=r'devices\.scanner = "camra": no such device; did you mean "camera"\?'
    ):
        devices.find("scanner", "camra")


def test_a_name_like_no_other_is_answered_with_all_there_are():
    with pytest.raises(SettingsError, match="there are rgb, simulated"):
        devices.find("lamp", "zzz")


def test_a_device_alone_is_what_it_is(assembled):
    assert isinstance(assembled().scanner, SimulatedScanner)


def test_several_scanners_are_joined(assembled):
    scanner = assembled(devices={"scanner": ["wedge", "serial"]}).scanner

    assert isinstance(scanner, JoinedScanner)
    assert {name: type(part) for name, part in scanner.parts.items()} == {
        "wedge": WedgeScanner,
        "serial": SerialScanner,
    }


def test_several_keypads_are_joined(assembled):
    keypad = assembled(devices={"keypad": ["matrix", "usb"]}).keypad

    assert isinstance(keypad, JoinedKeypad)
    assert {name: type(part) for name, part in keypad.parts.items()} == {
        "matrix": MatrixKeypad,
        "usb": UsbKeypad,
    }


@pytest.mark.parametrize(
    ("kind", "name", "changed", "made_with"),
    [
        ("scanner", "camera", {"camera": {"width_px": 640}}, ("width_px", 640)),
        ("scanner", "simulated", {"camera": {"width_px": 640}}, ("width_px", 640)),
        ("scanner", "wedge", {"wedge": {"device": "event1"}}, ("device", "event1")),
        ("scanner", "serial", {"serial": {"baud": 19200}}, ("baud", 19200)),
        ("keypad", "matrix", {"keypad": {"column_pins": [12, 16, 20, 21]}}, ("column_pins", (12, 16, 20, 21))),
        ("keypad", "simulated", {"keypad": {"column_pins": [12, 16, 20, 21]}}, ("column_pins", (12, 16, 20, 21))),
        ("keypad", "usb", {"usb": {"device": "event2"}}, ("device", "event2")),
        ("buzzer", "tonal", {"buzzer": {"pin": 23}}, ("pin", 23)),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_each_device_is_made_with_its_own_section(kind, name, changed, made_with):
    option, value = made_with

    assert devices.options(kind, name, settings(**changed))[option] == value


@pytest.mark.parametrize(
    ("scanner", "keypad", "shared"),
    [
        (["camera", "wedge"], ["usb"], True),
        (["wedge"], ["matrix", "usb"], True),
        (["wedge"], ["matrix"], False),
        (["serial"], ["usb"], False),
    ],
    ids=["beside a camera", "beside a matrix", "a reader alone", "a pad alone"],
)
def test_a_pad_and_a_reader_that_types_are_told_of_each_other(scanner, keypad, shared):
    chosen = settings(devices={"scanner": scanner, "keypad": keypad})

    for kind, name in (("scanner", "wedge"), ("keypad", "usb")):
        assert devices.options(kind, name, chosen)["shared"] is shared


def test_a_screen_is_told_nothing_of_the_night():
    assert not {"night_from", "night_until"} & devices.options("screen", "pygame", settings()).keys()


def test_an_unknown_name_among_several_is_named():
    with pytest.raises(SettingsError, match=r'devices\.keypad = "ubs": no such device; did you mean "usb"\?'):
        devices.assemble(settings(devices={"keypad": ["matrix", "ubs"]}))


@pytest.mark.parametrize(
    ("scanner", "looking"),
    [("simulated", SimulatedScanner), (["wedge", "simulated"], SimulatedScanner)],
    ids=["alone", "one of two"],
)
def test_the_scanner_that_looks_is_found(scanner, looking):
    assert isinstance(devices.camera(settings(devices={"scanner": scanner})), looking)


def test_a_door_without_a_camera_is_asked_for_the_real_one():
    assert isinstance(
        devices.camera(settings(devices={"scanner": "wedge"})), devices.find("scanner", "camera")
    )


def test_a_closed_door_gives_everything_back(assembled):
    made = assembled()
    made.close()

    assert made.screen._closed


def test_devices_that_were_opened_are_closed_when_a_later_one_fails(monkeypatch, assembled):
    opened = []

    def voiceless(**_options):
        raise SettingsError("voice: none here")

    find = devices.find
    monkeypatch.setattr(
        devices,
        "find",
        lambda kind, name: (
            voiceless
            if kind == "voice"
            else (lambda **options: opened.append(find(kind, name)(**options)) or opened[-1])
        ),
    )
    with pytest.raises(SettingsError, match="none here"):
        assembled()

    assert opened[0]._closed
