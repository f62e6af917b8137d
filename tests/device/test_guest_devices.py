"""The door's own drivers on devices that the kernel of a guest has: pins, keys, display, camera, watchdog."""

import numpy as np
import pytest
from PIL import Image

from hardware.screen import PygameScreen
from tests import people
from tests.device.container import CHECKOUT
from tests.device.guest.machine import BOOT_S, MAKING_S, Machine
from tests.programs import eventually
from tests.screens.views import all_views

pytestmark = [pytest.mark.guest, pytest.mark.timeout(MAKING_S + BOOT_S + 300)]

PICTURES = CHECKOUT / "build" / "guest"
"""Where what the monitor showed is kept, for people."""
RED, GREEN, BLUE, BUZZER, BUTTON = 17, 27, 22, 18, 26
JOINED = "/sys/module/gpio_sim/parameters/joined"
SLOW_S = 60.0


@pytest.fixture(scope="module")
def machine(guest):
    with Machine(guest) as machine:
        yield machine


@pytest.fixture
def part(machine):
    """Start a part of the door in the guest."""
    started = []

    def start(name, first="ready"):
        program = machine.start(
            *("env", "GPIOZERO_PIN_FACTORY=lgpio", "GALLIUM_DRIVER=softpipe", "PYTHONPATH=/srv/door"),
            *("sh", "-c", f"cd /tmp && exec /opt/door/bin/python -m tests.device.guest.parts {name}"),
        )
        started.append(program)
        told(program, first)
        return program

    yield start
    for program in started:
        if program.ended is None:
            program.close_input()
        program.wait()


def told(program, what):
    return program.until(lambda said: said.startswith(f"told {what}"))


def shines(machine):
    return [machine.driven(pin) for pin in (RED, GREEN, BLUE)]


def test_the_lamp_drives_the_lines_of_its_colour(machine, part):
    lamp = part("lamp")
    lamp.say("green")
    told(lamp, "lit")
    eventually(lambda: shines(machine) == [False, True, False], SLOW_S)
    lamp.say("red")
    told(lamp, "lit")
    eventually(lambda: shines(machine) == [True, False, False], SLOW_S)


def test_a_blinking_lamp_goes_on_and_off(machine, part):
    lamp = part("lamp")
    lamp.say("blue blinking")
    told(lamp, "lit")
    for lit in (True, False, True):
        eventually(lambda lit=lit: machine.driven(BLUE) is lit, SLOW_S)


def test_the_lamp_is_dark_when_the_door_has_closed(machine, part):
    lamp = part("lamp")
    lamp.say("white")
    told(lamp, "lit")
    lamp.close_input()
    lamp.wait()

    assert shines(machine) == [False, False, False]


def test_the_buzzer_sounds_and_falls_silent(machine, part):
    buzzer = part("buzzer")
    buzzer.say("long")
    eventually(lambda: machine.driven(BUZZER), SLOW_S)
    told(buzzer, "silent")
    assert not machine.driven(BUZZER)


def test_keys_of_the_membrane_are_read_off_its_rows_and_columns(machine, part):
    keypad = part("keypad")
    for joined, key in (("5,12", "1"), ("6,16", "5"), ("19,20", "#")):
        machine.write(JOINED, joined)
        assert told(keypad, "key") == f"told key {key}"
        machine.write(JOINED, "-1,-1")


def test_the_button_in_the_housing_counts_when_it_is_held(machine, part):
    machine.pull(BUTTON, "up")
    button = part("button")
    machine.pull(BUTTON, "down")
    told(button, "held")
    machine.pull(BUTTON, "up")


def test_pins_that_another_program_holds_are_told_of_and_taken_when_they_are_free(part):
    holder = part("keypad")
    keypad = part("keypad", first="missing")
    assert "GPIO busy" in keypad.said[-1]
    assert "see that no other program" in keypad.said[-1]
    holder.close_input()
    told(keypad, "ready")


def test_keys_of_a_pad_on_usb_are_the_doors(machine, part):
    pad = part("usb")
    machine.press("kp_4", "2", "kp_enter", "kp_multiply")
    assert [told(pad, "key") for _ in range(4)] == [f"told key {key}" for key in "42#*"]


def test_a_reader_that_types_is_read_as_a_code(machine, part):
    reader = part("wedge")
    machine.run("sleep", "0.3")  # of one that was opened just now, half a text is expected
    machine.press(*people.PHONE, "ret")
    assert told(reader, "text") == f"told text {people.PHONE}"


def test_a_camera_that_the_kernel_knows_by_v4l2_gives_pictures(machine, part):
    machine.run("modprobe", "vivid", "n_devs=1", "node_types=0x1")
    machine.run("udevadm", "settle")
    camera = part("usb_camera")
    for _ in range(3):
        size, contrast = told(camera, "frame").removeprefix("told frame ").split()
        assert size == "640x480"
        assert int(contrast) > 20  # bars of colour


@pytest.mark.parametrize("name", ["waiting", "answer welcome"])
def test_the_monitor_shows_what_the_door_draws(machine, part, tmp_path, name):
    screen = part("screen")
    assert screen.said[-1] == "told ready 1024x600"
    screen.say(name)
    told(screen, "shown")
    shown = PICTURES / f"{name.replace(' ', '-')}.png"
    drawn = PygameScreen(driver="dummy", fullscreen=False)
    drawn.show(all_views("vi", "long")[name])
    drawn.save(tmp_path / "drawn.png")
    drawn.close()

    def same():
        machine.photograph(shown)
        return np.abs(pixels(shown) - pixels(tmp_path / "drawn.png")).max() <= 8

    eventually(same, SLOW_S)


def pixels(path):
    with Image.open(path) as picture:
        return np.asarray(picture.convert("RGB"), dtype=int)
