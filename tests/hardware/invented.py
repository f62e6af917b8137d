"""A crowd of invented people, the texts of their ID cards and pictures of them, the same in every run."""

import random

import cv2
import numpy as np
import segno

from hardware.frame import Luma
from hardware.straightening import Located

_FAMILIES = (
    "Nguyễn|Trần|Lê|Phạm|Hoàng|Huỳnh|Phan|Vũ|Võ|Đặng|Bùi|Đỗ|Hồ|Ngô|Dương|Lý|Lò|Cà|Quàng|Tòng|Lường|"
    "Giàng|Vàng|Mùa|Sùng"
)
_MIDDLES = "Văn|Thị|Hữu|Đức|Ngọc|Thuý|Phương|Minh|Quốc|Xuân|Bá|Mạnh|Khánh|Diệu|Tuấn|Ánh|Gia|Bảo"
_GIVEN = (
    "Thử|Hằng|Dũng|Thảo|Hiếu|Vinh|Giang|Phượng|Nghĩa|Đường|Quỳnh|Trường|Tuyết|Bích|Sơn|Ước|Yến|Khoẻ|"
    "Ửng|Dở|Pó|Của|Mỷ|Tú|Cẩm|Mẫn|Mỹ|Tự|Lụa|Vỵ|Bé|Hè|Chỉ|Khẳng|Hẵng|Khẽ|Nhẹ|Mỡ|Hiền"
)
_HAMLETS = "Bản Mòn|Bản Hìn|Tổ 3|Tiểu khu 7|Số 12 đường Tô Hiệu|Ấp Thượng|Xóm Đồi|Thôn Đoài|Bản Ỏ|Khối phố 5"
_COMMUNES = "Phường Chiềng An|Phường Tô Hiệu|Xã Mường La|Xã Yên Châu|Xã Thuận Châu|Phường Mộc Sơn|Xã Sốp Cộp"
_PROVINCES = "Sơn La|Hà Nội|Đắk Lắk|Thừa Thiên Huế|Cần Thơ|Quảng Ngãi|Lạng Sơn|Đồng Nai"


def cards(count: int, seed: int = 2026) -> list[str]:
    """Texts of invented ID cards with addresses of two levels, with four more fields on every other."""
    chance = random.Random(seed)
    return [_card(chance, more="||||" if number % 2 else "") for number in range(count)]


def names(count: int, seed: int = 2026) -> list[str]:
    """Bare invented names, which zbar garbles most when it guesses the encoding."""
    chance = random.Random(seed)
    return [_name(chance) for _ in range(count)]


def drawn(text: str, module_px: int = 3, mask: int | None = None) -> Luma:
    """A card's code as `draw_code` draws it, in a tenth of the time where it is told the mask."""
    return picture_of(
        segno.make(text, error="m", mode="byte", encoding="utf-8", micro=False, mask=mask), module_px
    )


def picture_of(code: segno.QRCode, module_px: int = 4) -> Luma:
    """A code of any kind, black on white in its quiet zone."""
    modules = np.pad(np.array(code.matrix, np.uint8), 4)
    return np.where(modules.repeat(module_px, 0).repeat(module_px, 1), 0, 255).astype(np.uint8)


def room(height_px: int = 480, width_px: int = 640) -> Luma:
    """A wall in uneven light, with nothing on it."""
    y, x = np.mgrid[:height_px, :width_px]
    return (120 + 40 * np.sin(x / 90) * np.cos(y / 70)).astype(np.uint8)


def held_before(wall: Luma, thing: Luma, top_px: int, left_px: int) -> Luma:
    """A wall with a thing before it."""
    height_px, width_px = thing.shape
    frame = wall.copy()
    frame[top_px : top_px + height_px, left_px : left_px + width_px] = thing
    return frame


def grainy(luma: Luma, seed: int, levels: float = 2) -> Luma:
    """A picture as a sensor takes it: each seed is another frame."""
    noise = np.random.default_rng(seed).normal(0, levels, luma.shape)
    return np.clip(luma + noise, 0, 255).astype(np.uint8)


def faint(luma: Luma, darkest: int = 60, lightest: int = 190) -> Luma:
    """A picture between two levels."""
    return (darkest + luma * ((lightest - darkest) / 255)).astype(np.uint8)


def bent(luma: Luma, by_px: float, seed: int) -> Luma:
    """A picture on a wavy sheet, pushed to and fro by so many pixels."""
    height_px, width_px = luma.shape
    y, x = np.mgrid[:height_px, :width_px].astype(np.float32)
    begin = np.random.default_rng(seed).uniform(0, 2 * np.pi, 2)
    across = by_px * np.sin(3 * np.pi * y / height_px + begin[0]) * np.cos(np.pi * x / width_px)
    down = by_px * np.sin(3 * np.pi * x / width_px + begin[1])
    return cv2.remap(
        luma,
        (x + across).astype(np.float32),
        (y + down).astype(np.float32),
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )


def located(left_px: int, top_px: int, side_px: int) -> Located:
    """An upright code with the modules of an ID card's that was found there."""
    right_px, bottom_px = left_px + side_px, top_px + side_px
    corners = [(left_px, top_px), (right_px, top_px), (right_px, bottom_px), (left_px, bottom_px)]
    return Located(np.array(corners, np.float32), 45)


def _one(chance: random.Random, names: str) -> str:
    return chance.choice(names.split("|"))


def _name(chance: random.Random) -> str:
    return " ".join(_one(chance, part) for part in (_FAMILIES, _MIDDLES, _GIVEN))


def _card(chance: random.Random, *, more: str) -> str:
    woman = chance.random() < 0.5
    year = chance.randint(1940, 1999)
    document = f"014{int(woman)}{year % 100:02}{chance.randint(0, 999999):06}"
    old = chance.choice(("", f"05{chance.randint(0, 9999999):07}"))
    birth = f"{chance.randint(1, 28):02}{chance.randint(1, 12):02}{year}"
    address = f"{_one(chance, _HAMLETS)}, {_one(chance, _COMMUNES)}, {_one(chance, _PROVINCES)}"
    return f"{document}|{old}|{_name(chance)}|{birth}|{'Nữ' if woman else 'Nam'}|{address}|15092025{more}"
