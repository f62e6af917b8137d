"""A simulated door that another program works: the real `kiosk run --simulated --panel`, at the end of a socket."""

import os
import socket
import subprocess
import time
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from hardware.lamp import SHARES
from hardware.simulated.panel import wire
from kiosk.signals import Colour
from kiosk.store.journal import SqliteJournal
from kiosk.store.opening import FILE_NAME
from tests import people
from tests.kiosk import books
from tests.panels import Panel, held_up
from tests.programs import BIN, eventually

QUICK = (
    "--set=door.same_code_s=0.2",
    "--set=door.result_s=0.4",
    "--set=door.typing_s=1",
    "--set=screen.width_px=640",
)
TWENTY_SIX_YEARS_S = 26 * 365.25 * 24 * 3600


@pytest.fixture(scope="module")
def panel(tmp_path_factory):
    opened = Panel(tmp_path_factory.mktemp("door"), *QUICK)
    yield opened
    code, out, err = opened.hang_up()
    assert (code, out) == (0, ""), err


@pytest.fixture
def at_rest(panel):
    """The door waits for somebody, with all cables plugged in."""
    panel.say(wire.NothingSeen(), wire.Plugged("camera", is_in=True), wire.Plugged("keypad", is_in=True))
    eventually(lambda: panel.view and panel.view.state == "waiting" and panel.view.signs == ("line_down",))
    eventually(lambda: np.any(panel.screen))
    panel.from_now()
    return panel


def visits(folder):
    with closing(SqliteJournal(folder, boot=books.BOOT, make=False)) as book:
        return book.counts().waiting


def first_at(folder):
    return books.read(folder / FILE_NAME).entries[1]["at"]


def picture_of(shown):
    return lambda pixels: pixels.number >= shown.number


def test_the_door_tells_its_screen_and_its_keys_first(panel):
    panel.again()

    assert panel.next(wire.Opened) == wire.Opened(640, 600, "123456789*0#")


def test_the_first_picture_is_the_whole_screen(panel):
    panel.again()
    first = panel.next(wire.Pixels)

    assert (first.number, first.x, first.y, first.width_px, first.height_px) == (1, 0, 0, 640, 600)


def test_who_holds_up_a_card_is_welcomed_in_words_tones_light_and_picture(at_rest):
    at_rest.say(held_up(people.CCCD))

    cue = at_rest.next(wire.Sounding)
    shown = at_rest.next(wire.Shown, state="showing")
    glow = at_rest.next(wire.Glowing)
    said = at_rest.next(wire.Saying)
    picture = at_rest.next(wire.Pixels, picture_of(shown))
    assert (cue.cue, cue.volume, len(cue.beeps)) == ("welcome", 100, 3)
    assert (shown.reason, shown.direction, shown.language, shown.mood) == ("welcome", "in", "vi", "green")
    assert shown.name.startswith("NGUYỄN V. THỬ")
    assert glow == wire.Glowing("green", "steady", SHARES[Colour.GREEN])
    assert said == wire.Saying("welcome", "vi")
    assert (picture.number, picture.is_camera) == (shown.number, False)
    assert (at_rest.screen[5, 5] != 0).any()


def test_a_number_is_keyed_in_and_other_keys_than_the_keypads_are_passed_over(at_rest):
    at_rest.say(*map(wire.Pressed, "09D1"), wire.Pressed("no key at all"), wire.Pressed(""))

    shown = at_rest.next(wire.Shown, lambda shown: shown.digits.startswith("091"))
    assert shown.state == "typing"
    at_rest.say(*map(wire.Pressed, "2345678#"))
    assert at_rest.next(wire.Shown, state="showing").reason


def test_the_keys_that_are_offered_are_told_to_who_cannot_see(at_rest):
    assert any(row.startswith("# ") for row in at_rest.view.rows)


def test_what_the_camera_sees_is_seen_in_its_pane_and_nothing_else_changes(at_rest):
    dark, bright = (wire.Seen(160, 90, luma * (160 * 90)) for luma in (b"\0", b"\xff"))
    view = None
    # Once more where the screen's clock has struck a minute meanwhile: that is a new view.
    while view is not at_rest.view:
        view = at_rest.view
        at_rest.say(dark)
        eventually(lambda: (at_rest.screen == 0).all(axis=2).mean() > 0.1)
        before = at_rest.screen.copy()
        at_rest.from_now()
        at_rest.say(bright)
        eventually(lambda: (at_rest.screen == 255).all(axis=2).mean() > 0.1)
        changed = at_rest.next(wire.Pixels)
        at_rest.say(dark)
        eventually(lambda: (at_rest.screen == 0).all(axis=2).mean() > 0.1)

    assert np.array_equal(at_rest.screen, before)
    assert changed.is_camera
    assert changed.width_px * changed.height_px < 640 * 600


def test_a_camera_that_is_pulled_out_is_told_and_sees_what_is_held_up_when_it_is_back(at_rest):
    at_rest.say(wire.Plugged("camera", is_in=False))
    at_rest.next(wire.Shown, lambda shown: "camera_lost" in shown.signs)
    at_rest.say(held_up(people.CAN_CUOC))

    at_rest.say(wire.Plugged("camera", is_in=True))

    assert at_rest.next(wire.Shown, state="showing").name.startswith("HOÀNG THỬ")


