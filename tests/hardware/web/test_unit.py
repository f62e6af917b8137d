"""Programs that run for the virtual door."""

import asyncio

import pytest

from hardware.simulated.demo.failing import DemoFailed
from hardware.simulated.demo.programs import Background
from hardware.simulated.web.unit import Unit
from tests.programs import PATIENCE_S


class Heard(list):
    """What a program says, and a wait for so much of it."""

    def __init__(self):
        super().__init__()
        self._more = asyncio.Event()

    def take(self, line):
        self.append(line)
        self._more.set()

    async def reaches(self, count):
        async with asyncio.timeout(PATIENCE_S):
            while len(self) < count:
                self._more.clear()
                await self._more.wait()


def test_a_program_that_ends_is_begun_again_until_it_is_stopped(tmp_path):
    async def story():
        heard, begun = Heard(), []
        command = ("sh", "-c", "echo one; echo of both >&2")
        unit = Unit(
            "brief",
            command,
            tmp_path,
            Background(tmp_path),
            heard=heard.take,
            begun=lambda: begun.append(1),
        )
        await unit.start()
        await unit.start()
        await heard.reaches(2)
        await unit.stop()
        await unit.stop()

        assert heard == ["one"] * len(begun)
        assert "of both" in (tmp_path / "brief.log").read_text()

    asyncio.run(story())


def test_a_program_that_may_write_nothing_can_still_speak(tmp_path):
    # Python lives on when a write is refused, as door and bridge do.
    program = f"""
import time
while True:
    try:
        with open({str(tmp_path / "file")!r}, "w") as file:
            file.write("x")
        print("written", flush=True)
    except OSError:
        print("refused", flush=True)
    time.sleep(0.05)
"""

    async def story():
        heard = Heard()
        unit = Unit("writer", ("python3", "-c", program), tmp_path, Background(tmp_path), heard=heard.take)
        unit.allow_writing(allowed=False)
        await unit.start()
        await heard.reaches(3)
        assert heard[-1] == "refused"

        unit.allow_writing(allowed=True)
        await heard.reaches(len(heard) + 2)
        await unit.kill()
        assert heard[-1] == "written"

    asyncio.run(story())


def test_a_program_that_is_not_there_is_said(tmp_path):
    unit = Unit("ghost", ("no-such-program",), tmp_path, Background(tmp_path))

    with pytest.raises(DemoFailed, match=r"no-such-program: .*; is it installed"):
        asyncio.run(unit.start())
