"""What a door shows in every state, from real states and the door's own words: everybody in it is invented."""

from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

from kiosk import views, words
from kiosk.findings import Finding, State
from kiosk.glimpse import Glimpse
from kiosk.hours import hours
from kiosk.manner import Manner, Plate
from kiosk.model import (
    Direction,
    Format,
    Moment,
    PastVisit,
    Reason,
    Source,
    Status,
    Verdict,
    Visit,
    Visitor,
)
from kiosk.proof import Proof
from kiosk.questions import PHONE, Choice, Question
from kiosk.roster import Listed
from kiosk.rules import Guard, Policy
from kiosk.signals import View
from kiosk.stages import Hitch, Stage, Step, steps
from kiosk.states import (
    Asking,
    Checking,
    Duty,
    Hint,
    Leaf,
    Memory,
    Menu,
    OutOfOrder,
    Saving,
    SettingUp,
    Showing,
    Typing,
    Waiting,
)
from tests.fakes import FakeClock

SIZES = ((800, 480), (480, 800), (1280, 720), (1920, 1080))
LANGUAGES = ("vi", "en")
LENGTHS = ("short", "long", "extreme")

LONGEST_NAME = "NGUYỄN PHƯỚC BẢO HOÀNG TRƯỜNG GIANG VĨNH NGHI THUỴ"
FINDINGS = (
    Finding("version", State.OK, "entrance-kiosk 0.1.0 on Debian GNU/Linux 13 (trixie), aarch64"),
    Finding("camera", State.OK, "works in the running door"),
    Finding("keypad", State.MISSING, "the door has lost it; see its cable and its wires"),
    Finding("journal", State.OK, "/var/lib/entrance-kiosk: in use by the running door"),
    Finding("disk", State.OK, "26,413 MB free"),
    Finding("clock", State.OK, "2026-11-23 01:05:00 UTC, set by systemd-timesyncd"),
    Finding("processor", State.OK, "51 °C"),
    Finding("watchdog", State.OK, "starts the machine anew after 14 s of silence"),
    Finding("network", State.OK, "192.168.10.24"),
    Finding("enrolment", State.OK, "as chieng-an-front"),
    Finding(
        "broker",
        State.WARNING,
        "mqtt.sonla.example:8883 does not answer the bridge; the door works without, visits wait; "
        "see network, clock and certificate above, and mqtt.host",
    ),
)
"""Of an invented box, as the running door tells them."""
PEOPLE = {
    "short": Visitor(Format.CCCD, document="014050000001", name="Lò Thử", birth="1950"),
    "long": Visitor(
        Format.HC1, name="Nguyễn Thị Phương Thảo", birth="1990-02-01", proof=Proof.UNKNOWN_ISSUER
    ),
    "extreme": Visitor(Format.CCCD, document="014090000002", name=LONGEST_NAME.title(), birth="1990"),
}
PLACES = {
    "short": Plate("UBND xã Thử", "Cửa 1", code="https://a.vn"),
    "long": Plate(
        "Ủy ban nhân dân phường Chiềng An",
        "Cửa chính",
        help_desk="0212 3850 000",
        hours="07:30–11:30, 13:30–17:00",
        code="https://cua.example.vn/o/chieng-an",
    ),
    "extreme": Plate(
        "Trung tâm Phục vụ hành chính công phường Chiềng Sinh và các xã lân cận, Sơn La",
        "Cửa phụ phía sau, lối xuống nhà để xe",
        help_desk="0212 3850 000, máy lẻ 12",
        hours="Thứ Hai đến thứ Sáu, 07:30–11:30 và 13:30–17:00",
        notice="Sáng thứ Tư 02/12 bộ phận một cửa nghỉ họp đến 09:30. Hồ sơ đất đai nhận ở tầng 2, phòng 204. "
        "Quý vị cần giúp đỡ xin gặp bảo vệ ở bàn trực bên phải cửa. Xin cảm ơn quý vị đã chờ.",
        code="https://cua.example.vn/o/trung-tam-phuc-vu-hanh-chinh-cong-phuong-chieng-sinh?tu=man-hinh-cua-phu&v=3",
    ),
}
STATUS = {
    "short": Status(line_up=True),
    "long": Status(line_up=False, waiting=3),
    "extreme": Status(
        line_up=False, waiting=12_345, clock_trusted=False, lost=frozenset({"wedge", "matrix"})
    ),
}
GUARDS = {"short": "Lò Thử", "long": "Quàng Văn Thử", "extreme": "Nguyễn Hoàng Phương Thử (tổ bảo vệ số 2)"}
QUESTIONS = {
    "short": Question("fever", {"vi": "Quý vị có sốt không?", "en": "Do you have a fever?"}),
    "long": Question(
        "cough",
        {
            "vi": "Trong ba ngày qua quý vị có sốt, ho hoặc khó thở không?",
            "en": "Have you had a fever, a cough or short breath in the last three days?",
        },
    ),
    "extreme": Question(
        "errand",
        {
            "vi": "Hôm nay quý vị đến gặp bộ phận nào của cơ quan, hoặc đến để làm việc gì với cán bộ tiếp dân?",
            "en": "Which part of the office have you come to see today, or what would you like to do here with us?",
        },
        tuple(
            Choice(f"a{number}", {"vi": vi, "en": en})
            for number, (vi, en) in enumerate(
                (
                    ("Đất đai", "Land"),
                    ("Hộ tịch, chứng thực", "Civil status"),
                    ("Giấy phép xây dựng và kinh doanh", "Building and business permits"),
                    ("Chế độ người có công", "Benefits"),
                    ("Gặp cán bộ tiếp dân", "An officer"),
                    ("Nộp phạt", "A fine"),
                    ("Giao hàng, bưu phẩm", "A delivery"),
                    ("Họp", "A meeting"),
                    ("Việc khác", "Something else"),
                )
            )
        ),
    ),
}
LABELS = (
    "NGUYỄN T. P. THẢO · 1990",
    "LÒ THỬ · 1950",
    "0982 *** 084",
    "TRẦN V. AN · 1962",
    "HOÀNG T. K. OANH · 1988",
    "LƯỜNG V. PỌM · 1975",
    "QUÀNG T. ƠN · 2001",
    "",
    "014 *** 005",
    "NGUYỄN P. B. H. T. G. V. N. THUỴ · 1990",
)
ANSWERS = (
    Reason.WELCOME,
    Reason.GOODBYE,
    Reason.ALREADY_IN,
    Reason.PAYMENT_CODE,
    Reason.WRONG_NUMBER,
    Reason.SEVERAL_VISITORS,
    Reason.UNKNOWN_CODE,
    Reason.FOREIGN_SETUP,
    Reason.NO_GUARD,
    Reason.LOCKED,
    Reason.ON_DUTY,
    Reason.TAKEN_BACK,
    Reason.NOT_SAVED,
    Reason.IDENTIFY,
)
"""One of each kind: all look like one of these."""
LISTED = {"short": 2, "long": 10, "extreme": 23}


