"""The facts of a visit. All are frozen; personal fields carry `repr=False`, so that no log can hold them."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from kiosk.proof import Proof


class Direction(StrEnum):
    """Which way somebody passed the door."""

    IN = "in"
    OUT = "out"


class Source(StrEnum):
    """How the door learned who it was."""

    CAMERA = "camera"
    KEYPAD = "keypad"
    READER = "reader"
    """A code reader on USB or a serial line."""


class Format(StrEnum):
    """What kind of code or number somebody presented."""

    CCCD = "cccd"
    """Chip ID card of 2021 to mid-2024: seven fields."""
    CAN_CUOC = "can_cuoc"
    """ID card since July 2024: the same seven fields and four more."""
    PERSONAL_QR = "personal_qr"
    """National personal QR of the health apps (Decision 1405/QĐ-BTTTT)."""
    BHYT = "bhyt"
    """Health-insurance card, or its bare number."""
    HC1 = "hc1"
    """Health certificate: the EU DCC, Vietnam's vaccine passport."""
    PASS = "pass"  # noqa: S105 (it opens a door of wood)
    """A visitor's pass, signed by the centre."""
    ID_NUMBER = "id_number"
    """A bare ID number: twelve digits, or nine of the old card."""
    PHONE = "phone"
    """A bare Vietnamese phone number."""


class Reason(StrEnum):
    """Why the door answers as it does: a stable code. The human words live in `kiosk.words`."""

    WELCOME = "welcome"
    GOODBYE = "goodbye"
    ALREADY_IN = "already_in"
    ALREADY_OUT = "already_out"
    PLACE_CODE = "place_code"
    """The check-in code of a place, which belongs on a wall."""
    PAYMENT_CODE = "payment_code"
    DECLARATION_CODE = "declaration_code"
    HEALTH_CARD_CODE = "health_card_code"
    BADGE_CODE = "badge_code"
    SETUP_CODE = "setup_code"
    FOREIGN_SETUP = "foreign_setup"
    EXPIRED_SETUP = "expired_setup"
    TECHNICIAN_CODE = "technician_code"
    EXPIRED_CODE = "expired_code"
    EARLY_CODE = "early_code"
    FORGED_CODE = "forged_code"
    """A signature does not hold, or a code that calls itself the centre's is by somebody else."""
    BROKEN_CODE = "broken_code"
    WIFI_CODE = "wifi_code"
    CONTACT_CODE = "contact_code"
    WEB_CODE = "web_code"
    UNKNOWN_CODE = "unknown_code"
    SEVERAL_VISITORS = "several_visitors"
    WRONG_NUMBER = "wrong_number"
    """A typed number of a length or beginning that nobody has."""
    NOT_SAVED = "not_saved"
    """The disk refused the visit: nobody was let in on the record."""
    GUARD_NEEDED = "guard_needed"
    """Only a guard may key numbers in here."""
    ON_DUTY = "on_duty"
    OFF_DUTY = "off_duty"
    WRONG_PIN = "wrong_pin"
    LOCKED = "locked"
    NO_GUARD = "no_guard"
    """A guard's badge of somewhere else, or of somebody who is no guard any more."""
    TAKEN_BACK = "taken_back"
    TOO_LATE = "too_late"
    """There is no visit that can be taken back any more."""
    IDENTIFY = "identify"
    """Somebody at the centre wants to know which box this is."""


@dataclass(frozen=True, slots=True)
class Moment:
    """
    One instant, told by both clocks of the box.

    Attributes:
        utc: Wall clock, aware, in UTC. May be years wrong while `trusted` is false.
        monotonic_s: Seconds on the clock that never jumps; it starts anew with each boot.
        trusted: Whether the wall clock was synchronised.
    """

    utc: datetime
    monotonic_s: float
    trusted: bool


@dataclass(frozen=True, slots=True)
class Anchor:
    """
    What a box tells the time from.

    Attributes:
        started: Wall clock when the monotonic clock was zero (aware, UTC).
        stamp: When the time service had last set the wall clock, in a unit of its own that grows; None when
            it had not since the boot.
    """

    started: datetime
    stamp: int | None


