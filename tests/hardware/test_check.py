"""Each part of a box tried by itself."""

import sys
from functools import partial
from threading import Event

import pytest
from gpiozero import GPIODevice

from hardware import check, engine_check, pins
from hardware.keypad import MatrixKeypad
from hardware.pad import UsbKeypad
from hardware.scanner import CameraScanner
from hardware.screen import PygameScreen
from hardware.serial import SerialScanner
from hardware.simulated.button import SimulatedButton
from hardware.simulated.buzzer import SimulatedBuzzer
from hardware.simulated.keyboards import SimulatedKeyboards
from hardware.simulated.keypad import SimulatedKeypad
from hardware.simulated.lamp import SimulatedLamp
from hardware.simulated.light import SimulatedLight
from hardware.simulated.scanner import SimulatedScanner
from hardware.wedge import WedgeScanner
from kiosk.errors import DeviceLost, DeviceMissing
from kiosk.reports import DeviceChange
from kiosk.signals import Colour
from tests.hardware.readers import Line, Typing
from tests.hardware.test_keypads import OnUsb


def kept(made):
    """What makes a device that a test already holds."""
    return lambda: made


class Scanner:
    """A scanner that says what a test wants, and then waits for the end."""

    last_frame_s = None

    def __init__(self, *said):
        self.said = said
        self.ended = False

    def run(self, report, stop):
        for one in self.said:
            if isinstance(one, Exception):
                raise one
            report(one)
        stop.wait()
        self.ended = True


@pytest.mark.parametrize("engine", [engine_check.zxing, engine_check.zbar])
def test_each_engine_reads_the_code_and_tells_its_version(engine):
    name, number = engine().rsplit(" ", 1)

    assert name in {"zxing-cpp", "zbar"}
    assert int(number.split(".")[0]) >= 0


@pytest.mark.parametrize(
    ("engine", "module", "remedy"),
    [
        (engine_check.zxing, "zxingcpp", "zxing-cpp is missing: pip install zxing-cpp"),
        (engine_check.zbar, "pyzbar", "pyzbar is missing: pip install pyzbar"),
    ],
)
def test_an_engine_that_is_not_installed_is_named_with_the_remedy(monkeypatch, engine, module, remedy):
    monkeypatch.setitem(sys.modules, module, None)

    with pytest.raises(DeviceMissing, match=f"^{remedy}$"):
        engine()


@pytest.mark.parametrize(
    ("engine", "made", "remedy"),
    [
        (engine_check.zxing, "Zxing", r"\(wrong ELF class\): pip install --force-reinstall zxing-cpp"),
        (engine_check.zbar, "Zbar", r"\(wrong ELF class\): sudo apt install libzbar0"),
    ],
)
def test_an_engine_that_does_not_load_is_named_with_the_remedy(monkeypatch, engine, made, remedy):
    def broken():
        raise ImportError("wrong ELF class")

    monkeypatch.setattr(engine_check, made, broken)

    with pytest.raises(DeviceMissing, match=remedy):
        engine()


@pytest.mark.parametrize(("engine", "made"), [(engine_check.zxing, "Zxing"), (engine_check.zbar, "Zbar")])
def test_an_engine_that_reads_nothing_is_found_out(monkeypatch, engine, made):
    class Blind:
        def read(self, luma):
            return []

    monkeypatch.setattr(engine_check, made, Blind)

    with pytest.raises(DeviceLost, match="does not read a plain code"):
        engine()


def test_an_engine_of_the_system_may_have_no_version(monkeypatch):
    def unknown(name):
        raise engine_check.PackageNotFoundError(name)

    monkeypatch.setattr(engine_check, "version", unknown)

    assert engine_check.zxing() == "zxing-cpp"


def test_a_camera_tells_the_size_of_its_pictures_as_people_see_them():
    assert check.camera(partial(SimulatedScanner, width_px=640, height_px=480)) == (
        "gives pictures of 640 x 480 pixels"
    )


def test_a_camera_is_given_back():
    scanner = SimulatedScanner(width_px=320, height_px=240)

    check.camera(kept(scanner))

    assert scanner.last_frame_s is None


def test_a_machine_without_a_camera_says_what_to_do(monkeypatch):
    monkeypatch.setitem(sys.modules, "picamera2", None)

    with pytest.raises(DeviceMissing, match="apt install python3-picamera2"):
        check.camera(CameraScanner)


