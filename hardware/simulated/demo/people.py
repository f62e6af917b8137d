"""Invented visitors, and what they hold up. Their ID numbers and phones belong to nobody."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

Kind: TypeAlias = Literal["card", "phone", "number", "stray", "badge", "setup"]
"""
What somebody has in the hand: a card, a code on a phone, a basic phone whose number is keyed in, a code that
is none of this door's, a badge of who works here, the set-up code of a new box.
"""


@dataclass(frozen=True, slots=True)
class Visitor:
    """
    Somebody in the story.

    Attributes:
        id: What the page calls them.
        kind: What they have in the hand.
        who: How the story speaks of them.
        code: The text of the code they hold up; empty for somebody who has none.
        number: The number that is keyed in for somebody without a code.
    """

    id: str
    kind: Kind
    who: str
    code: str = ""
    number: str = ""


VISITORS = (
    Visitor(
        "lo",
        "card",
        "Mrs Lò, with her ID card of 2021",
        code="014150000001||Lò Thị Thử|03041950|Nữ|Tổ 3, Phường Tô Hiệu, Sơn La|15042021",
    ),
    Visitor(
        "nguyen",
        "card",
        "Mr Nguyễn, with his new ID card of 2024",
        code="014099000002||Nguyễn Văn Thử|01021999|Nam|Bản Mòn, Phường Chiềng An, Sơn La|15092024||||",
    ),
    Visitor(
        "tran",
        "phone",
        "Ms Trần, with the national QR on her phone",
        code="014190000003|TRAN THI PHUONG THU|1990-02-01|0|162979388586171100|<2<00<0912345678",
    ),
    Visitor("hoang", "phone", "Mr Hoàng, whose code holds just his ID number", code="014085000004"),
    Visitor("cam", "number", "Mr Cầm, with a basic phone: the guard keys in his number", number="0982000084"),
)

STRAY_CODE = "00020101021138540010A00000072701240006970415011012345678900208QRIBFTTA53037045802VN63041234"
"""A payment code, held up by mistake."""