@dataclass(frozen=True, slots=True)
class Visitor:
    """
    Who stands at the door, as far as a code or a number tells.

    Attributes:
        format: What was presented.
        document: ID number, 12 digits, or 9 of the old card; None when not known or masked.
        name: Full name as the code writes it; None when the code holds none.
        birth: `YYYY-MM-DD`, or `YYYY` where only the year is known; None when not known.
        phone: E.164, such as `+84982688084`; None when not known or masked.
        reference: The code's own number, where it holds neither document nor phone.
        proof: What the signature and the dates of a signed code say; None for codes without a signature.
    """

    format: Format
    document: str | None = field(default=None, repr=False)
    name: str | None = field(default=None, repr=False)
    birth: str | None = field(default=None, repr=False)
    phone: str | None = field(default=None, repr=False)
    reference: str | None = field(default=None, repr=False)
    proof: Proof | None = None

    @property
    def identity(self) -> str:
        """
        The one string by which the same person is known again.

        A document counts before a phone, a phone before the code's own number; at last, name and birth.
        """
        for kind, value in (("document", self.document), ("phone", self.phone), ("code", self.reference)):
            if value:
                return f"{kind}:{value}"
        return f"name:{(self.name or '').casefold()}|{self.birth or ''}"


@dataclass(frozen=True, slots=True)
class Unreadable:
    """
    A code that says nothing of a visitor. Its text is not kept.

    Attributes:
        reason: What it is instead.
        badge: Of a guard's badge, the digest by which the guard is known; empty for all others.
        expires: From when on a badge, a guard's or a technician's, is worth nothing (aware); None for others.
    """

    reason: Reason
    badge: str = field(default="", repr=False)
    expires: datetime | None = None


@dataclass(frozen=True, slots=True)
class LastVisit:
    """What this door remembers of somebody: which way they last passed, and when (aware, UTC)."""

    direction: Direction
    at: datetime


@dataclass(frozen=True, slots=True)
class Verdict:
    """
    What the door decides.

    Attributes:
        reason: The stable code of the answer.
        visitor: Who it is about; None for codes that tell of nobody.
        direction: The way passed, or the way already recorded; None for refusals.
        since: The earlier visit that the answer speaks of: when somebody already in came in, or when
            somebody leaving had come (aware, UTC); None when there is none.
        guard: Who is on duty, or was; empty where it is not about a guard.
    """

    reason: Reason
    visitor: Visitor | None = None
    direction: Direction | None = None
    since: datetime | None = None
    guard: str = ""

    @property
    def is_visit(self) -> bool:
        """Whether this answer is a visit, to be written down before anything is said."""
        return self.reason in {Reason.WELCOME, Reason.GOODBYE}


@dataclass(frozen=True, slots=True)
class Answer:
    """
    What a visitor answered.

    Attributes:
        question: The question's id.
        answer: The answer's id, such as `yes`.
        personal: Whether it is for the manager's eyes only.
    """

    question: str
    answer: str = field(repr=False)
    personal: bool = False


@dataclass(frozen=True, slots=True)
class Visit:
    """
    Somebody passed the door.

    Attributes:
        visitor: Who.
        direction: Which way.
        source: How the door learned it.
        at: When, by both clocks.
        operator: The guard who keyed it in; None when the visitor did it alone.
        answers: What the visitor answered at the door.
    """

    visitor: Visitor
    direction: Direction
    source: Source
    at: Moment
    operator: str | None = None
    answers: tuple[Answer, ...] = ()


@dataclass(frozen=True, slots=True)
class PastVisit:
    """
    A visit as the journal still knows it, without saying who it was.

    Attributes:
        sequence: Its place in the journal.
        direction: Which way.
        at: When (aware, UTC).
        format: What was presented; None for a visit at another door.
        taken_back: Whether a later entry has taken it back.
    """

    sequence: int
    direction: Direction
    at: datetime
    format: Format | None
    taken_back: bool = False


@dataclass(frozen=True, slots=True)
class Counts:
    """How many visits of the journal wait for the road, were sent, are stored at the centre, or set aside."""

    waiting: int = 0
    sent: int = 0
    stored: int = 0
    aside: int = 0


@dataclass(frozen=True, slots=True)
class Status:
    """
    What is well and what is ill with the box, beside what happens at the door.

    Attributes:
        line_up: Whether the road reaches the broker.
        waiting: Visits that have not reached the centre.
        clock_trusted: Whether the wall clock is synchronised.
        scanner_present: Whether any camera or code reader works.
        keypad_present: Whether there are keys that work.
        lost: Parts that do not work, by their names in the device table.
        shut: Why the centre has put the door out of order, perhaps in no words; None while it has not.
    """

    line_up: bool = False
    waiting: int = 0
    clock_trusted: bool = True
    scanner_present: bool = True
    keypad_present: bool = True
    lost: frozenset[str] = frozenset()
    shut: str | None = None
