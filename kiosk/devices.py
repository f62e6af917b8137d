"""Devices by their names in the device table: the entry points `kiosk.*` of the installed packages."""

import difflib
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cache
from importlib.metadata import EntryPoints, entry_points
from typing import Any

from kiosk.errors import SettingsError
from kiosk.ports import Buzzer, Keypad, Lamp, Scanner, Screen
from kiosk.settings import Settings


@dataclass(frozen=True, slots=True)
class Devices:
    """The devices of one door."""

    scanner: Scanner
    keypad: Keypad
    screen: Screen
    buzzer: Buzzer
    lamp: Lamp

    def close(self) -> None:
        """Give everything back that was taken at the start."""
        self.screen.close()
        self.buzzer.close()
        self.lamp.close()


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
        DeviceMissing: If the screen, the buzzer or the lamp cannot be had.
    """
    chosen = settings.devices
    scanner = find("scanner", chosen.scanner)
    keypad = find("keypad", chosen.keypad)
    screen = find("screen", chosen.screen)
    buzzer = find("buzzer", chosen.buzzer)
    lamp = find("lamp", chosen.lamp)
    with ExitStack() as opened:
        made = Devices(
            screen=_kept(opened, screen(**settings.screen.model_dump())),
            buzzer=_kept(opened, buzzer(**settings.buzzer.model_dump())),
            lamp=_kept(opened, lamp(**settings.lamp.model_dump())),
            scanner=scanner(**settings.camera.model_dump()),
            keypad=keypad(**settings.keypad.model_dump()),
        )
        opened.pop_all()
    return made


@cache
def _table(kind: str) -> EntryPoints:
    """The device table's part for one kind, read once: each look takes some milliseconds."""
    return entry_points(group=f"kiosk.{kind}")


def _kept(opened: ExitStack, device: Any) -> Any:
    opened.callback(device.close)
    return device
