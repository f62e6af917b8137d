"""Draws the wiring of a box as its settings have it at first: `python -m docs.wiring.draw`."""

from collections.abc import Callable, Iterable
from html import escape
from pathlib import Path

from docs.wiring.pins import BLACK, Part, Wire, parts
from kiosk.settings import Settings

FILE = Path(__file__).parents[1] / "wiring.svg"
WIDTH, HEIGHT = 800, 1131
"""A4, four units a millimetre."""
PITCH = 36
"""Between two pins: 2.54 mm, drawn three and a half times as large."""
MIDDLE, TOP = 412, 105
LEFT, RIGHT = (12, 246), (580, 788)
"""Where parts stand, on either side of the header."""
PILL = 84
KEYPAD_END = 802
BELOW = 862, 968
"""From where to where parts stand below the header, within the wires of the keypad."""
KEYS = ("123", "456", "789", "*0#")
NOTES = (
    "Rút nguồn trước khi nối. Chân 1 là ô vuông, ở góc xa cổng USB.",
    "GPIO chỉ chịu 3,3 V: không bao giờ đưa 5 V vào chân GPIO.",
    "Đèn chung cực dương: nối chân chung vào chân 1 (3,3 V).",
    "Đèn 12 V, dải LED: mỗi màu qua một mô-đun MOSFET, chung GND.",
)
STYLE = (
    "text{font-family:'Noto Sans','Be Vietnam Pro',Arial,sans-serif;font-size:19px;fill:#1f1f1f}"
    ".big{font-size:30px;font-weight:700}.bold{font-size:21px;font-weight:700}.small{font-size:16px}"
    ".pale{fill:#5f6368}.white{fill:#fff;font-weight:700}"
)


def drawing(settings: Settings) -> str:
    """The whole drawing as SVG."""
    wired = parts(settings)
    by_pin = {wire.pin: wire for part in wired for wire in part.wires}
    keypad = next(part for part in wired if part.key == "keypad")
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" lang="vi">',
        "<title>Sơ đồ nối dây của máy ở cửa với Raspberry Pi</title>",
        f"<style>{STYLE}</style>",
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>',
        _text(16, 44, "Sơ đồ nối dây · Raspberry Pi 4 và 5", "big"),
        _text(16, 76, "Nhìn từ mặt trên của mạch, cổng USB quay xuống dưới.", "pale"),
        *(PARTS[part.key](part) for part in wired),
        *_header(by_pin),
        *(_straight(wire) for part in wired[:3] for wire in part.wires if not _goes_around(wire, keypad)),
        *(_resistor(wire) for part in wired[:2] for wire in part.wires if wire.setting),
        *_around(keypad),
        *(_pill(wire) for wire in by_pin.values()),
        *(_text(16, 1042 + 27 * number, f"{number + 1}. {note}") for number, note in enumerate(NOTES)),
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def _header(by_pin: dict[int, Wire]) -> Iterable[str]:
    yield _box(MIDDLE - PITCH, TOP, 2 * PITCH, 20 * PITCH, fill="#eceff1")
    for pin in range(1, 41):
        x, y = _x(pin), _y(pin)
        colour = by_pin[pin].colour if pin in by_pin else "#b0bec5"
        if pin == 1:
            yield f'<rect x="{x - 15}" y="{y - 15}" width="30" height="30" fill="{colour}"/>'
        else:
            yield f'<circle cx="{x}" cy="{y}" r="15" fill="{colour}"/>'
        yield _text(x, y + 6, str(pin), "small white" if pin in by_pin else "small", "middle")


def _straight(wire: Wire) -> str:
    start, end = (_outside(wire.pin), LEFT[1] if wire.pin % 2 else RIGHT[0])
    return _line(wire.colour, (start, _y(wire.pin)), (end, _y(wire.pin)))


def _around(keypad: Part) -> Iterable[str]:
    """The columns of the keypad: down beside the header, below it, and up again. None crosses another."""
    columns = [wire for wire in keypad.wires if _goes_around(wire, keypad)]
    for place, wire in enumerate(columns):
        lane = 12 * (len(columns) - 1 - place)
        right, below, column = RIGHT[0] - 28 + lane, 986 + lane, _key_x(place)
        yield _line(
            wire.colour,
            (_outside(wire.pin), _y(wire.pin)),
            (right, _y(wire.pin)),
            (right, below),
            (column, below),
            (column, KEYPAD_END),
        )


