"""The twin of the camera scanner: what is held up is read, and no lever keeps anybody waiting."""

import time
from queue import Queue
from threading import Event, Thread

import numpy as np
import pytest

from hardware.simulated.camera import SimulatedCamera
from hardware.simulated.codes import draw_code, write_code
from hardware.simulated.scanner import SimulatedScanner
from hardware.viewfinder import Viewfinder
from kiosk.errors import BadPicture, DeviceLost, DeviceMissing, SettingsError
from kiosk.reports import DeviceChange, Reading
from tests import people
from tests.hardware.invented import held_before, room

CARD = draw_code(people.CCCD, module_px=4)
PATIENCE_S = 20


class Running:
    """A simulated scanner at work in a thread of its own."""

    def __init__(self, **options):
        self.reports = Queue()
        self.stop = Event()
        self.scanner = SimulatedScanner(
            **{"width_px": 640, "height_px": 360, "frames_per_s": 60, "viewfinder": Viewfinder()} | options
        )
        self.thread = Thread(target=self.scanner.run, args=(self.reports.put, self.stop))

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.stop.set()
        self.thread.join(PATIENCE_S)
        assert not self.thread.is_alive()

    def next(self):
        return self.reports.get(timeout=PATIENCE_S)

    def texts(self):
        """What has been read so far."""
        reports = [self.reports.get() for _ in range(self.reports.qsize())]
        return [text for report in reports if isinstance(report, Reading) for text in report.texts]


def in_background(act, *arguments):
    """Pull a lever that waits; the queue gives what it returns."""
    answer = Queue()
    Thread(target=lambda: answer.put(act(*arguments)), daemon=True).start()
    return answer


def wait_until(condition):
    deadline_s = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline_s
        Event().wait(0.005)


def test_the_camera_is_found():
    with Running() as door:
        assert door.next() == DeviceChange("scanner", present=True, part="camera")


def test_a_card_held_up_is_read_on_five_frames(tmp_path):
    write_code(people.CCCD, tmp_path / "card.png")
    with Running() as door:
        assert door.scanner.hold_up(tmp_path / "card.png")
        assert door.texts() == [people.CCCD] * 5


def test_a_card_that_was_held_up_is_gone_afterwards():
    with Running() as door:
        door.scanner.present(CARD, 2)
        door.texts()
        number = door.scanner._viewfinder.newest().number
        wait_until(lambda: door.scanner._viewfinder.newest().number > number + 1)
        assert door.texts() == []


def test_a_card_held_up_before_the_scanner_runs_is_read_when_it_does():
    door = Running()
    answer = in_background(door.scanner.present, CARD, 1)
    with door:
        assert answer.get(timeout=PATIENCE_S)


def test_a_card_is_on_the_very_next_frame():
    with Running(frames_per_s=1) as door:
        door.next()
        before = door.scanner._viewfinder.newest().number
        door.scanner.present(CARD, 1)

        assert door.texts() == [people.CCCD]
        assert door.scanner._viewfinder.newest().number <= before + 2, (
            "the card's frame, and the one after it"
        )


def test_two_people_who_hold_up_cards_at_once_are_both_read():
    with Running() as door:
        answers = [
            in_background(door.scanner.present, draw_code(text), 3) for text in (people.PHONE, people.CCCD)
        ]
        assert [answer.get(timeout=PATIENCE_S) for answer in answers] == [True, True]
        assert sorted(door.texts()) == sorted([people.PHONE, people.CCCD] * 3)


def test_a_file_that_is_no_picture_is_refused(tmp_path):
    (tmp_path / "card.png").write_text("no picture")
    with Running() as door, pytest.raises(BadPicture):
        door.scanner.hold_up(tmp_path / "card.png")


def test_a_lost_camera_is_reported_and_found_again():
    with Running() as door:
        assert door.next().present
        door.scanner.lose()
        assert not door.next().present
        door.scanner.find()
        assert door.next().present
        assert door.scanner.present(CARD, 1)


def test_losing_the_camera_while_a_card_is_held_up_keeps_nobody_waiting():
    with Running() as door:
        answer = in_background(door.scanner.present, CARD, 1_000_000)
        wait_until(door.texts)
        door.scanner.lose()
        assert answer.get(timeout=PATIENCE_S) is False


def test_a_card_held_before_a_lost_camera_is_not_waited_for():
    with Running() as door:
        door.scanner.lose()
        assert door.scanner.present(CARD) is False


def test_stopping_while_a_card_is_held_up_keeps_nobody_waiting():
    with Running() as door:
        answer = in_background(door.scanner.present, CARD, 1_000_000)
        wait_until(door.texts)
        door.stop.set()
        assert answer.get(timeout=PATIENCE_S) is False


def test_a_card_held_up_after_the_end_is_not_waited_for():
    with Running() as door:
        door.next()
    assert door.scanner.present(CARD) is False


def test_a_scanner_can_run_again():
    with Running() as door:
        door.next()
    door.stop.clear()
    door.thread = Thread(target=door.scanner.run, args=(door.reports.put, door.stop))
    with door:
        assert door.scanner.present(CARD, 1)


@pytest.mark.parametrize("module_px", [1, 2, 9, 30])
def test_a_picture_of_any_size_is_read(module_px):
    """The smallest is 53 pixels wide, the largest four times as high as the frame."""
    with Running() as door:
        door.scanner.present(draw_code(people.CCCD, module_px=module_px), 1)
        assert door.texts() == [people.CCCD]