def all_views(language: str, length: str, *, night: bool = False) -> dict[str, View]:
    """Every screen in one language, with words of one length."""
    clock = FakeClock()
    now = clock.now()
    guard = GUARDS[length]
    policy = Policy(ZoneInfo("Asia/Ho_Chi_Minh"), guards=(Guard(guard),), languages=2, asks_phone=True)
    others = [words.load(other) for other in LANGUAGES if other != language]
    plate, status, visitor = PLACES[length], STATUS[length], PEOPLE[length]
    dark = hours("00:00", "00:00") if night else hours("", "")
    manner = Manner(policy, plate, (words.load(language), *others), night=dark)
    off = Memory(used_s=now.monotonic_s)
    on = replace(off, duty=Duty(guard, now.monotonic_s + 1200))
    visit = Visit(visitor, Direction.IN, Source.CAMERA, now)
    late = now.monotonic_s + 20

    def listed(number: int) -> Listed:
        at = now.utc - timedelta(minutes=7 * number)
        way = Direction.OUT if number % 3 == 2 else Direction.IN
        past = PastVisit(40 - number, way, at, Format.CCCD, taken_back=number == 3)
        return Listed(past, LABELS[number % len(LABELS)])

    people = tuple(listed(number) for number in range(LISTED[length]))

    def answered(reason: Reason, direction: Direction | None = None, since_minutes: int = 0) -> Showing:
        came = now.utc - timedelta(minutes=since_minutes) if since_minutes else None
        verdict = Verdict(reason, visitor if direction else None, direction, came)
        memory = replace(on if reason is Reason.ON_DUTY else off, locked_until_s=now.monotonic_s + 60)
        return Showing(verdict=verdict, since=now, until_s=None, memory=memory)

    def stage(step: Step, done: bool, detail: str = "") -> Stage:
        return Stage(step, done=done, detail=detail)

    fingerprint = "4f2a 91c0 77de 0b13 5e88 a61c 20d4 93bf"
    states = {
        "waiting": Waiting(memory=off),
        "waiting on duty": Waiting(memory=on),
        "waiting with a hint": Waiting(
            memory=off, hint=Hint(Glimpse.TOO_DARK, now.monotonic_s - 3, now.monotonic_s)
        ),
        "waiting with a short hint": Waiting(
            memory=off, hint=Hint(Glimpse.TOO_SMALL, now.monotonic_s - 3, now.monotonic_s)
        ),
        "typing": Typing(memory=replace(off, typed="0982688084")),
        "typing nothing yet": Typing(memory=on),
        "typing twelve": Typing(memory=replace(on, typed="014190000003")),
        "typing a PIN": Typing(memory=replace(off, typed="4071")),
        "asking": Asking(
            memory=off,
            visit=visit,
            verdict=Verdict(Reason.WELCOME, visitor, Direction.IN),
            questions=(QUESTIONS[length],),
            since_s=now.monotonic_s,
            until_s=late,
        ),
        "asking for a phone": Asking(
            memory=off,
            visit=visit,
            verdict=Verdict(Reason.WELCOME, visitor, Direction.IN),
            questions=(PHONE,),
            since_s=now.monotonic_s,
            until_s=late,
            number="0982688",
            is_wrong=length == "extreme",
        ),
        "menu": Menu(memory=on, until_s=late),
        "menu, inside": Menu(memory=on, until_s=late, leaf=Leaf.INSIDE, visits=people),
        "menu, recent": Menu(memory=on, until_s=late, leaf=Leaf.RECENT, visits=people[:10]),
        "menu, nobody": Menu(memory=on, until_s=late, leaf=Leaf.INSIDE),
        "menu, take back": Menu(memory=on, until_s=late, leaf=Leaf.TAKE_BACK, visits=people[:1]),
        "saving": Saving(memory=off, at=now, verdict=Verdict(Reason.WELCOME, visitor, Direction.IN)),
        "setting up": SettingUp(
            memory=off,
            stages=(
                stage(Step.NETWORK, True, "192.168.10.24"),
                stage(Step.CENTRE, length == "short", fingerprint if length == "extreme" else ""),
                stage(Step.CLOCK, False),
                stage(Step.CONFIGURATION, False),
            ),
        ),
        **_checks(off, now),
        "out of order": OutOfOrder(memory=off),
    }
    shown = {name: views.view(state, status, now, manner) for name, state in states.items()}
    shown |= _by_code(off, status, now, manner)
    keys_only = replace(status, scanner_present=False)
    shown["waiting without a camera"] = views.view(Waiting(memory=off), keys_only, now, manner)
    ways = {
        Reason.WELCOME: (Direction.IN, 0),
        Reason.GOODBYE: (Direction.OUT, 145),
        Reason.ALREADY_IN: (Direction.IN, 10),
        Reason.ALREADY_OUT: (Direction.OUT, 10),
    }
    for reason in ANSWERS:
        state = answered(reason, *ways.get(reason, ()))
        shown[f"answer {reason}"] = views.view(state, status, now, manner)
    if length == "extreme":
        whole = {
            name: replace(one, name=LONGEST_NAME)
            for name, one in shown.items()
            if one.reason in ways or one.state == "asking"
        }
        shown |= whole
    return shown