def test_a_camera_that_hangs_does_not_keep_the_others_from_being_tried(monkeypatch):
    monkeypatch.setattr(check, "_ANSWER_S", 0.1)
    monkeypatch.setattr(check, "_END_S", 0.1)
    over = Event()

    class Hanging:
        def run(self, report, stop):
            over.wait()

    with pytest.raises(DeviceMissing, match=r"no answer within .* check the cable"):
        check.camera(Hanging)
    over.set()


def test_a_camera_without_a_picture_is_not_taken_for_one(monkeypatch):
    monkeypatch.setattr(check, "_ANSWER_S", 0.1)
    monkeypatch.setattr(check, "VIEWFINDER", check.VIEWFINDER.__class__())

    with pytest.raises(DeviceLost, match="gives no picture"):
        check.camera(kept(Scanner(DeviceChange("scanner", present=True))))


def test_a_bug_of_a_device_is_not_taken_for_its_absence():
    with pytest.raises(ZeroDivisionError):
        check.camera(kept(Scanner(ZeroDivisionError())))


def test_a_device_that_is_missing_is_ended_too():
    scanner = Scanner(DeviceChange("scanner", present=False, problem="camera: gone"))

    with pytest.raises(DeviceMissing, match=r"^camera: gone$"):
        check.camera(kept(scanner))
    assert scanner.ended


def test_a_keypad_answers():
    assert check.keypad(SimulatedKeypad) == "its pins answer"


def test_a_keypad_whose_pin_is_taken_is_missing():
    factory = pins.simulated_pins()
    with (
        GPIODevice(5, pin_factory=factory),
        pytest.raises(DeviceMissing, match="no other program or device uses the pin"),
    ):
        check.keypad(partial(MatrixKeypad, pin_factory=factory))


@pytest.mark.parametrize(
    ("check_it", "make", "says"),
    [
        (check.usb, lambda: OnUsb().device, "Numeric Keypad: its keys reach the door alone"),
        (check.wedge, lambda: Typing(None).device, "Barcode Reader: what it types reaches the door alone"),
    ],
    ids=["usb", "wedge"],
)
def test_what_is_plugged_in_works(check_it, make, says):
    assert check_it(make) == says


def test_a_serial_line_opens(tmp_path):
    line = Line(tmp_path)
    try:
        assert check.serial(kept(line.device)) == "its line opens"
    finally:
        line.close()


@pytest.mark.parametrize(
    ("check_it", "make", "says"),
    [
        (check.usb, UsbKeypad, r"^usb: no numeric pad found; plug one in$"),
        (check.wedge, WedgeScanner, r"^wedge: no code reader found; plug one in$"),
    ],
    ids=["usb", "wedge"],
)
def test_what_is_not_plugged_in_is_missing(check_it, make, says):
    with pytest.raises(DeviceMissing, match=says):
        check_it(partial(make, keyboards=SimulatedKeyboards()))


def test_a_serial_line_that_is_not_there_is_missing(tmp_path):
    with pytest.raises(DeviceMissing, match="plug the reader in"):
        check.serial(partial(SerialScanner, device=str(tmp_path / "none")))


def test_a_screen_is_opened_and_not_left_open():
    screen = PygameScreen(width_px=800, height_px=480, driver="dummy")

    assert check.screen(kept(screen)) == "opens with 800 x 480 pixels"
    assert screen._closed


def test_a_buzzer_sounds_and_is_given_back():
    buzzer = SimulatedBuzzer(pin=18)

    check.buzzer(kept(buzzer))

    assert [cue.name for cue in buzzer.played] == ["check"]
    SimulatedBuzzer(pin=18).close()


def test_a_light_shines_and_is_given_back():
    light = SimulatedLight()

    assert check.light(kept(light)) == "shone"
    SimulatedLight().close()


def test_a_button_answers():
    assert check.button(SimulatedButton) == "its pin answers"


def test_a_lamp_shows_its_three_colours_and_is_given_back():
    lamp = SimulatedLamp()

    check.lamp(kept(lamp))

    assert [glow.colour for glow in lamp.glows] == [Colour.RED, Colour.GREEN, Colour.BLUE]
    SimulatedLamp().close()
