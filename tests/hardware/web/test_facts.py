"""What listeners are told who fall behind, and what pages share."""

import asyncio

from hardware.simulated.web.canvas import Canvas
from hardware.simulated.web.facts import Facts
from tests.hardware.web.site import decoded, pixels


def test_who_falls_far_behind_is_told_all_that_is_so_anew_and_nothing_twice():
    async def situation():
        facts = Facts()
        facts.tell("light", value=True)
        with facts.listening() as told:
            for number in range(5000):
                facts.tell("counts", number)
            assert told.qsize() <= 500
            heard = [told.get_nowait() for _ in range(told.qsize())]
            for _ in heard:
                told.task_done()
            await asyncio.wait_for(told.join(), 1)
        return {one["fact"]: one["is"] for one in heard}

    assert asyncio.run(situation()) == {"light": True, "counts": 4999}


def test_what_is_so_already_is_told_to_nobody():
    async def situation():
        facts = Facts()
        facts.tell("light", value=True)
        with facts.listening() as told:
            told.get_nowait()
            facts.tell("light", value=True)
            return told.empty()

    assert asyncio.run(situation())


def test_two_pages_that_need_the_same_share_one_picture_though_one_goes_away():
    async def situation():
        canvas = Canvas(64, 48)
        with canvas.watching() as one, canvas.watching() as two, canvas.watching() as gone:
            leaving = asyncio.create_task(gone.next())
            await asyncio.sleep(0)
            leaving.cancel()
            first = await asyncio.gather(one.next(), two.next())
            canvas.paint(pixels(2, 8, 8, 4, 4))
            return first, await asyncio.gather(one.next(), two.next())

    for one, two in asyncio.run(situation()):
        assert one is two
        assert decoded(one[8:]) is not None
