"""The box between a door that opens and whoever pulls levers meanwhile."""

import asyncio
from contextlib import asynccontextmanager

from hardware.simulated.demo.programs import Background
from hardware.simulated.panel import wire
from hardware.simulated.web.box import WOKEN, Box
from hardware.simulated.web.canvas import Canvas
from hardware.simulated.web.facts import Facts
from hardware.simulated.web.link import DoorLink
from tests.hardware.web.site import Door
from tests.programs import PATIENCE_S, eventually


class Opening(Door):
    """A door that has been begun, and is not open yet."""

    def __init__(self, box):
        super().__init__(listens=False)
        self.panel.close()
        self.socket.close()
        self.socket = box._hand_over()
        box._attach()
        self.listen()


@asynccontextmanager
async def opening(folder, *, time_is_lost=False):
    """A box whose door has heard how its world is."""
    link = DoorLink(Facts(), Canvas())
    box = Box(folder, Background(folder), link)
    if time_is_lost:
        box.lose_time()
    door = Opening(box)
    await asyncio.to_thread(door.hears, wire.Begin)
    yield box, door
    door.end()
    async with asyncio.timeout(PATIENCE_S):
        await link.gone.wait()
    await link.detach()


def test_what_is_pulled_out_while_a_door_opens_is_out_once_it_is_open(tmp_path):
    async def story():
        async with opening(tmp_path) as (box, door):
            box.plug("camera", is_in=False)
            box.plug("keypad", is_in=False)
            box.plug("keypad", is_in=True)
            door.open()
            await asyncio.to_thread(door.hears, wire.Plugged)

            assert door.of(wire.Plugged, wire.WallSet) == [wire.Plugged("camera", is_in=False)]

    asyncio.run(story())


def test_a_clock_that_is_set_while_its_door_opens_is_right_before_it_is_trusted(tmp_path):
    async def story():
        async with opening(tmp_path, time_is_lost=True) as (box, door):
            assert door.of(wire.Begin)[0].wall_offset_s < WOKEN.timestamp() - 1.7e9
            box.set_time()
            door.open()
            told = await asyncio.to_thread(door.hears, wire.WallSet)

            assert told.offset_s == 0
            assert told.flag == str(box._clock_flag)
            assert not box._clock_flag.exists(), "the door touches it, once it knows the time"

    asyncio.run(story())


def test_a_door_that_begins_with_the_right_time_trusts_it(tmp_path):
    async def story():
        async with opening(tmp_path) as (box, _):
            await asyncio.to_thread(eventually, box._clock_flag.exists)

    asyncio.run(story())
