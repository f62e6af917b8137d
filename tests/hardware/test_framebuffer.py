"""A display that is memory: a file stands for it, whose pixels lie as a driver would have them."""

import numpy as np
import pygame
import pytest

from hardware import displays
from hardware.framebuffer import Framebuffer, Geometry
from hardware.screen import PygameScreen
from kiosk.errors import DeviceMissing
from kiosk.signals import Mood, Picture, View

RED, GREEN, BLUE, WHITE = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)
PADDING = 8


def colours():
    """A surface of two rows of two pixels: red, green; blue, white."""
    surface = pygame.Surface((2, 2), depth=32)
    for place, colour in zip([(0, 0), (1, 0), (0, 1), (1, 1)], [RED, GREEN, BLUE, WHITE], strict=True):
        surface.set_at(place, colour)
    return surface


def shown(tmp_path, geometry, surface):
    """The rows of the display's memory after a surface was shown, with what lies between them."""
    file = tmp_path / "fb0"
    file.write_bytes(b"\x5a" * geometry.stride_bytes * geometry.height_px)
    framebuffer = Framebuffer(file, geometry)
    framebuffer.show(surface)
    framebuffer.close()
    return np.frombuffer(file.read_bytes(), np.uint8).reshape(geometry.height_px, -1)


def test_32_bits_have_blue_first(tmp_path):
    rows = shown(tmp_path, Geometry(2, 2, 32, 8 + PADDING), colours())

    pixels = rows[:, :8].reshape(2, 2, 4)[:, :, :3]
    assert pixels.tolist() == [[[0, 0, 255], [0, 255, 0]], [[255, 0, 0], [255, 255, 255]]]


def test_32_bits_with_red_first_are_turned_round(tmp_path):
    rows = shown(tmp_path, Geometry(2, 2, 32, 8, red_first=True), colours())

    pixels = rows.reshape(2, 2, 4)[:, :, :3]
    assert pixels.tolist() == [[[255, 0, 0], [0, 255, 0]], [[0, 0, 255], [255, 255, 255]]]


def test_24_bits_have_no_gap_between_pixels(tmp_path):
    rows = shown(tmp_path, Geometry(2, 2, 24, 6 + PADDING), colours())

    assert rows[:, :6].tolist() == [[0, 0, 255, 0, 255, 0], [255, 0, 0, 255, 255, 255]]


def test_16_bits_have_five_of_red_six_of_green_and_five_of_blue(tmp_path):
    rows = shown(tmp_path, Geometry(2, 2, 16, 4 + PADDING), colours())

    assert np.ascontiguousarray(rows[:, :4]).view("<u2").tolist() == [[0xF800, 0x07E0], [0x001F, 0xFFFF]]


@pytest.mark.parametrize("bits", [16, 24, 32])
def test_what_lies_between_the_rows_is_left_alone(tmp_path, bits):
    used = 2 * bits // 8
    rows = shown(tmp_path, Geometry(2, 2, bits, used + PADDING), colours())

    assert (rows[:, used:] == 0x5A).all()


def test_a_file_that_is_no_display_is_refused(tmp_path):
    file = tmp_path / "fb0"
    file.write_bytes(bytes(64))

    with pytest.raises(OSError, match="ioctl"):
        Framebuffer(file)


def test_closing_twice_does_no_harm(tmp_path):
    file = tmp_path / "fb0"
    file.write_bytes(bytes(16))
    framebuffer = Framebuffer(file, Geometry(2, 2, 32, 8))
    framebuffer.close()
    framebuffer.close()


def test_switching_a_display_off_that_cannot_be_does_no_harm(tmp_path):
    file = tmp_path / "fb0"
    file.write_bytes(bytes(16))
    framebuffer = Framebuffer(file, Geometry(2, 2, 32, 8))
    framebuffer.light(on=False)
    framebuffer.close()


def test_a_door_is_drawn_on_it_whatever_size_was_asked_for(tmp_path, monkeypatch):
    geometry = Geometry(800, 480, 16, 1664)
    file = tmp_path / "fb0"
    file.write_bytes(bytes(geometry.stride_bytes * geometry.height_px))
    monkeypatch.setattr(displays, "Framebuffer", lambda: Framebuffer(file, geometry))
    screen = PygameScreen(width_px=1024, height_px=600, driver="fbdev", prepared=False)

    screen.show(View("showing", Mood.GREEN, Picture.TICK, "XIN CHÀO"))

    drawn = pygame.surfarray.array3d(pygame.display.get_surface()).transpose(1, 0, 2).astype(int)
    rows = np.frombuffer(file.read_bytes(), "<u2").reshape(480, -1)[:, :800].astype(int)
    assert screen.size_px == (800, 480)
    assert np.unique(rows).size > 2
    assert np.abs((rows >> 11 << 3) - drawn[:, :, 0]).max() < 8
    screen.close()


def test_without_a_framebuffer_the_screen_is_missing_by_its_file():
    with pytest.raises(DeviceMissing, match="/dev/fb0"):
        PygameScreen(driver="fbdev")
