"""Programs that run for the virtual door."""

import asyncio
import signal

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


def test_a_program_is_heard_whatever_becomes_of_its_log_and_of_what_it_says(tmp_path):
    (tmp_path / "talker.log").mkdir()

    async def story():
        heard = Heard()

        def hear(line):
            heard.take(line)
            raise ZeroDivisionError(line)

        command = ("sh", "-c", "echo one; echo two; echo three >&2; exec sleep 60")
        unit = Unit("talker", command, tmp_path, Background(tmp_path), heard=hear)
        await unit.start()
        await heard.reaches(2)
        await unit.kill()
        assert heard == ["one", "two"]

    asyncio.run(story())


def test_a_program_that_cannot_be_noted_does_not_run(tmp_path):
    async def story():
        unit = Unit("lost", ("sleep", "60"), tmp_path, Background(tmp_path / "gone"))
        with pytest.raises(DemoFailed, match=r"running\.json"):
            await unit.start()

        async with asyncio.timeout(PATIENCE_S):
            assert await unit._process.wait() == -signal.SIGKILL

    asyncio.run(story())


def test_a_program_whose_begin_goes_wrong_is_begun_again(tmp_path, monkeypatch):
    monkeypatch.setattr("hardware.simulated.web.unit.PAUSE_S", 0.05)

    async def story():
        heard, fails = Heard(), [ZeroDivisionError, None, None]

        def begin():
            if problem := fails.pop() if fails else None:
                raise problem

        command = ("sh", "-c", "echo one")
        unit = Unit("brief", command, tmp_path, Background(tmp_path), heard=heard.take, begun=begin)
        await unit.start()
        await heard.reaches(3)
        await unit.stop()
        assert not fails

    asyncio.run(story())


def test_no_program_knows_of_a_real_centre_box_or_database(tmp_path, monkeypatch):
    real = ("COLLECTOR_DATABASE", "KIOSK_DATA", "PGHOST", "NOTIFY_SOCKET", "WATCHDOG_USEC")
    for name in real:
        monkeypatch.setenv(name, "real")

    async def story():
        heard = Heard()
        command = ("sh", "-c", "env; echo end; exec sleep 60")
        unit = Unit("curious", command, tmp_path, Background(tmp_path), heard=heard.take)
        await unit.start()
        async with asyncio.timeout(PATIENCE_S):
            while "end" not in heard:
                await heard.reaches(len(heard) + 1)
        await unit.kill()
        assert not [line for line in heard if line.startswith(real)]
        assert [line for line in heard if line.startswith("PATH=")]

    asyncio.run(story())