def _goes_around(wire: Wire, keypad: Part) -> bool:
    return wire in keypad.wires and wire.pin % 2 == 0


def _pill(wire: Wire) -> str:
    x = _outside(wire.pin) - (PILL if wire.pin % 2 else 0)
    shape = f'<rect x="{x}" y="{_y(wire.pin) - 14}" width="{PILL}" height="28" rx="14" fill="{wire.colour}"/>'
    return shape + _text(x + PILL / 2, _y(wire.pin) + 6, wire.name, "small white", "middle")


def _lamp(part: Part) -> str:
    first, last = _y(part.wires[0].pin), _y(part.wires[-1].pin)
    drawn = [
        _box(LEFT[0], first - 80, LEFT[1] - LEFT[0], last - first + 104),
        _text(LEFT[0] + 12, first - 50, part.name, "bold"),
        _text(LEFT[0] + 12, first - 26, "chung cực âm (cathode)", "small pale"),
    ]
    bulb = LEFT[0] + 56, (first + last) / 2
    drawn.append(
        f'<circle cx="{bulb[0]}" cy="{bulb[1]}" r="34" fill="#fffde7" stroke="{BLACK}" stroke-width="2"/>'
    )
    for place, wire in enumerate(wire for wire in part.wires if wire.setting):
        y = bulb[1] - 18 + 18 * place
        drawn.append(f'<circle cx="{bulb[0]}" cy="{y}" r="8" fill="{wire.colour}"/>')
    drawn += [_text(LEFT[1] - 8, _y(wire.pin) + 6, wire.end, "", "end") for wire in part.wires]
    drawn.append(_text(LEFT[1] - 8, last + 46, "điện trở 330 Ω mỗi màu", "small pale", "end"))
    return "\n".join(drawn)


def _buzzer(part: Part) -> str:
    (plus, sound, minus), x = (_y(wire.pin) for wire in part.wires), RIGHT[0] + 44
    ends = [_text(RIGHT[0] + 8, _y(wire.pin) - 6, wire.end, "bold") for wire in part.wires]
    words = ("Còi", "thụ động, qua", "transistor", "NPN (S8050),", "hoặc mô-đun", "có sẵn", "transistor")
    return "\n".join(
        [
            _box(RIGHT[0], plus - 28, RIGHT[1] - RIGHT[0], minus - plus + 50),
            *ends,
            _line(BLACK, (RIGHT[0], plus), (x, plus), (x, minus), (RIGHT[0], minus), width=2),
            _line(BLACK, (RIGHT[0], sound), (x, sound), width=2),
            f'<circle cx="{x}" cy="{plus + 62}" r="24" fill="#424242"/>',
            f'<circle cx="{x}" cy="{plus + 62}" r="6" fill="#fff"/>',
            f'<circle cx="{x}" cy="{sound}" r="16" fill="#fff" stroke="{BLACK}" stroke-width="2"/>',
            _text(x, sound + 6, "Q", "small", "middle"),
            _text(RIGHT[0] - 22, sound - 14, "1 kΩ", "small", "middle"),
            *(
                _text(x + 34, plus + 14 + 27 * place, word, "small pale" if place else "bold")
                for place, word in enumerate(words)
            ),
        ]
    )


def _keypad(part: Part) -> str:
    rows = [wire for wire in part.wires if not _goes_around(wire, part)]
    columns = [wire for wire in part.wires if _goes_around(wire, part)]
    first = _y(rows[0].pin)
    drawn = [
        _box(LEFT[0], first - 58, LEFT[1] - LEFT[0], KEYPAD_END - first + 58),
        _text(LEFT[0] + 12, first - 30, part.name, "bold"),
    ]
    for wire, keys in zip(rows, KEYS, strict=True):
        drawn.append(_text(LEFT[1] - 8, _y(wire.pin) + 6, wire.end, "", "end"))
        for place, key in enumerate(keys):
            drawn.append(_box(_key_x(place) - 21, _y(wire.pin) - 16, 42, 32, fill="#fff"))
            drawn.append(_text(_key_x(place), _y(wire.pin) + 8, key, "bold", "middle"))
    drawn += [
        _text(_key_x(place), KEYPAD_END - 14, wire.end, "small", "middle")
        for place, wire in enumerate(columns)
    ]
    return "\n".join(drawn)


