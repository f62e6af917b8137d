"""The set-up code of the virtual door, where the centre draws none."""

import asyncio

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
