"""
What a screen paints once before anybody waits for it: one of each answer and each dialogue.

Fonts and drawings are made for a size of the screen, and that takes longer than all else. The words are as
long as those of a usual office; they stand for nobody, and are never shown.
"""

from dataclasses import replace
from typing import Any

from kiosk.signals import Choice, Mood, Picture, Sign, SignKind, View

_PERSON = "HỌ TÊN T. THỬ · 2000"
_MORE = Choice("*", "Thêm thời gian")
_ON_DUTY = (Sign(SignKind.ON_DUTY, "Bảo vệ: Họ Tên"),)


_DIALOGUE = View(
    state="asking",
    mood=Mood.NEUTRAL,
    picture=Picture.QUESTION,
    headline="Quý vị có sốt không?",
    name=_PERSON,
    choices=(Choice("1", "Có"), Choice("2", "Không")),
    keys=(_MORE, Choice("#", "Bỏ qua"), Choice("0", "English")),
    place="UBND phường Thử",
    door="Cửa chính",
    way="Cửa vào và ra",
    time="00:00",
)


def _answer(mood: Mood, picture: Picture, headline: str, **more: Any) -> View:
    bare = replace(_DIALOGUE, state="showing", name="", choices=(), keys=(_MORE,))
    return replace(bare, mood=mood, picture=picture, headline=headline, **more)


_TYPING = replace(
    _DIALOGUE,
    state="typing",
    picture=Picture.KEYPAD,
    headline="Số điện thoại hoặc số căn cước",
    name="",
    digits="0123 456 789",
    types=True,
    choices=(),
    keys=(Choice("*", "Xoá"), Choice("#", "Xong")),
)
_MENU = replace(
    _DIALOGUE,
    state="menu",
    picture=Picture.GUARD,
    headline="Màn hình bảo vệ",
    name="Họ Tên",
    note="Trực đến 00:00",
    choices=(
        Choice("1", "Ai đang ở trong"),
        Choice("2", "10 lượt gần nhất"),
        Choice("3", "Huỷ lượt vừa ghi"),
        Choice("0", "Khoá bàn phím"),
    ),
    keys=(Choice("#", "Quay lại"),),
    signs=_ON_DUTY,
)

REHEARSED = (
    _MENU,
    _DIALOGUE,
    _TYPING,
    _answer(
        Mood.GREEN, Picture.GUARD, "BẢO VỆ ĐANG TRỰC", detail="Trực đến 00:00", note="Bấm #", signs=_ON_DUTY
    ),
    _answer(Mood.RED, Picture.CROSS, "KHÔNG GHI ĐƯỢC", note="Mời gọi bảo vệ"),
    _answer(
        Mood.RED,
        Picture.CROSSED_CODE,
        "Đây là mã thanh toán",
        note="Mời đưa thẻ căn cước hoặc mã QR của quý vị, hoặc bấm số",
    ),
    _answer(Mood.AMBER, Picture.CLOCK, "ĐÃ GHI NHẬN", name=_PERSON, detail="VÀO LÚC 00:00"),
    _answer(
        Mood.BLUE,
        Picture.ARROW_OUT,
        "TẠM BIỆT",
        name=_PERSON,
        detail="RA 00:00",
        note="Đã ở đây 2 giờ 25 phút",
    ),
    _answer(Mood.GREEN, Picture.TICK, "XIN CHÀO", name=_PERSON, detail="VÀO 00:00"),
)
"""The rarest first: of fonts and drawings, those used last are kept longest."""
