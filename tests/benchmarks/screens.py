"""
The screen in memory: how long the first answers after a start take, and each view to be laid out and painted; the
waiting screen's camera picture beside a bare loop that only blits the same picture; and how long after a key press
its digit is painted.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
import pygame

from hardware.frame import Frame
from hardware.rehearsal import REHEARSED
from hardware.screen import PygameScreen
from hardware.viewfinder import VIEWFINDER
from kiosk.reports import KeyPress
from kiosk.signals import View
from tests.benchmarks.order import Order
from tests.benchmarks.row import Rates, Row
from tests.screens.views import all_views

SIZE_PX = (1280, 720)
PAINTS = 60
FRAMES = 300
ROUNDS = 3
PRESSES = 200
STARTS = 5
NAMES = (
    "waiting",
    "waiting with a hint",
    "typing",
    "asking",
    "menu",
    "menu, inside",
    "saving",
    "answer welcome",
    "answer payment_code",
    "setting up",
    "out of order",
)


def measure(_order: Order) -> Iterator[Row | Rates]:
    """Start and answer, paint each screen, play the camera on the waiting one, and type."""
    VIEWFINDER.clear()
    yield from _started()
    screen = PygameScreen(width_px=SIZE_PX[0], height_px=SIZE_PX[1], fullscreen=False, driver="dummy")
    try:
        views = all_views("vi", "long")
        for name in NAMES:
            yield _painted(screen, name, views[name])
        yield from _played(screen, views["waiting"])
        yield _typed(screen, views["typing"])
    finally:
        VIEWFINDER.clear()
        screen.close()


def _started() -> Iterator[Row]:
    """The first answer of its kind after a start's first turns; beside it, the same one more, with another minute."""
    views = all_views("vi", "long")
    first_s: dict[str, list[float]] = {"answer welcome": [], "answer goodbye": []}
    again_s: dict[str, list[float]] = {name: [] for name in first_s}
    for _ in range(STARTS):
        screen = PygameScreen(width_px=SIZE_PX[0], height_px=SIZE_PX[1], fullscreen=False, driver="dummy")
        screen.show(views["waiting"])
        for _ in REHEARSED:
            screen.attend(lambda _: None)
        for name, ours_s in first_s.items():
            ours_s.append(_took_s(lambda: screen.show(views[name])))  # noqa: B023
            again_s[name].append(_took_s(lambda: screen.show(replace(views[name], time="09:00"))))  # noqa: B023
        screen.close()
    for name, ours_s in first_s.items():
        yield Row(f"{name}, the first after a start", ours_s, "the same once more", again_s[name])


def _painted(screen: PygameScreen, name: str, view: View) -> Row:
    """Each time with another minute, so that nothing is known of the view but its drawings; beside it, a bare fill."""
    ours_s, bare_s = [], []
    surface = pygame.Surface(SIZE_PX)
    screen.show(view)
    for number in range(PAINTS):
        ours_s.append(_took_s(lambda: screen.show(replace(view, time=f"09:{number % 60:02}"))))  # noqa: B023
        bare_s.append(_took_s(lambda: surface.fill((10, 26, 44))))
    return Row(f"{name}, laid out and painted", ours_s, "a bare fill of the screen", bare_s)


def _played(screen: PygameScreen, view: View) -> Iterator[Rates]:
    """Frames a second as fast as they go, and the processor's share of one core at 30 frames a second."""
    noise = np.random.default_rng(1).integers(0, 256, (4, 720, 1280), dtype=np.uint8)
    frames = [Frame(luma, number, 0.0) for number, luma in enumerate(noise, 1)]
    VIEWFINDER.put(frames[0])
    screen.show(view)
    pane = screen._page.pane
    picture = pygame.Surface((pane.width, pane.height))
    bare_surface = pygame.display.get_surface()

    def ours(number: int) -> None:
        VIEWFINDER.put(replace(frames[number % len(frames)], number=number + 10))
        screen.attend(lambda _: None)

    def bare(number: int) -> None:
        del number
        pygame.event.get()
        bare_surface.blit(picture, (pane.x, pane.y))
        pygame.display.flip()

    rates, costs = {ours: [], bare: []}, {ours: [], bare: []}
    for _ in range(ROUNDS):
        for loop in (ours, bare):
            rate, cost = _rate(loop)
            rates[loop].append(rate)
            costs[loop].append(cost)
    beside = "a bare pygame loop that blits as large a picture"
    median = {loop: float(np.median(rates[loop])) for loop in rates}
    yield Rates("the camera on the waiting screen", FRAMES, "fps", median[ours], beside, median[bare])
    share = {loop: float(np.median(costs[loop])) * 30 * 100 for loop in costs}
    yield Rates("its share of a core at 30 frames a second", FRAMES, "%", share[ours], beside, share[bare])


def _rate(loop: Callable[[int], None]) -> tuple[float, float]:
    began_s, worked_s = time.perf_counter(), time.process_time()
    for number in range(FRAMES):
        loop(number)
    return FRAMES / (time.perf_counter() - began_s), (time.process_time() - worked_s) / FRAMES


def _typed(screen: PygameScreen, view: View) -> Row:
    """From a key's event to the flip that shows its digit; beside it, the event alone through a bare pygame."""
    ours_s, bare_s, heard = [], [], []
    screen.show(view)
    for number in range(PRESSES):
        event = pygame.Event(pygame.KEYDOWN, key=pygame.K_5, unicode="5")

        def press() -> None:
            pygame.event.post(event)  # noqa: B023
            screen.attend(heard.append)
            screen.show(replace(view, digits="0982 688 084"[: 1 + number % 12]))  # noqa: B023

        def bare() -> None:
            pygame.event.post(event)  # noqa: B023
            pygame.event.get()
            pygame.display.flip()

        ours_s.append(_took_s(press))
        bare_s.append(_took_s(bare))
    if heard != [KeyPress("5")] * PRESSES:
        raise RuntimeError(f"{len(heard)} of {PRESSES} key presses were heard")
    return Row("key press to painted digit", ours_s, "the event through a bare pygame, and a flip", bare_s)


def _took_s(work: Callable[[], object]) -> float:
    began_s = time.perf_counter()
    work()
    return time.perf_counter() - began_s
