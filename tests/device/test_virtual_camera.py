"""
The real scanner on the real picamera2 and libcamera, before a virtual camera that shows a picture.

Only the sensor is not real. The root that they run in is made first, which takes a minute or two once.
"""

import json

import numpy as np
import pygame
import pytest

from hardware import tuning
from hardware.simulated.codes import draw_code
from tests import people
from tests.device.container import MAKING_S, Container

pytestmark = [pytest.mark.device, pytest.mark.timeout(MAKING_S + 60)]

SOME = 10
"""Files that threads and libraries have open for a moment, now and then."""
CAMERAS = "/usr/share/libcamera/pipeline/virtual/virtual.yaml"
YAML = """\
"Door":
  supported_formats:
SIZES
  frames: {path: "/srv/card.jpg"}
  location: "CameraLocationBack"
  model: "Virtual camera of the door"
"""
PLAIN = (1280, 720), (640, 480)
FINE = (2560, 1440), (640, 360)
"""A sensor with four pixels to one of the picture that is read, across and down."""


def scene(text, size, module_px):
    """What a camera sees when somebody holds a code up to it."""
    width, height = size
    luma = np.full((height, width), 118, np.uint8)
    code = draw_code(text, module_px=module_px)
    luma[150 : 150 + len(code), 500 : 500 + len(code)] = code
    return pygame.surfarray.make_surface(np.repeat(luma.T[:, :, np.newaxis], 3, axis=2))


@pytest.fixture
def door(root, tmp_path):
    """Run a situation of `door_program` before a camera that sees an ID card, or before none."""

    def run(situation, *, camera=True, sizes=PLAIN, module_px=6):
        container = Container(root)
        if camera:
            pygame.image.save(scene(people.CCCD, sizes[0], module_px), tmp_path / "card.jpg")
            listed = "\n".join(f"    - {{width: {w}, height: {h}, frame_rates: [30]}}" for w, h in sizes)
            (tmp_path / "virtual.yaml").write_text(YAML.replace("SIZES", listed))
            container.binds = {CAMERAS: tmp_path / "virtual.yaml", "/srv/card.jpg": tmp_path / "card.jpg"}
        ended = container.run("/opt/door/bin/python", "-m", "tests.device.door_program", situation)
        assert ended.returncode == 0, ended.stderr[-4000:]
        return [json.loads(line) for line in ended.stdout.splitlines() if line.startswith("{")]

    return run


def found(reports):
    return [report["present"] for report in reports if report["kind"] == "DeviceChange"]


def texts(reports):
    return [text for report in reports if report["kind"] == "Reading" for text in report["texts"]]


def test_a_card_before_the_camera_is_read(door):
    reports = door("card")

    assert (found(reports), texts(reports)) == ([True], [people.CCCD])


def test_a_card_is_read_by_a_camera_mounted_upside_down(door):
    reports = door("turned")

    assert (found(reports), texts(reports)) == ([True], [people.CCCD])


def test_a_code_too_small_for_the_picture_that_is_read_is_read_by_a_closer_look(door):
    """Both pictures come from libcamera at once; a module is three quarters of a pixel of the smaller."""
    (looked,) = door("far", sizes=FINE, module_px=3)

    assert (looked["texts"], looked["shape"]) == ([people.CCCD], [360, 640])


def test_without_the_finer_picture_it_is_not_read(door):
    (looked,) = door("plain", sizes=FINE, module_px=3)

    assert (looked["texts"], looked["shape"]) == ([], [360, 640])


def test_a_camera_is_asked_for_nothing_that_it_does_not_offer(door):
    """libcamera refuses what is not offered, and the door would lose its camera."""
    asked, _ = door("controls")

    assert not {"AfMode", "ExposureTime", "AeFlickerMode"} & set(asked["offered"])


def test_what_libcamera_is_asked_is_meant_by_its_own_numbers(door):
    _, numbers = door("controls")

    assert numbers.pop("kind") == "numbers"
    assert {name: getattr(tuning, name) for name in numbers} == numbers


def test_after_the_end_no_frame_counts_as_seen(door):
    assert door("card")[-1] == {"kind": "end", "last_frame_s": None}


def test_a_camera_whose_cable_comes_loose_is_lost_and_found_again(door):
    reports = door("cable")

    assert found(reports) == [True, False, True]
    assert "no picture for 3 s" in next(report["problem"] for report in reports if report.get("problem"))
    assert set(texts(reports)) == {people.CCCD}


def test_a_box_without_a_camera_says_so(door):
    reports = door("missing", camera=False)

    assert found(reports) == [False]
    assert "check the cable" in reports[0]["problem"]


def test_opening_a_camera_again_and_again_leaves_no_file_open(door):
    (files,) = door("again")

    assert files["late"] < files["early"] + SOME, "a leak would be dozens"
    assert files["shape"] == [720, 1280]


def test_looking_for_a_missing_camera_for_weeks_leaves_no_file_open(door):
    (files,) = door("absent", camera=False)

    assert files["late"] < files["early"] + SOME, "a leak would be dozens"


def test_trying_for_weeks_for_a_camera_in_use_leaves_no_file_open(door):
    (files,) = door("busy")

    assert files["late"] < files["early"] + SOME, "a leak would be dozens"
