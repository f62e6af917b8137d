"""Devices by their names in the device table: the entry points `kiosk.*` of the installed packages."""

import difflib
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cache
from importlib.metadata import EntryPoints, entry_points
from typing import Any

from pydantic import BaseModel

from kiosk.errors import SettingsError
from kiosk.joining import JoinedKeypad, JoinedScanner
from kiosk.ports import Button, Buzzer, Keypad, Lamp, Light, Scanner, Screen, Voice
from kiosk.settings import Settings

_SECTIONS = {
    "scanner": {"wedge": "wedge", "serial": "serial", "simulated_reader": "wedge"},
    "keypad": {"usb": "usb"},
}
"""The section of the settings that a device of this name is made with."""
_USUAL = {"scanner": "camera", "keypad": "keypad"}
"""The section for all other names."""
_KEYBOARDS = {("scanner", "wedge"), ("keypad", "usb")}
"""Devices that are keyboards to the kernel, which may be mistaken for each other."""
_NOT_WIRED = {"night_from", "night_until"}
"""Of the screen's settings, those that its views obey."""


@dataclass(frozen=True, slots=True)
class Devices:
    """
    The devices of one door.

    Scanner and keypad may be several, joined (`kiosk.joining`).
    """

    scanner: Scanner
    keypad: Keypad
    screen: Screen
    buzzer: Buzzer
    lamp: Lamp
    voice: Voice
    light: Light
    button: Button

    def close(self) -> None:
        """Give everything back that was taken at the start."""
        self.screen.close()
        self.buzzer.close()
        self.lamp.close()
        self.voice.close()
        self.light.close()


def names(kind: str) -> list[str]:
    """The names that the device table knows of a kind, such as `scanner`; sorted."""
    return sorted(_table(kind).names)


def find(kind: str, name: str) -> Callable[..., Any]:
    """
    What makes a device of this name.

    Raises:
        SettingsError: If the table has no such name, or what it names is not installed.
    """
    path = f'devices.{kind} = "{name}"'
    known = names(kind)
    if name not in known:
        close = difflib.get_close_matches(name, known, n=1)
        hint = f'did you mean "{close[0]}"?' if close else f"there are {', '.join(known) or 'none'}"
        raise SettingsError(f"{path}: no such device; {hint}")
    (entry,) = _table(kind).select(name=name)
    try:
        made: Callable[..., Any] = entry.load()
    except ImportError as error:
        raise SettingsError(f"{path}: needs {error.name}; install it: pip install {error.name}") from error
    return made


def assemble(settings: Settings) -> Devices:
    """
    Open the devices that the settings name. What was opened is closed again if a later one fails.

    Must run on the main thread, which the screen will belong to.

    Raises:
        SettingsError: If a name is not in the device table.
        DeviceMissing: If the screen, the buzzer, the lamp, the voice or the light cannot be had.
    """
    chosen = settings.devices
    scanners = _makers("scanner", chosen.scanner)
    keypads = _makers("keypad", chosen.keypad)
    screen = find("screen", chosen.screen)
    buzzer = find("buzzer", chosen.buzzer)
    lamp = find("lamp", chosen.lamp)
    voice = find("voice", chosen.voice)
    light = find("light", chosen.light)
    button = find("button", chosen.button)
    with ExitStack() as opened:
        made = Devices(
            screen=_kept(opened, screen(**options("screen", chosen.screen, settings))),
            buzzer=_kept(opened, buzzer(**options("buzzer", chosen.buzzer, settings))),
            lamp=_kept(opened, lamp(**options("lamp", chosen.lamp, settings))),
            voice=_kept(opened, voice(**options("voice", chosen.voice, settings))),
            light=_kept(opened, light(**options("light", chosen.light, settings))),
            button=button(**options("button", chosen.button, settings)),
            scanner=_joined(JoinedScanner, _made("scanner", scanners, settings)),
            keypad=_joined(JoinedKeypad, _made("keypad", keypads, settings)),
        )
        opened.pop_all()
    return made


def section(kind: str, name: str) -> str:
    """The section of the settings that a device of this name is made with."""
    return _SECTIONS.get(kind, {}).get(name, _USUAL.get(kind, kind))


def options(kind: str, name: str, settings: Settings) -> dict[str, Any]:
    """What a device of this name is made with."""
    table: BaseModel = getattr(settings, section(kind, name))
    made_with = table.model_dump(exclude=_NOT_WIRED)
    if (kind, name) in _KEYBOARDS:
        chosen = settings.devices
        made_with["shared"] = "wedge" in chosen.scanner and "usb" in chosen.keypad
    return made_with


def camera(settings: Settings) -> Scanner:
    """
    The scanner of the door that looks through a camera; the real one if the door has none.

    Raises:
        SettingsError: If its name is not in the device table.
    """
    looking = [name for name in settings.devices.scanner if section("scanner", name) == "camera"]
    name = looking[0] if looking else "camera"
    made: Scanner = find("scanner", name)(**options("scanner", name, settings))
    return made


def _makers(kind: str, chosen: Iterable[str]) -> dict[str, Callable[..., Any]]:
    return {name: find(kind, name) for name in chosen}


def _made(kind: str, makers: dict[str, Callable[..., Any]], settings: Settings) -> dict[str, Any]:
    return {name: make(**options(kind, name, settings)) for name, make in makers.items()}


def _joined(join: Callable[[dict[str, Any]], Any], parts: dict[str, Any]) -> Any:
    """One alone stays what it is."""
    return join(parts) if len(parts) > 1 else next(iter(parts.values()))


@cache
def _table(kind: str) -> EntryPoints:
    """The device table's part for one kind, read once: each look takes some milliseconds."""
    return entry_points(group=f"kiosk.{kind}")


def _kept(opened: ExitStack, device: Any) -> Any:
    opened.callback(device.close)
    return device
