"""What is wired to which pin of the Raspberry Pi's header, as the settings say."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from kiosk.settings import Settings

HEADER = {
    # GPIO number (BCM) to pin of the 40-pin header, the same on every Raspberry Pi since 2014.
    0: 27, 1: 28, 2: 3, 3: 5, 4: 7, 5: 29, 6: 31, 7: 26, 8: 24, 9: 21, 10: 19, 11: 23, 12: 32, 13: 33,
    14: 8, 15: 10, 16: 36, 17: 11, 18: 12, 19: 35, 20: 38, 21: 40, 22: 15, 23: 16, 24: 18, 25: 22, 26: 37,
    27: 13,
}  # fmt: skip
GROUNDS = (6, 9, 14, 20, 25, 30, 34, 39)
FIVE_VOLTS = 4
"""Pin 2 is left for a fan."""
BLACK, ORANGE = "#1f1f1f", "#d9480f"


@dataclass(frozen=True)
class Wire:
    """
    One wire.

    Attributes:
        pin: Of the header, 1 to 40; odd ones stand on the left.
        name: What the Pi calls it.
        end: Where it goes on the part.
        colour: As drawn, in RGB (hex).
        setting: That chooses the pin; empty for ground and supply.
    """

    pin: int
    name: str
    end: str
    colour: str
    setting: str = ""


@dataclass(frozen=True)
class Part:
    """A part of the box with its wires, in the order of their pins; `key` names it in the settings."""

    key: str
    name: str
    wires: tuple[Wire, ...]


def parts(settings: Settings) -> tuple[Part, ...]:
    """All parts that are wired by hand. Button and light share a ground: they are the last of the header."""
    free = list(GROUNDS)
    lamp, buzzer, keypad = settings.lamp, settings.buzzer, settings.keypad
    colours = (
        (lamp.red_pin, "đỏ", "#d32f2f", "red_pin"),
        (lamp.green_pin, "xanh lá", "#2e7d32", "green_pin"),
        (lamp.blue_pin, "xanh dương", "#1565c0", "blue_pin"),
    )
    red, *others = (_gpio(pin, end, colour, f"lamp.{name}") for pin, end, colour, name in colours)
    sound = _gpio(buzzer.pin, "S", "#7b1fa2", "buzzer.pin")
    button = _gpio(settings.button.pin, "một chân", "#827717", "button.pin")
    light = _gpio(settings.light.pin, "S", "#5c6bc0", "light.pin")
    shared = replace(_ground(button.pin, free), end="chân kia")
    return (
        _part("lamp", "Đèn RGB", [red, *others, _ground(red.pin, free)]),
        _part(
            "buzzer",
            "Còi",
            [Wire(FIVE_VOLTS, "5 V", "+", ORANGE), sound, _ground(sound.pin, free)],
        ),
        Part(
            "keypad",
            "Bàn phím 4 × 3",
            (
                *_keys(
                    keypad.row_pins, "hàng", "keypad.row_pins", ("#6d4c41", "#a1662f", "#8d6e63", "#4e342e")
                ),
                *_keys(
                    keypad.column_pins,
                    "cột",
                    "keypad.column_pins",
                    ("#00838f", "#ad1457", "#558b2f", "#37474f"),
                ),
            ),
        ),
        _part("button", "Nút cài đặt", [button, shared]),
        _part("light", "Đèn soi thẻ", [light, replace(shared, end="−")]),
    )


def table(settings: Settings) -> str:
    """All wires as a table in Markdown."""
    lines = ["| Bộ phận | Đầu dây | GPIO (BCM) | Chân số | Cài đặt |", "|---|---|---|---|---|"]
    for part in parts(settings):
        for wire in part.wires:
            setting = f"`{wire.setting}`" if wire.setting else ""
            lines.append(f"| {part.name} | {wire.end} | {wire.name} | **{wire.pin}** | {setting} |")
    return "\n".join(lines)


def _part(key: str, name: str, wires: list[Wire]) -> Part:
    return Part(key, name, tuple(sorted(wires, key=lambda wire: wire.pin)))


def _gpio(number: int, end: str, colour: str, setting: str) -> Wire:
    return Wire(HEADER[number], f"GPIO {number}", end, colour, setting)


def _ground(pin: int, free: list[int]) -> Wire:
    """The nearest ground on the same side that no other part has."""
    nearest = min((one for one in free if one % 2 == pin % 2), key=lambda one: abs(one - pin))
    free.remove(nearest)
    return Wire(nearest, "GND", "−", BLACK)


def _keys(numbers: tuple[int, ...], word: str, setting: str, colours: tuple[str, ...]) -> Iterator[Wire]:
    for place, (number, colour) in enumerate(zip(numbers, colours, strict=False), 1):
        yield _gpio(number, f"{word} {place}", colour, setting)
