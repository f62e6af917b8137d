"""The virtual door: its stand is begun in the background, and waited for."""

from pathlib import Path

from hardware.simulated.demo.programs import Background, DemoFailed


def open_door(folder: Path, background: Background, port: int | None, *, usual: int) -> None:
    """Open it."""
    raise DemoFailed("--web: not there yet")
