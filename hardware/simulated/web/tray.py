"""The tray: invented people, and what they hold up."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cv2

from hardware.frame import Luma
from hardware.pictures import load_luma
from hardware.simulated.codes import draw_code
from hardware.simulated.demo.people import STRAY_CODE, VISITORS, Kind
from hardware.simulated.web.facts import Facts
from hardware.simulated.web.faults import Fault


@dataclass(frozen=True, slots=True)
class Thing:
    """
    What lies in the tray.

    Attributes:
        id: What pages call it.
        kind: What it is.
        number: What is keyed in for somebody who has nothing to hold up; None for all others.
        luma: The bare code with its quiet zone; None for a number.
        png: The same for the page; empty for a number.
        edition: Goes up with everything that is added, so that no page shows the picture of another.
    """

    id: str
    kind: Kind
    number: str | None = None
    luma: Luma | None = field(default=None, repr=False)
    png: bytes = field(default=b"", repr=False)
    edition: int = 0

    def told(self) -> dict[str, Any]:
        """What pages are told of it."""
        picture = f"/tray/{self.id}.png?{self.edition}" if self.png else None
        return {"id": self.id, "kind": self.kind, "picture": picture, "number": self.number}


class Tray:
    """
    Holds the people of the demo, whose codes are drawn here once, and what else is laid in.

    Args:
        facts: Is told `tray`.

    Raises:
        KioskError: If segno is not installed.
    """

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self._things: dict[str, Thing] = {}
        self._edition = 0
        self._holding: list[Callable[[str], None]] = []
        for visitor in VISITORS:
            if visitor.code:
                self._lay(visitor.id, visitor.kind, draw_code(visitor.code))
            else:
                self._things[visitor.id] = Thing(visitor.id, visitor.kind, number=visitor.number)
        self._lay("payment", "stray", draw_code(STRAY_CODE))
        self._tell()

    def __getitem__(self, name: str) -> Thing:
        """
        The thing of this id.

        Raises:
            Fault: If there is none.
        """
        try:
            return self._things[name]
        except KeyError:
            what = f"the tray holds no such thing; take one of {', '.join(self._things)}"
            raise Fault("no_such_thing", what) from None

    def add(self, name: str, kind: Kind, picture: Path) -> None:
        """
        Lay a code in; one of this id is replaced.

        Args:
            name: Its id.
            kind: What it is.
            picture: A picture of the bare code with its quiet zone. It is read now.

        Raises:
            BadPicture: If it is none.
        """
        luma = load_luma(picture)
        self.remove(name)
        self._lay(name, kind, luma)
        self._tell()

    def remove(self, name: str) -> None:
        """Take a thing out, if it is there; whoever holds it puts it down."""
        if self._things.pop(name, None):
            for let_go in self._holding:
                let_go(name)
            self._tell()

    def when_taken_out(self, let_go: Callable[[str], None]) -> None:
        """Have whoever may hold a thing be told the id of each that is taken out."""
        self._holding.append(let_go)

    def _lay(self, name: str, kind: Kind, luma: Luma) -> None:
        self._edition += 1
        _, png = cv2.imencode(".png", luma)
        self._things[name] = Thing(name, kind, luma=luma, png=png.tobytes(), edition=self._edition)

    def _tell(self) -> None:
        self._facts.tell("tray", [thing.told() for thing in self._things.values()])
