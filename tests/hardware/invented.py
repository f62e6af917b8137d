"""A crowd of invented people with the texts of their ID cards, the same in every run."""

import random

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
