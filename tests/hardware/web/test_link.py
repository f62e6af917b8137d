"""What a door hears that does not keep up, and what a real one answers."""

import socket
import subprocess

import numpy as np
import pytest

from hardware.simulated.panel import wire
from tests.hardware.web.site import decoded
from tests.programs import BIN, PATIENCE_S, eventually


def seen(level: int) -> wire.Seen:
    return wire.Seen(1280, 719, bytes([level]) * (1280 * 719))


def test_a_door_that_is_slow_sees_the_newest_and_hears_of_everything_else_in_its_order(site):
    door = site.opens(listens=False)
    door.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)

    def say_all():
        for level in range(50):
            site.link.say(seen(level))
            site.link.say(wire.Pressed(str(level % 10)))
        site.link.say(wire.NothingSeen())
        site.link.say(wire.Plugged("camera", is_in=False))

    site.do(say_all)
    door.listen()

    door.hears(wire.Plugged)
    others = door.of(wire.Pressed, wire.Plugged)
    assert [one.key for one in others[:-1]] == [str(level % 10) for level in range(50)]
    assert others[-1] == wire.Plugged("camera", is_in=False)
    # One or two were on their way already. What the hand sees meanwhile is of another size.
    assert len([one for one in door.of(wire.Seen) if one.height_px == 719]) <= 2


def test_nothing_is_kept_for_a_door_that_is_not_there(site):
    site.door.end()
    eventually(site.link.gone.is_set)

    site.do(site.link.say, wire.Pressed("5"))

    assert not site.opens().of(wire.Pressed)


@pytest.fixture
def real_door(site, tmp_path):
    """A real door on a screen as large as pages show it."""
    ours, theirs = socket.socketpair()
    with theirs:
        command = [BIN / "kiosk", "run", "--simulated", "--panel", str(theirs.fileno()), "--data", tmp_path]
        sizes = ["--set=screen.width_px=2048", "--set=screen.height_px=1200"]
        process = subprocess.Popen(
            [*command, *sizes], pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL, stderr=subprocess.PIPE
        )
    site.run(site.link.attach(ours, wire.Begin()))
    yield process
    site.run(site.link.detach())
    process.communicate(timeout=PATIENCE_S)


def test_a_visitor_at_a_real_door_is_welcomed_on_the_page(site, real_door, page):
    page.sees(door={"is_open": True, "width_px": 2048, "height_px": 1200, "keys": "123456789*0#"})
    eventually(lambda: page.facts["view"] and page.facts["view"]["state"] == "waiting")

    page.ask("show", visitor="lo")

    eventually(lambda: page.facts["view"]["state"] == "showing")
    view = page.facts["view"]
    assert (view["reason"], view["direction"]) == ("welcome", "in")
    eventually(lambda: page.facts["lamp"]["colour"] == "green")
    assert page.hears("cue")["cue"] == "welcome"
    page.sees(hand=None)

    def painted():
        return [one for one in list(page.pictures) if int.from_bytes(one[4:8], "little") >= view["number"]]

    # The first of this view; what comes after it may be a clock that goes on.
    eventually(painted)
    green = np.median(decoded(painted()[0][8:]).reshape(-1, 3), axis=0)
    assert green.argmax() == 1


def test_a_real_door_is_closed_by_letting_it_go(site, real_door):
    site.run(site.link.detach())

    assert real_door.wait(PATIENCE_S) == 0
    assert site.facts["door"]["is_open"] is False