def _checks(memory: Memory, now: Moment) -> dict[str, Checking]:
    """A box that is looked at: the first page, one of a part that is ill, and before anything is found."""
    checking = Checking(memory=memory, since_s=now.monotonic_s, until_s=now.monotonic_s + 60)
    ill = replace(checking, findings=FINDINGS, turn=2)
    return {
        "check, looking": checking,
        "check, all": replace(checking, findings=FINDINGS),
        "check, more": replace(ill, turn=1),
        "check, a fault": ill,
        "check, a warning": replace(ill, turn=3),
    }


def _by_code(memory: Memory, status: Status, now: Moment, manner: Manner) -> dict[str, View]:
    """A box that is set up by a code: asking for it, under way, and held up by all that can hold it up."""
    new = replace(manner, policy=replace(manner.policy, sets_up=True, is_nobodys=True))
    address, fingerprint = "192.168.10.24", "4F:2A:91:C0:77:DE:0B:13"
    under_way = tuple(
        replace(stage, detail={Step.NETWORK: address, Step.CENTRE: fingerprint}.get(stage.step, ""))
        for stage in steps(Step.CODE, Step.NETWORK, Step.CENTRE)
    )
    opened = replace(memory, setup_until_s=now.monotonic_s + 300)
    ours = replace(new, policy=replace(new.policy, is_nobodys=False))
    shown = {
        "set-up, new box": views.view(SettingUp(memory=memory, stages=steps()), status, now, new),
        "set-up, opened": views.view(SettingUp(memory=opened, stages=steps()), status, now, ours),
        "set-up, under way": views.view(SettingUp(memory=opened, stages=under_way), status, now, new),
    }
    blind = replace(status, scanner_present=False)
    shown["set-up, no camera"] = views.view(SettingUp(memory=memory, stages=steps()), blind, now, new)
    for hitch in Hitch:
        held_up = SettingUp(memory=memory, stages=steps(Step.CODE, hitch=hitch))
        shown[f"set-up, {hitch}"] = views.view(held_up, status, now, new)
    return shown
