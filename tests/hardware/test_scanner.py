"""A scanner whose camera works, fails and comes back."""

import sys
from threading import Event

import numpy as np
import pytest

from hardware.decoder import Decoder
from hardware.frame import Frame
from hardware.scanner import Scanner
from hardware.simulated.codes import draw_code
from hardware.viewfinder import Viewfinder
from kiosk.errors import DeviceLost, DeviceMissing
from kiosk.glimpse import Glimpse
from kiosk.model import Source
from kiosk.reports import DeviceChange, Reading
from tests import people
from tests.clips import clip

ROOM = np.full((60, 80), 118, np.uint8)
CARD = draw_code(people.CCCD, module_px=3)
FOUND = DeviceChange("scanner", present=True, part="camera")


class ScriptedCamera:
    """Does one thing after another: shows a picture, or raises; at the end it sets `stop`."""

    def __init__(self, stop, *acts, opens=()):
        self.stop, self.acts, self.opens = stop, list(acts), list(opens)
        self.number = self.opened = self.closed = 0
        self.heeded = []

    def open(self):
        self.opened += 1
        if self.opens and (problem := self.opens.pop(0)):
            raise problem

    def capture(self):
        self.number += 1
        act = self.acts.pop(0)
        if not self.acts:
            self.stop.set()
        if isinstance(act, Exception):
            raise act
        return Frame(act, self.number, 100.0 + self.number)

    def heed(self, glimpse):
        self.heeded.append(glimpse)

    def close(self):
        self.closed += 1


@pytest.fixture
def stop():
    return Event()


@pytest.fixture
def reports():
    return []


def run(camera, reports, viewfinder=None):
    scanner = Scanner(camera, Decoder(), viewfinder or Viewfinder(), longest_pause_s=0.2)
    scanner.run(reports.append, camera.stop)
    return scanner


def test_a_camera_that_opens_is_reported_once(stop, reports):
    run(ScriptedCamera(stop, ROOM, ROOM, ROOM), reports)

    assert reports == [FOUND]


def test_a_card_is_reported_on_every_frame(stop, reports):
    run(ScriptedCamera(stop, CARD, ROOM, CARD), reports)

    assert reports == [
        FOUND,
        Reading((people.CCCD,), Source.CAMERA),
        Reading((people.CCCD,), Source.CAMERA),
    ]


def test_a_missing_camera_is_reported_once_however_often_it_is_tried(stop, reports):
    missing = DeviceMissing("camera: none found")
    camera = ScriptedCamera(stop, ROOM, opens=[missing, missing, missing])

    run(camera, reports)

    assert (reports, camera.opened) == (
        [DeviceChange("scanner", present=False, problem="camera: none found", part="camera"), FOUND],
        4,
    )


def test_a_lost_camera_is_reported_and_found_again(stop, reports):
    run(ScriptedCamera(stop, ROOM, DeviceLost("camera: no picture"), CARD), reports)

    assert reports == [
        FOUND,
        DeviceChange("scanner", present=False, problem="camera: no picture", part="camera"),
        FOUND,
        Reading((people.CCCD,), Source.CAMERA),
    ]


def test_a_camera_that_opens_but_shows_nothing_is_not_called_found(stop, reports):
    lost = DeviceLost("camera: no picture")
    run(ScriptedCamera(stop, lost, lost, ROOM), reports)

    assert reports == [
        DeviceChange("scanner", present=False, problem="camera: no picture", part="camera"),
        FOUND,
    ]


def test_the_newest_frame_is_in_the_viewfinder_while_it_is_read(stop):
    viewfinder, seen = Viewfinder(), []
    scanner = Scanner(ScriptedCamera(stop, CARD), Decoder(), viewfinder)

    scanner.run(lambda _: seen.append((viewfinder.newest(), scanner.last_frame_s)), stop)

    assert (seen[-1][0].number, seen[-1][1]) == (1, 101.0)


def test_a_lost_camera_leaves_no_frozen_face(stop):
    viewfinder, seen = Viewfinder(), []
    camera = ScriptedCamera(stop, ROOM, DeviceLost("camera: no picture"), ROOM)
    scanner = Scanner(camera, Decoder(), viewfinder)

    scanner.run(lambda what: seen.append((what.present, viewfinder.newest(), scanner.last_frame_s)), stop)

    assert seen[1] == (False, None, None)


def test_after_the_end_nothing_is_left_on_view(stop, reports):
    viewfinder = Viewfinder()
    scanner = run(ScriptedCamera(stop, ROOM, ROOM), reports, viewfinder)

    assert (viewfinder.newest(), scanner.last_frame_s) == (None, None)


def test_the_camera_is_closed_at_the_end(stop, reports):
    camera = ScriptedCamera(stop, ROOM)
    run(camera, reports)

    assert camera.closed >= 1


def test_a_bug_in_the_camera_is_not_taken_for_a_lost_camera(stop, reports):
    camera = ScriptedCamera(stop, ROOM, ZeroDivisionError("a bug"), ROOM)

    with pytest.raises(ZeroDivisionError):
        run(camera, reports)

    assert (reports, camera.closed) == ([FOUND], 1)


def test_a_bug_while_opening_is_not_taken_for_a_missing_camera(stop, reports):
    with pytest.raises(ZeroDivisionError):
        run(ScriptedCamera(stop, ROOM, opens=[ZeroDivisionError("a bug")]), reports)


def test_stopping_cuts_the_pause_before_the_next_try_short(stop, reports):
    class Never(ScriptedCamera):
        def open(self):
            self.stop.set()
            raise DeviceMissing("camera: none found")

    Scanner(Never(stop, ROOM), Decoder(), Viewfinder()).run(reports.append, stop)

    assert [change.present for change in reports] == [False]


def test_without_any_engine_the_scanner_is_reported_missing(stop, reports, monkeypatch):
    monkeypatch.setitem(sys.modules, "zxingcpp", None)
    monkeypatch.setitem(sys.modules, "pyzbar", None)

    def report(change):
        reports.append(change)
        stop.set()

    Scanner(ScriptedCamera(stop, ROOM), viewfinder=Viewfinder()).run(report, stop)

    assert "pip install zxing-cpp" in reports[0].problem


def test_a_code_that_cannot_be_read_is_reported_for_what_it_is(stop, reports):
    """Too small for any reader, and found by zxing-cpp all the same."""
    shots = [shot.luma for shot in clip("phone_far", 2, width_px=640, height_px=360)]

    run(ScriptedCamera(stop, *shots), reports)

    assert Glimpse.TOO_SMALL in reports
    assert Glimpse.NOTHING not in reports


def test_the_camera_hears_what_each_frame_showed_but_the_last(stop, reports):
    shots = [shot.luma for shot in clip("phone_far", 2, width_px=640, height_px=360)]
    camera = ScriptedCamera(stop, CARD, *shots)

    run(camera, reports)

    assert (camera.heeded[0], len(camera.heeded)) == (Glimpse.NOTHING, len(shots))
    told = [said for said in reports if isinstance(said, Glimpse)]
    assert [said for said in camera.heeded if said is not Glimpse.NOTHING] == told[: len(told) - 1]
