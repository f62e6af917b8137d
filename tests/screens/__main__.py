"""
Draw every screen, with the door's own screen: `make screens`, or `python -m tests.screens`.

Below the folder each size has one picture a screen, and one contact sheet beside them: a screen a row; languages,
day and night, and short, long and extreme words side by side.
"""

import argparse
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pygame

from hardware.screen import PygameScreen
from kiosk.signals import View
from tests.screens.views import LANGUAGES, LENGTHS, SIZES, all_views

FOLDER = Path("build/screens")
TILE_PX = 240
GAP_PX = 6
GREY = (128, 128, 128)


def main() -> None:
    """Draw all sizes, or those named."""
    parser = argparse.ArgumentParser(prog="python -m tests.screens", description=__doc__)
    known = {f"{width}x{height}": (width, height) for width, height in SIZES}
    parser.add_argument("sizes", nargs="*", metavar="SIZE", help=f"of {', '.join(known)}; default: all")
    parser.add_argument("--folder", type=Path, default=FOLDER, help=f"default: {FOLDER}")
    asked = parser.parse_args()
    unknown = set(asked.sizes) - set(known)
    if unknown:
        parser.error(f"no size {', '.join(sorted(unknown))}; there are {', '.join(known)}")
    for name in asked.sizes or known:
        print(draw(known[name], asked.folder), flush=True)


def draw(size: tuple[int, int], folder: Path) -> Path:
    """Draw all screens of one size; gives their contact sheet."""
    width, height = size
    name = f"{width}x{height}"
    screen = PygameScreen(width_px=width, height_px=height, fullscreen=False, driver="dummy")
    rows: dict[str, list[pygame.Surface]] = {}
    tile = (TILE_PX, TILE_PX * height // width)
    for path, title, view in _drawn(folder / name):
        path.parent.mkdir(parents=True, exist_ok=True)
        screen.show(view)
        screen.save(path)
        rows.setdefault(title, []).append(
            pygame.transform.smoothscale(pygame.display.get_surface().convert(24), tile)
        )
    across = max(len(tiles) for tiles in rows.values())
    pitch = (tile[0] + GAP_PX, tile[1] + GAP_PX)
    sheet = pygame.Surface((across * pitch[0] + GAP_PX, len(rows) * pitch[1] + GAP_PX))
    sheet.fill(GREY)
    for row, tiles in enumerate(rows.values()):
        for column, one in enumerate(tiles):
            sheet.blit(one, (GAP_PX + column * pitch[0], GAP_PX + row * pitch[1]))
    whole = folder / f"{name}.png"
    pygame.image.save(sheet, whole)
    screen.close()
    return whole


def _drawn(folder: Path) -> Iterator[tuple[Path, str, View]]:
    for language, night, length in product(LANGUAGES, (False, True), LENGTHS):
        part = folder / f"{language}-{'night' if night else 'day'}-{length}"
        for title, view in all_views(language, length, night=night).items():
            yield part / f"{title.replace(' ', '_').replace(',', '')}.png", title, view


if __name__ == "__main__":
    main()
