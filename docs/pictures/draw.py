"""Draws the pictures of the documents with the door's own screen: `python docs/pictures/draw.py`."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from hardware.screen import PygameScreen
from kiosk import views, words
from kiosk.checking import screening
from kiosk.findings import Finding
from kiosk.findings import State as Found
from kiosk.manner import Manner, Plate
from kiosk.model import Direction, Format, Moment, PastVisit, Reason, Source, Status, Verdict, Visit, Visitor
from kiosk.questions import Question
from kiosk.roster import Listed
from kiosk.rules import Guard, Policy
from kiosk.settings import Door, Place
from kiosk.stages import Hitch, Stage, Step, steps
from kiosk.states import Asking, Duty, Leaf, Memory, Menu, SettingUp, Showing, State, Typing, Waiting

NOW = Moment(datetime(2026, 11, 23, 3, 40, tzinfo=UTC), 0.0, trusted=True)
VISITOR = Visitor(Format.CCCD, document="014190000003", name="Trần Thị Phương Thử", birth="1990-02-01")
KEYED = Visitor(Format.PHONE, phone="+84912345678")
GUARD = "Lò Văn An"
ON_DUTY = Memory(duty=Duty(GUARD, 1800.0))
FEVER = Question("fever", {"vi": "Quý vị có sốt không?"})
PLATE = Plate(
    "UBND phường Chiềng An",
    "Cửa chính",
    hours="7:30–11:30 · 13:30–17:00",
    notice="Chiều thứ Sáu nghỉ tiếp công dân. Hồ sơ khẩn xin gọi 0212 000 000.",
    code="https://example.org/chieng-an",
)


def showing(
    reason: Reason,
    visitor: Visitor | None = None,
    direction: Direction | None = None,
    since: datetime | None = None,
    memory: Memory | None = None,
) -> State:
    """A state with this answer on the screen."""
    keyed = memory is not None
    memory = memory or Memory()
    guard = memory.duty.guard if memory.duty and visitor is None else ""
    verdict = Verdict(reason, visitor, direction, since, guard)
    return Showing(memory=memory, verdict=verdict, since=NOW, until_s=0.0, keyed=keyed)


def listed(
    label: str, minutes: int, direction: Direction = Direction.IN, *, taken_back: bool = False
) -> Listed:
    """A line of a list: somebody, so many minutes ago."""
    at = NOW.utc - timedelta(minutes=minutes)
    return Listed(PastVisit(minutes, direction, at, Format.CCCD, taken_back), label)


INSIDE = (
    listed("NGUYỄN V. THỬ · 1999", 145),
    listed("HOÀNG THỬ · 1999", 60),
    listed("0912 *** 678", 12),
    listed("LÒ T. THỬ · 1999", 5),
)
VISIT = Visit(VISITOR, Direction.IN, Source.CAMERA, NOW)
WELCOME = Verdict(Reason.WELCOME, VISITOR, Direction.IN)

STATES: dict[str, State] = {
    "waiting": Waiting(),
    "welcome": showing(Reason.WELCOME, VISITOR, Direction.IN),
    "goodbye": showing(Reason.GOODBYE, VISITOR, Direction.OUT, NOW.utc - timedelta(hours=2, minutes=25)),
    "refused": showing(Reason.PAYMENT_CODE),
    "guard-needed": showing(Reason.GUARD_NEEDED),
    "pin": Typing(memory=Memory(typed="2648", typed_until_s=20.0)),
    "on-duty": showing(Reason.ON_DUTY, memory=ON_DUTY),
    "number": Typing(memory=replace(ON_DUTY, typed="0912345678", typed_until_s=20.0)),
    "checked-in": showing(Reason.WELCOME, KEYED, Direction.IN, memory=ON_DUTY),
    "guards-screen": Menu(memory=ON_DUTY, until_s=0),
    "inside": Menu(memory=ON_DUTY, until_s=0, leaf=Leaf.INSIDE, visits=INSIDE),
    "take-back": Menu(memory=ON_DUTY, until_s=0, leaf=Leaf.TAKE_BACK, visits=INSIDE[2:3]),
    "taken-back": showing(Reason.TAKEN_BACK, memory=ON_DUTY),
    "locked": showing(Reason.LOCKED, memory=Memory(locked_until_s=60.0)),
    "not-saved": showing(Reason.NOT_SAVED),
    "asking": Asking(visit=VISIT, verdict=WELCOME, questions=(FEVER,), since_s=0, until_s=0),
}

UNDER_WAY = (
    Stage(Step.CODE, done=True),
    Stage(Step.NETWORK, done=True, detail="192.168.1.24"),
    Stage(Step.CENTRE, done=True, detail="4F:2A:91:C0:77:DE:0B:13"),
    Stage(Step.KEYS, done=False),
    Stage(Step.CONFIGURATION, done=False),
)
SETTING_UP: dict[str, State] = {
    "new-box": SettingUp(stages=steps()),
    "new-box-under-way": SettingUp(stages=UNDER_WAY),
    "new-box-wifi": SettingUp(stages=steps(Step.CODE, hitch=Hitch.WIFI_PASSWORD)),
    "new-box-expired": SettingUp(stages=steps(Step.CODE, Step.NETWORK, Step.CENTRE, hitch=Hitch.EXPIRED)),
    "new-box-unreachable": SettingUp(stages=steps(Step.CODE, Step.NETWORK, hitch=Hitch.UNREACHABLE)),
}
"""Of a box that is nobody's yet."""
CHECKED = tuple(
    Finding(part, Found.WARNING if part == "power" else Found.OK, "")
    for part in ("camera", "screen", "keypad", "disk", "clock", "power")
)
NAMELESS = Plate(Place().name, Door().name)


def main(folder: Path) -> None:
    """Draw each state into a PNG in a folder."""
    policy = Policy(ZoneInfo("Asia/Ho_Chi_Minh"), guards=(Guard(GUARD),), self_service=False, languages=2)
    manner = Manner(policy, PLATE, (words.load("vi"), words.load("en")))
    at_first = Manner(replace(policy, sets_up=True, is_nobodys=True), NAMELESS, manner.words)
    screen = PygameScreen(width_px=1024, height_px=600, fullscreen=False, driver="dummy")
    shown = {name: views.view(state, Status(line_up=True), NOW, manner) for name, state in STATES.items()}
    shown |= {name: views.view(state, Status(), NOW, at_first) for name, state in SETTING_UP.items()}
    shown["check"] = screening.pages(CHECKED, manner.words[0])[0]
    for name, view in shown.items():
        screen.show(view)
        screen.save(folder / f"{name}.png")
    screen.close()


if __name__ == "__main__":
    main(Path(__file__).parent)
