"""A new box of the virtual door, where the centre does nothing for it."""

import asyncio

import pytest

from hardware.simulated.demo.failing import DemoFailed
from hardware.simulated.demo.programs import Background
from hardware.simulated.web.canvas import Canvas
from hardware.simulated.web.facts import Facts
from hardware.simulated.web.link import DoorLink
from hardware.simulated.web.stand import Stand
from hardware.simulated.web.tray import Tray
from tests.ports import free_port
from tests.programs import PATIENCE_S


def test_a_code_that_cannot_be_drawn_is_a_fault_that_says_what_helps_and_leaves_nothing(tmp_path):
    async def story():
        facts = Facts()
        link, tray = DoorLink(facts, Canvas()), Tray(facts)
        stand = Stand(tmp_path, Background(tmp_path), facts, link, tray, web_port=free_port())
        (tmp_path / "setup.png").touch()
        facts.tell("box", {"stage": "in_service"})
        facts.tell("view", {"state": "setting_up"})

        with facts.listening() as told:
            watching = asyncio.create_task(stand._watch())
            async with asyncio.timeout(PATIENCE_S):
                while (heard := await told.get()).get("happened") != "fault":
                    pass
            watching.cancel()

        assert heard["code"] == "no_setup_code"
        assert "back into service" in heard["what"]
        assert not (tmp_path / "setup.png").exists()
        await stand.close()

    asyncio.run(story())


def test_a_box_that_cannot_be_put_into_service_gets_its_power_back_and_stays_new(tmp_path, monkeypatch):
    begun = []

    async def start():
        begun.append("box")

    async def story():
        facts = Facts()
        link, tray = DoorLink(facts, Canvas()), Tray(facts)
        stand = Stand(tmp_path, Background(tmp_path), facts, link, tray, web_port=free_port())
        monkeypatch.setattr(stand._box, "start", start)
        (tmp_path / "centre").touch()  # not the folder that it needs
        facts.tell("box", {"stage": "new"})
        await stand.pull("power", on=False)

        with pytest.raises(DemoFailed, match="collector enrol"):
            await stand.put_in_service()

        assert begun == ["box"]
        assert facts["levers"]["power"] is True
        assert facts["box"]["stage"] == "new"
        await stand.close()

    asyncio.run(story())
