"""
Runs this checkout's own `CameraScanner` on the virtual camera, inside the root, and tells what it reports.

usage: python -m tests.device.door_program SITUATION

Each report is a line of JSON on standard output. Situations:
    card: Ends with the first reading.
    turned: As `card`, with the camera mounted upside down.
    far: Looks at forty small frames with a finer picture behind each, and tells what it read.
    plain: The same with no finer picture.
    controls: Tells what the camera was asked for, and the numbers of libcamera that are asked by.
    cable: After the first reading the cable is pulled, plugged in when the loss was reported, and the second
        reading ends it.
    missing: Ends when the camera was reported missing.
    again: Opens and closes the camera ten times; tells how many files were left open after the second and
        after the last.
    absent: Tries fifty times to open a camera that is not there; tells the same.
    busy: Tries fifty times to open a camera that is in use; tells the same.
"""

import gc
import json
import sys
from dataclasses import asdict
from pathlib import Path
from threading import Event

from tests.device import virtual_camera

virtual_camera.install()

import libcamera  # noqa: E402

from hardware.decoder import Decoder  # noqa: E402
from hardware.pi_camera import PicameraCamera  # noqa: E402
from hardware.scanner import CameraScanner  # noqa: E402
from kiosk.errors import DeviceMissing  # noqa: E402
from kiosk.glimpse import Glimpse  # noqa: E402
from kiosk.reports import DeviceChange, Reading  # noqa: E402


def tell(**facts):
    sys.stdout.write(json.dumps(facts) + "\n")
    sys.stdout.flush()


def run(scanner, on_report):
    """Run a scanner and tell each report; `on_report` says whether it was the last."""
    stop = Event()

    def report(what):
        if not stop.is_set():
            tell(kind=type(what).__name__, **asdict(what))
            if on_report(what):
                stop.set()

    scanner.run(report, stop)
    tell(kind="end", last_frame_s=scanner.last_frame_s)


def is_reading(what):
    return isinstance(what, Reading)


def pull_and_plug():
    lost = False

    def on_report(what):
        nonlocal lost
        match what:
            case DeviceChange(present=False):
                lost = True
                virtual_camera.CABLE.set()
            case Reading() if not lost:
                virtual_camera.CABLE.clear()
            case Reading():
                return True
        return False

    return on_report


def open_files():
    gc.collect()  # what only waits for Python to tidy up is not lost
    return len(list(Path("/proc/self/fd").iterdir()))


def open_again_and_again():
    camera, counts = PicameraCamera(), []
    for _ in range(10):
        camera.open()
        frame = camera.capture()
        camera.close()
        counts.append(open_files())
    tell(kind="files", early=counts[1], late=counts[-1], shape=frame.luma.shape)


def try_again_and_again():
    counts = []
    for _ in range(50):
        try:
            PicameraCamera().open()
        except DeviceMissing:
            counts.append(open_files())
    tell(kind="files", early=counts[1], late=counts[-1], shape=None)


def look(detail):
    camera, decoder, texts = PicameraCamera(width_px=640, height_px=360, detail=detail), Decoder(), set()
    camera.open()
    for _ in range(40):
        frame = camera.capture()
        texts.update(decoder.read(frame.luma, frame.closer))
    camera.close()
    tell(kind="Reading", texts=sorted(texts), shape=frame.luma.shape)


def tell_controls():
    camera = PicameraCamera()
    camera.open()
    camera.capture()
    for _ in range(30):
        camera.heed(Glimpse.TOO_BRIGHT)
        camera.capture()
    tell(kind="asked", offered=sorted(camera._camera.camera_controls))
    camera.close()
    numbers = libcamera.controls
    tell(
        kind="numbers",
        AF_CONTINUOUS=int(numbers.AfModeEnum.Continuous),
        AF_MACRO=int(numbers.AfRangeEnum.Macro),
        AF_FAST=int(numbers.AfSpeedEnum.Fast),
        AF_IN_WINDOWS=int(numbers.AfMeteringEnum.Windows),
        SHORT_EXPOSURE=int(numbers.AeExposureModeEnum.Short),
        FLICKER_MANUAL=int(numbers.AeFlickerModeEnum.Manual),
    )


match sys.argv[1]:
    case "card":
        run(CameraScanner(), is_reading)
    case "far":
        look("full")
    case "plain":
        look("none")
    case "controls":
        tell_controls()
    case "turned":
        run(CameraScanner(width_px=640, height_px=480, rotation_deg=180), is_reading)
    case "cable":
        run(CameraScanner(), pull_and_plug())
    case "missing":
        run(CameraScanner(), lambda what: isinstance(what, DeviceChange))
    case "again":
        open_again_and_again()
    case "absent":
        try_again_and_again()
    case "busy":
        user = PicameraCamera()
        user.open()
        try_again_and_again()
        user.close()