@pytest.mark.parametrize(
    ("size", "framed"),
    [
        ((2000, 100), (360, 18)),
        ((10, 5000), (1, 640)),
        ((100, 50), (200, 100)),
        ((217, 9), (217, 9)),
        ((1, 1), (216, 216)),
    ],
)
def test_a_picture_is_fitted_into_the_frame(size, framed):
    camera = SimulatedCamera(width_px=640, height_px=360)

    assert camera._framed(np.zeros(size, np.uint8)).shape == framed


def test_the_empty_room_is_the_same_in_every_run():
    def first():
        camera = SimulatedCamera(width_px=64, height_px=64)
        camera.open()
        return camera.capture().luma

    assert (first() == first()).all()
    assert first().std() > 1


def test_a_camera_that_is_lost_cannot_be_opened():
    camera = SimulatedCamera(width_px=64, height_px=64)
    camera.lose()

    with pytest.raises(DeviceMissing):
        camera.open()


def test_a_camera_that_is_closed_shows_nothing():
    with pytest.raises(DeviceLost):
        SimulatedCamera(width_px=64, height_px=64).capture()


@pytest.mark.parametrize(
    ("luma", "frames"), [(np.zeros((0, 3), np.uint8), 1), (np.zeros((3, 3), np.uint8), 0)]
)
def test_nothing_cannot_be_held_up(luma, frames):
    with pytest.raises(ValueError, match="at least one pixel and one frame"):
        SimulatedCamera(width_px=64, height_px=64).present(luma, frames)


@pytest.mark.parametrize("option", [{"width_px": 10}, {"height_px": 10**6}, {"frames_per_s": 0.5}])
def test_an_option_out_of_range_is_named(option):
    (name,) = option

    with pytest.raises(SettingsError, match=f"{name} = "):
        SimulatedScanner(**option)


def far_away():
    """A card so far away that a module is three quarters of a pixel of the frame, and three of the sensor."""
    return held_before(room(4 * 360, 4 * 640), draw_code(people.CCCD, module_px=3), 500, 900)


def test_a_code_too_small_for_the_frame_is_read_by_a_closer_look():
    with Running(detail="full") as door:
        assert door.scanner.present(far_away(), 20)
        assert set(door.texts()) == {people.CCCD}


def test_without_a_finer_picture_it_is_not_read():
    with Running(detail="none") as door:
        assert door.scanner.present(far_away(), 20)
        assert door.texts() == []


def test_a_closer_look_is_at_the_newest_frame_only():
    camera = SimulatedCamera(finer=2)
    camera.open()
    first = camera.capture()
    assert first.closer(10, 20, 30).shape == (60, 60)

    second = camera.capture()

    assert first.closer(10, 20, 30) is None
    camera.close()
    assert second.closer(10, 20, 30) is None


def test_a_camera_without_a_finer_picture_offers_no_closer_look():
    camera = SimulatedCamera()
    camera.open()
    assert camera.capture().closer is None


def live(text, height_px=540, width_px=960):
    """What a camera sees of somebody who holds up a card."""
    return held_before(room(height_px, width_px), draw_code(text, module_px=4), 100, 500)


def test_what_is_seen_in_place_of_the_room_is_read_for_as_long_as_it_is_seen():
    with Running() as door:
        door.next()
        door.scanner.see(live(people.CCCD))
        assert [door.next().texts for _ in range(7)] == [(people.CCCD,)] * 7

        door.scanner.see_room()

        number = door.scanner._viewfinder.newest().number
        wait_until(lambda: door.scanner._viewfinder.newest().number > number + 1)
        door.texts()
        wait_until(lambda: door.scanner._viewfinder.newest().number > number + 3)
        assert door.texts() == []


def test_what_is_newly_seen_is_on_the_very_next_frame_and_keeps_its_shape():
    with Running(frames_per_s=1) as door:
        door.next()
        before = door.scanner._viewfinder.newest().number
        for height_px in (300, 400):
            seen = live(people.PHONE, height_px)
            door.scanner.see(seen)
            wait_until(lambda: door.scanner._viewfinder.newest().luma.shape == (height_px, 960))  # noqa: B023
        assert door.scanner._viewfinder.newest().number <= before + 3


def test_what_was_seen_is_a_copy():
    camera = SimulatedCamera(width_px=64, height_px=64)
    camera.open()
    seen = np.zeros((5, 7), np.uint8)
    camera.see(seen)
    seen[:] = 255

    assert not camera.capture().luma.any()


def test_a_card_that_is_held_up_is_read_before_what_is_seen():
    with Running() as door:
        door.scanner.see(live(people.PHONE))
        assert door.scanner.present(CARD, 2)
        assert people.CCCD in door.texts()
        assert people.PHONE in door.next().texts


def test_a_lost_camera_sees_nothing_and_sees_it_again_when_it_is_found():
    with Running() as door:
        door.scanner.see(live(people.PHONE))
        door.scanner.lose()
        wait_until(lambda: door.scanner._viewfinder.newest() is None)
        door.texts()

        door.scanner.find()

        assert door.next() == DeviceChange("scanner", present=True, part="camera")
        assert door.next().texts == (people.PHONE,)


def test_what_is_seen_has_no_finer_picture_behind_it():
    camera = SimulatedCamera(finer=2)
    camera.open()
    camera.see(live(people.PHONE))
    assert camera.capture().closer is None

    camera.see_room()
    assert camera.capture().closer is not None


@pytest.mark.parametrize("shape", [(0, 5), (1921, 5), (5, 1921), (5,), (5, 5, 3)])
def test_a_picture_of_a_shape_that_no_camera_has_is_refused(shape):
    with pytest.raises(ValueError, match="1 to 1920 pixels each way"):
        SimulatedCamera(width_px=64, height_px=64).see(np.zeros(shape, np.uint8))
