"""The cameras, as far as a machine without one goes; `tests/device` goes further."""

import sys

import cv2
import numpy as np
import pytest

from hardware.cameras import camera_of
from hardware.pi_camera import PicameraCamera
from hardware.scanner import CameraScanner
from hardware.turning import cut_closer, upright
from hardware.usb_camera import UsbCamera, brightness, usb_cameras
from kiosk.errors import DeviceMissing, SettingsError

TURNS_DEG = [0, 90, 180, 270]


def noise(height_px, width_px):
    return np.random.default_rng(1).integers(0, 256, (height_px, width_px), np.uint8)


def test_a_machine_without_picamera2_says_how_to_get_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "picamera2", None)

    with pytest.raises(DeviceMissing, match="apt install python3-picamera2"):
        PicameraCamera().open()


@pytest.mark.parametrize("kind", ["auto", "pi", "usb"])
def test_closing_a_camera_that_was_never_opened_does_no_harm(kind):
    camera_of(kind=kind).close()


@pytest.mark.parametrize(
    ("rotation_deg", "turned"),
    [(0, [[1, 2], [3, 4]]), (90, [[3, 1], [4, 2]]), (180, [[4, 3], [2, 1]]), (270, [[2, 4], [1, 3]])],
)
def test_a_picture_is_turned_clockwise(rotation_deg, turned):
    rows = np.array([[1, 2, 9, 9], [3, 4, 9, 9]], np.uint8)

    assert upright(rows[:, :2], rotation_deg).tolist() == turned


def test_a_picture_is_a_copy_since_the_camera_writes_the_next_over_it():
    rows = noise(4, 6)

    assert not np.shares_memory(upright(rows, 0), rows)


@pytest.mark.parametrize("rotation_deg", TURNS_DEG)
@pytest.mark.parametrize("square", [(3, 5, 10), (0, 0, 7), (20, 10, 30)], ids=["inside", "corner", "beyond"])
def test_a_closer_look_is_at_the_same_place_however_the_camera_is_turned(rotation_deg, square):
    top, left, side = square
    fine = noise(80, 120)

    near = cut_closer(fine, (60, 40), rotation_deg, *square)

    whole = upright(fine, rotation_deg)
    assert near.tolist() == whole[2 * top : 2 * (top + side), 2 * left : 2 * (left + side)].tolist()


@pytest.mark.parametrize(
    "option",
    [{"width_px": 63}, {"width_px": 101}, {"height_px": 5000}, {"frames_per_s": 0}, {"rotation_deg": 45}],
)
@pytest.mark.parametrize("kind", ["pi", "usb"])
def test_an_option_out_of_range_is_named(kind, option):
    (name,) = option

    with pytest.raises(SettingsError, match=f"{name} = "):
        CameraScanner(kind=kind, **option)


def test_a_usb_camera_that_is_not_there_is_missing_by_its_name():
    with pytest.raises(DeviceMissing, match=r"camera\.device = /dev/no-such-camera: gives no pictures"):
        UsbCamera(device="/dev/no-such-camera").open()


def test_a_device_that_is_no_camera_is_missing():
    with pytest.raises(DeviceMissing, match="gives no pictures"):
        UsbCamera(device="/dev/null").open()


def test_a_box_without_any_usb_camera_says_so(tmp_path):
    with pytest.raises(DeviceMissing, match="none on USB gives pictures; plug it in"):
        UsbCamera(system=tmp_path).open()


def test_a_box_without_any_camera_tells_of_both_kinds(monkeypatch):
    monkeypatch.setitem(sys.modules, "picamera2", None)

    with pytest.raises(DeviceMissing, match=r"python3-picamera2.*; camera: none on USB"):
        camera_of(kind="auto").open()


def test_cameras_on_usb_are_told_from_the_parts_of_the_pis_own(tmp_path):
    """As on a Pi 4 with a webcam: the codec, the webcam's pictures and what it says of them, another webcam."""
    system = tmp_path / "class"
    for number, (bus, index) in {
        10: ("platform/bcm2835-codec", 0), 2: ("pci/usb1/1-1", 0), 1: ("pci/usb1/1-2", 1), 0: ("pci/usb1/1-2", 0),
    }.items():  # fmt: skip
        node = system / f"video{number}"
        node.mkdir(parents=True)
        device = tmp_path / "devices" / bus
        device.mkdir(parents=True, exist_ok=True)
        (node / "device").symlink_to(device)
        (node / "index").write_text(f"{index}\n")

    assert [str(file) for file in usb_cameras(system)] == ["/dev/video0", "/dev/video2"]


def test_brightness_is_the_first_of_each_two_bytes_of_yuyv():
    assert brightness(np.array([[[1, 9], [2, 8]]], np.uint8), "YUYV", 1).tolist() == [[1, 2]]


def test_brightness_is_the_second_of_each_two_bytes_of_uyvy():
    assert brightness(np.array([[[9, 1], [8, 2]]], np.uint8), "UYVY", 1).tolist() == [[1, 2]]


def test_below_brightness_in_planes_lies_colour():
    assert brightness(np.array([[1, 2], [3, 4], [9, 9]], np.uint8), "NV12", 2).tolist() == [[1, 2], [3, 4]]


def test_brightness_of_a_compressed_picture_is_unpacked():
    picture = np.full((16, 24), 200, np.uint8)
    packed = cv2.imencode(".jpg", picture)[1].reshape(1, -1)

    assert np.abs(brightness(packed, "MJPG", 16).astype(int) - picture).max() <= 2


@pytest.mark.parametrize("packed", [b"", b"\xff\xd8\xff cut off"])
def test_a_compressed_picture_that_was_cut_off_is_none(packed):
    assert brightness(np.frombuffer(packed, np.uint8), "MJPG", 16) is None