def _button(part: Part) -> str:
    signal, ground = part.wires
    x, (top, end) = 216, BELOW
    outer, inner = LEFT[1] + 10, LEFT[1] + 22
    return "\n".join(
        [
            _box(x - 42, top, 176, end - top),
            _line(
                signal.colour, (_outside(signal.pin), _y(signal.pin)), (outer, _y(signal.pin)), (outer, top)
            ),
            _line(
                ground.colour, (_outside(ground.pin), _y(ground.pin)), (inner, _y(ground.pin)), (inner, top)
            ),
            _box(x - 32, top + 12, 44, 44, fill="#cfd8dc"),
            f'<circle cx="{x - 10}" cy="{top + 34}" r="14" fill="{signal.colour}"/>',
            _text(x - 32, end - 40 + 12, part.name, "bold"),
            _text(x - 32, end - 8, "(nên có), hai chân", "small pale"),
        ]
    )


def _light(part: Part) -> str:
    ground, signal = part.wires
    x, (top, end) = 364, BELOW
    return "\n".join(
        [
            _box(x, top, 180, end - top),
            _line(ground.colour, (LEFT[1] + 22, top - 18), (x + 30, top - 18), (x + 30, top)),
            _line(
                signal.colour, (_outside(signal.pin) + 40, _y(signal.pin)), (_outside(signal.pin) + 40, top)
            ),
            _text(x + 30, top + 24, "−", "bold", "middle"),
            _text(_outside(signal.pin) + 40, top + 24, "S", "bold", "middle"),
            _text(x + 12, top + 54, part.name, "bold"),
            _text(x + 12, top + 78, "(nếu cần) MOSFET,", "small pale"),
            _text(x + 12, top + 98, "nguồn riêng", "small pale"),
        ]
    )


PARTS: dict[str, Callable[[Part], str]] = {
    "lamp": _lamp,
    "buzzer": _buzzer,
    "keypad": _keypad,
    "button": _button,
    "light": _light,
}


def _x(pin: int) -> float:
    return MIDDLE - PITCH / 2 if pin % 2 else MIDDLE + PITCH / 2


def _y(pin: int) -> float:
    return TOP + PITCH / 2 + PITCH * ((pin - 1) // 2)


def _outside(pin: int) -> float:
    """Where the name of a pin begins, beside the header."""
    return MIDDLE - PITCH - 6 if pin % 2 else MIDDLE + PITCH + 6


def _key_x(place: int) -> float:
    return LEFT[0] + 32 + 50 * place


def _text(x: float, y: float, words: str, classes: str = "", anchor: str = "start") -> str:
    return f'<text x="{x:g}" y="{y:g}" class="{classes}" text-anchor="{anchor}">{escape(words)}</text>'


def _box(x: float, y: float, width: float, height: float, fill: str = "#fafafa") -> str:
    return (
        f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" rx="8" fill="{fill}" '
        'stroke="#90a4ae" stroke-width="2"/>'
    )


def _resistor(wire: Wire) -> str:
    """On the wire, just before its part."""
    x = LEFT[1] + 6 if wire.pin % 2 else RIGHT[0] - 34
    return (
        f'<rect x="{x}" y="{_y(wire.pin) - 7:g}" width="28" height="14" fill="#fff" '
        f'stroke="{wire.colour}" stroke-width="3"/>'
    )


def _line(colour: str, *points: tuple[float, float], width: float = 5) -> str:
    path = " ".join(f"{x:g},{y:g}" for x, y in points)
    stroke = f'stroke="{colour}" stroke-width="{width:g}" stroke-linejoin="round"'
    return f'<polyline points="{path}" fill="none" {stroke}/>'


if __name__ == "__main__":
    FILE.write_text(drawing(Settings()), encoding="utf-8")
