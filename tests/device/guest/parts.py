"""
Runs parts of this checkout's own door inside a guest, and tells what they report.

usage: python -m tests.device.guest.parts PART

Parts:
    lamp, buzzer: Read lines, such as `green` or `red blinking`, and `welcome`, and do them.
    keypad, usb, wedge, button: Run, and tell what they report, until the end of input.
    usb_camera: Takes three pictures from /dev/video0 at 640 × 480, and tells their sizes and how much is in them.
    screen: Shows the views that `tests.screens` draws, by name, as lines ask for them; keys are told.

What is told begins with `told `; an end of input is a clean end.
"""

import sys
from threading import Event, Thread

from hardware.button import GpioButton
from hardware.buzzer import PlainBuzzer
from hardware.keypad import MatrixKeypad
from hardware.lamp import GpioLamp
from hardware.pad import UsbKeypad
from hardware.screen import PygameScreen
from hardware.usb_camera import UsbCamera
from hardware.wedge import WedgeScanner
from kiosk.reports import ButtonHeld, DeviceChange, KeyPress, Reading
from kiosk.signals import Beep, Colour, Cue, Glow, Pattern

LONG_BEEP = Cue("long", (Beep(2000, 400),))


def tell(what):
    sys.stdout.write(f"told {what}\n")
    sys.stdout.flush()


def report(what):
    match what:
        case KeyPress(key):
            tell(f"key {key}")
        case Reading(texts):
            tell(f"text {' '.join(texts)}")
        case ButtonHeld():
            tell("held")
        case DeviceChange(present=True):
            tell("ready")
        case DeviceChange(problem=problem):
            tell(f"missing {problem}")


def lamp():
    light = GpioLamp()
    tell("ready")
    for line in sys.stdin:
        colour, _, pattern = line.strip().partition(" ")
        light.light(Glow(Colour(colour), Pattern(pattern or "steady")))
        tell("lit")
    light.close()


def buzzer():
    sounder, stop = PlainBuzzer(), Event()
    player = Thread(target=sounder.run, args=(report, stop))
    player.start()
    tell("ready")
    for _ in sys.stdin:
        sounder.play(LONG_BEEP)
        sounder.finish(within_s=10)
        tell("silent")
    stop.set()
    player.join()
    sounder.close()


def runs(part):
    stop = Event()
    worker = Thread(target=part.run, args=(report, stop))
    worker.start()
    for _ in sys.stdin:
        pass
    stop.set()
    worker.join()


def screen():
    from tests.screens.views import all_views

    shown = PygameScreen(driver="kmsdrm")
    views = all_views("vi", "long")
    tell(f"ready {shown.size_px[0]}x{shown.size_px[1]}")
    for line in sys.stdin:
        shown.show(views[line.strip()])
        shown.attend(report)
        tell("shown")
    shown.close()


def usb_camera():
    camera = UsbCamera(width_px=640, height_px=480, device="/dev/video0")
    camera.open()
    tell("ready")
    for _ in range(3):
        luma = camera.capture().luma
        tell(f"frame {luma.shape[1]}x{luma.shape[0]} {int(luma.std())}")
    camera.close()


PARTS = {
    "usb_camera": usb_camera,
    "lamp": lamp,
    "buzzer": buzzer,
    "screen": screen,
    "keypad": lambda: runs(MatrixKeypad()),
    "usb": lambda: runs(UsbKeypad()),
    "wedge": lambda: runs(WedgeScanner()),
    "button": lambda: runs(GpioButton(hold_s=0.5)),
}

PARTS[sys.argv[1]]()