def test_a_keypad_that_is_pulled_out_is_told_and_its_keys_are_lost(at_rest):
    at_rest.say(wire.Plugged("keypad", is_in=False), wire.Pressed("0"))
    at_rest.next(wire.Shown, lambda shown: "keypad_lost" in shown.signs)

    at_rest.say(wire.Plugged("keypad", is_in=True), wire.Pressed("9"))

    assert at_rest.next(wire.Shown, state="typing").digits == "9"


def test_a_box_whose_world_is_wrong_begins_so_and_is_put_right(tmp_path):
    flag = tmp_path / "synchronized"
    box = Panel(
        tmp_path / "door",
        *QUICK,
        f"--set=clock.flag={flag}",
        "--set=kiosk.sets_up=true",
        "--set=button.hold_s=0.1",
        begin=wire.Begin(wall_offset_s=-TWENTY_SIX_YEARS_S, unplugged=("camera", "keypad")),
    )
    wrong = box.next(
        wire.Shown, lambda shown: {"clock_untrusted", "camera_lost", "keypad_lost"} <= {*shown.signs}
    )
    assert wrong.state == "out_of_order"
    box.say(wire.Plugged("camera", is_in=True), held_up(people.CCCD))
    box.next(wire.Shown, state="showing")
    assert first_at(tmp_path / "door") < "2002"

    box.say(wire.WallSet(0.0, str(flag)))

    box.next(wire.Shown, lambda shown: "clock_untrusted" not in shown.signs)
    eventually(lambda: first_at(tmp_path / "door") > "2025")
    box.say(wire.NothingSeen())
    eventually(lambda: box.view.state == "setting_up")
    box.say(wire.ButtonHeld())
    box.next(wire.Sounding, cue="on_duty")
    assert box.hang_up()[0] == 0


def test_a_panel_that_takes_nothing_keeps_no_visitor_waiting_and_no_door_from_closing(tmp_path):
    box = Panel(tmp_path, *QUICK, listens=False)
    eventually((tmp_path / FILE_NAME).exists)

    for number in (1, 2, 3):
        box.say(held_up(people.CCCD.replace("014099000001", f"01409900010{number}")))
        eventually(lambda wanted=number: visits(tmp_path) == wanted)

    began_s = time.monotonic()
    box.process.terminate()
    assert box.ended()[0] == 0
    assert time.monotonic() - began_s < 3


def test_a_panel_that_speaks_otherwise_ends_the_door_with_one_line(tmp_path):
    box = Panel(tmp_path, *QUICK)
    box.say(wire.Seen(2, 2, b"Thu"))

    code, out, err = box.ended()
    assert (code, out) == (2, "")
    assert [line for line in err.splitlines() if line.startswith("ERROR")] == [
        "ERROR kiosk.__main__: --panel: what the panel said is no message; the door closes"
    ]
    assert "Traceback" not in err
    assert "Thu" not in err


def test_a_panel_that_is_gone_in_the_middle_of_a_word_closes_the_door_in_order(tmp_path):
    box = Panel(tmp_path, *QUICK)
    box.next(wire.Shown)
    box.socket.sendall(wire.packed(held_up(people.CCCD))[:1000])

    code, _, err = box.hang_up()
    assert code == 0
    assert err.endswith("door is closed\n")


def run(*arguments, **more):
    command = [BIN / "kiosk", "run", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, **more)


def refused(number, data, *arguments):
    done = run("--simulated", "--panel", str(number), "--data", data, *arguments, pass_fds=[number])
    assert (done.returncode, done.stdout) == (2, "")
    return done.stderr


def test_a_number_that_is_no_socket_is_refused_with_the_remedy(tmp_path):
    with Path(os.devnull).open(encoding="ascii") as file:
        said = refused(number := file.fileno(), tmp_path)

    assert said.startswith(f"kiosk: --panel {number}: Socket operation on non-socket; hand down")


def test_a_panel_that_does_not_begin_opens_no_door(tmp_path):
    here, there = socket.socketpair()
    with there:
        here.close()
        assert "nobody begins there" in refused(there.fileno(), tmp_path)


def test_a_device_that_no_panel_works_is_named(tmp_path):
    here, there = socket.socketpair()
    with here, there:
        here.sendall(wire.packed(wire.Begin()))
        said = refused(there.fileno(), tmp_path, "--set=devices.voice=none")
    assert "devices.voice is not the simulated one" in said


@pytest.mark.parametrize(
    "arguments", [("--panel", "3"), ("--panel", "3", "--simulated", "--screens", "here")]
)
def test_a_panel_is_for_a_simulated_door_and_shows_its_screens_itself(arguments, tmp_path):
    done = run(*arguments, cwd=tmp_path)

    assert (done.returncode, done.stderr) == (
        2,
        "kiosk: --panel: only with --simulated, and without --screens\n",
    )
