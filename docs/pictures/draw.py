"""Draws the README's pictures with the door's own screen: `python docs/pictures/draw.py`."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from hardware.screen import PygameScreen
from kiosk import views, words
from kiosk.flow import Showing, State, Waiting
from kiosk.model import Direction, Format, Moment, Reason, Status, Verdict, Visitor
from kiosk.rules import Way

NOW = Moment(datetime(2026, 11, 23, 3, 40, tzinfo=UTC), 0.0, trusted=True)
VISITOR = Visitor(Format.CCCD, document="014190000003", name="Trần Thị Phương Thử", birth="1990-02-01")


def showing(reason: Reason, direction: Direction | None = None, since: datetime | None = None) -> State:
    """A state with this answer on the screen."""
    visitor = VISITOR if direction else None
    return Showing(verdict=Verdict(reason, visitor, direction, since), since=NOW, until_s=None)


STATES = {
    "waiting": Waiting(),
    "welcome": showing(Reason.WELCOME, Direction.IN),
    "goodbye": showing(Reason.GOODBYE, Direction.OUT, NOW.utc - timedelta(hours=2, minutes=25)),
    "refused": showing(Reason.PAYMENT_CODE),
}


def main() -> None:
    """Draw each state into a PNG beside this file."""
    plate = views.Plate("UBND phường Chiềng An", "Cửa chính", Way.TOGGLE, ZoneInfo("Asia/Ho_Chi_Minh"))
    screen = PygameScreen(width_px=1024, height_px=600, fullscreen=False, driver="dummy")
    for name, state in STATES.items():
        screen.show(views.view(state, Status(line_up=True), NOW, plate, words.load("vi")))
        screen.save(Path(__file__).with_name(f"{name}.png"))
    screen.close()


if __name__ == "__main__":
    main()
