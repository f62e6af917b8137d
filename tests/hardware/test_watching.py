"""Where it is worth looking again: a room, things that come into it, and things that stay."""

import numpy as np
import pytest

from hardware.watching import Place, Watch
from tests import people
from tests.hardware import invented

ROOM = invented.room()
HEARTBEAT_FRAMES = 45
GRAIN = np.random.default_rng(1).integers(-5, 6, (7, *ROOM.shape)).astype(np.int16)


def grainy(wall, number):
    """A frame of a wall; the grain comes again after seven."""
    height_px, width_px = wall.shape
    return np.clip(wall + GRAIN[number % 7, :height_px, :width_px], 0, 255).astype(np.uint8)


class Door:
    """A watch at a door, shown frame after frame."""

    def __init__(self, wall=ROOM):
        self.watch = Watch()
        self.number = 0
        self.see(wall, frames=10)

    def see(self, wall, frames=1, unread=()):
        """The places of so many frames with the same thing in view, each with its own grain."""
        places = []
        for _ in range(frames):
            self.number += 1
            places.append(self.watch.place(grainy(wall, self.number), unread))
        return places


@pytest.fixture
def door():
    return Door()


def code(module_px=2):
    return invented.faint(invented.drawn(people.CCCD, module_px, mask=0), 40, 200)


def holds(place, top, left, side):
    """Whether a place holds a square of so many pixels."""
    return (
        place.top_px <= top
        and place.left_px <= left
        and place.top_px + place.side_px >= top + side
        and place.left_px + place.side_px >= left + side
    )


def test_an_unchanged_room_is_looked_at_by_heartbeat_only():
    watch = Watch()
    places = [watch.place(grainy(ROOM, number), ()) for number in range(100)]

    assert [number for number, place in enumerate(places) if place] == [0, 45, 90]


def test_a_heartbeat_is_a_guess():
    assert Watch().place(ROOM, ()).is_guess


@pytest.mark.parametrize(("top", "left"), [(200, 300), (20, 30), (340, 500)])
@pytest.mark.parametrize("module_px", [2, 3])
def test_a_new_texture_like_a_codes_gives_a_place_that_holds_it(door, top, left, module_px):
    thing = code(module_px)[8:-8, 8:-8]
    top, left = min(top, 480 - len(thing)), min(left, 640 - len(thing))

    (place,) = door.see(invented.held_before(ROOM, thing, top, left))

    assert holds(place, top, left, len(thing))
    assert (place.code, place.is_guess) == (None, False)


@pytest.mark.parametrize("turned", [False, True])
def test_stripes_are_no_code(door, turned):
    stripes = np.tile(np.where(np.arange(200) // 5 % 2, 40, 220).astype(np.uint8), (200, 1))
    thing = np.ascontiguousarray(stripes.T) if turned else stripes

    assert door.see(invented.held_before(ROOM, thing, 150, 200), frames=20) == [None] * 20


def test_somebody_who_walks_through_is_no_code(door):
    y, x = np.mgrid[:480, :640]
    for step in range(30):
        body = np.clip(4 - 4 * np.hypot((x + 80 - 27 * step) / 90, (y - 300) / 240), 0, 1)

        assert door.see((ROOM * (1 - body) + 70 * body).astype(np.uint8)) == [None]


def test_a_code_that_was_found_gives_a_place_around_it(door):
    found = invented.located(300, 200, 90)

    (place,) = door.see(ROOM, unread=(found,))

    assert holds(place, 200, 300, 90)
    assert place.code is found


def test_the_largest_of_the_codes_found_counts(door):
    small, large = invented.located(20, 20, 40), invented.located(300, 200, 90)

    (place,) = door.see(ROOM, unread=(small, large))

    assert place.code is large


def test_a_code_larger_than_any_usual_place_gets_a_larger_one(door):
    (place,) = door.see(ROOM, unread=(invented.located(100, 20, 420),))

    assert holds(place, 20, 100, 420)


def test_a_place_that_was_found_is_remembered_for_a_second(door):
    (found,) = door.see(ROOM, unread=(invented.located(300, 200, 90),))

    remembered = door.see(ROOM, frames=20)

    assert [place is not None for place in remembered] == [True] * 14 + [False] * 6
    assert {(place.top_px, place.left_px, place.code) for place in remembered[:14]} == {
        (found.top_px, found.left_px, None)
    }


def test_a_place_is_forgotten_when_its_code_was_read(door):
    door.see(ROOM, unread=(invented.located(300, 200, 90),))
    door.watch.forget()

    assert door.see(ROOM) == [None]


def test_the_heartbeat_begins_anew_when_a_code_was_read(door):
    door.see(ROOM, frames=30)
    door.watch.forget()

    places = door.see(ROOM, frames=HEARTBEAT_FRAMES)

    assert [place is not None for place in places] == [False] * 44 + [True]


@pytest.mark.parametrize(("left", "top"), [(-30, -20), (600, 440), (600, -20), (-30, 440)])
def test_a_place_at_the_border_lies_inside_the_frame(door, left, top):
    (place,) = door.see(ROOM, unread=(invented.located(left, top, 80),))

    assert min(place.top_px, place.left_px) >= 0
    assert place.cut_out(ROOM).shape == (place.side_px, place.side_px)


def test_a_place_larger_than_the_frame_is_the_frame():
    frame = ROOM[:120, :100]
    place = Watch().place(frame, (invented.located(10, 10, 80),))

    assert np.array_equal(place.cut_out(frame), frame)


def test_a_texture_that_stays_is_learned_and_yet_looked_at_by_heartbeat(door):
    wall = invented.held_before(ROOM, code(3), 150, 200)
    places = door.see(wall, frames=160)
    assert not any(place and place.is_guess for place in places)

    later = door.see(wall, frames=2 * HEARTBEAT_FRAMES)

    assert 1 <= sum(place is not None for place in later) <= 3
    assert all(holds(place, 200, 250, 80) for place in later if place)


def test_a_texture_that_went_is_new_when_it_comes_back(door):
    wall = invented.held_before(ROOM, code(3), 150, 200)
    door.see(wall, frames=160)
    door.see(ROOM, frames=160)

    assert door.see(wall) != [None]


def test_frames_of_another_size_begin_anew(door):
    """What is in the first of them is the room."""
    small = invented.held_before(invented.room(240, 320), code(2), 60, 90)

    assert door.see(small, frames=10) == [None] * 10


@pytest.mark.parametrize("size", [(1, 1), (3, 2), (8, 8), (9, 9), (8, 900), (900, 1), (20, 900), (17, 17)])
def test_a_tiny_frame_is_watched_without_harm(size):
    watch = Watch()
    for seed in range(50):
        frame = np.random.default_rng(seed).integers(0, 256, size, np.uint8)
        place = watch.place(frame, ())

        assert place is None or place.cut_out(frame).size > 0


def test_no_code_fits_in_eight_rows():
    assert Watch().place(np.zeros((8, 900), np.uint8), ()) is None


def test_what_was_cut_out_stays_though_the_camera_writes_over_its_frame():
    frame = np.zeros((200, 160), np.uint8)
    part = Place(0, 0, 160).cut_out(frame)
    frame[:] = 255

    assert part.max() == 0


def test_frames_may_be_read_only_and_need_not_lie_side_by_side():
    wide = ROOM.repeat(2, axis=1)[:, ::2]
    wide.flags.writeable = False
    place = Watch().place(wide, ())

    assert place.cut_out(wide).flags.c_contiguous
