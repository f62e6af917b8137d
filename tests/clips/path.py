"""How a hand carries a thing up to the lens: in from the side, then held, trembling."""

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from tests.clips.scenarios import Scenario

Vector = NDArray[np.float64]


class Path:
    """
    The way of one thing through the view of one camera.

    Args:
        scenario: How it is carried.
        chance: Draws the way.
        centre_mm: The point of the thing that is led to the middle of the view.
        focal_px: Focal length of the camera.
        width_px: Width of its picture.
        height_px: Height of its picture.
    """

    def __init__(
        self,
        scenario: Scenario,
        chance: np.random.Generator,
        *,
        centre_mm: tuple[float, float],
        focal_px: float,
        width_px: int,
        height_px: int,
    ) -> None:
        draw = chance.uniform
        self._scenario = scenario
        self._centre_mm = np.array([*centre_mm, 0.0])
        self._lens = np.array([[focal_px, 0, width_px / 2], [0, focal_px, height_px / 2], [0, 0, 1.0]])
        self._enter_s = draw(*scenario.enter_s)
        away_mm = draw(*scenario.hold_mm)
        off_mm = scenario.off_axis_mm
        self._held_mm = np.array([draw(-1, 1) * off_mm, draw(-1, 1) * off_mm, away_mm])
        side = chance.choice([-1, 1])
        outside_mm = (width_px / 2 / focal_px) * (away_mm + 120) + 90
        self._start_mm = np.array([side * outside_mm, draw(20, 90), away_mm + draw(60, 140)])
        self._held_deg = np.array(
            [
                draw(*scenario.pitch_deg),
                draw(*scenario.yaw_deg) * chance.choice([-1, 1]),
                draw(*scenario.roll_deg),
            ]
        )
        self._start_deg = self._held_deg + np.array([draw(-30, 30), draw(-40, 40), draw(-45, 45)])
        # A tremor is a sum of sines of 1 to 8 Hz, of its own for each place and each turn.
        self._tremor_phases = draw(0, 2 * math.pi, (6, 3))
        self._tremors_hz = draw(1.2, 8.0, (6, 3))
        self._tremor_strengths = np.abs(chance.normal(1, 0.3, (6, 3))) / np.sqrt(3)
        self._wave_hz = draw(0.8, 1.6)
        self._wave_phase = draw(0, 6.28)

    def pose(self, at_s: float) -> tuple[Vector, Vector]:
        """Place in mm (right, down, away from the lens) and turns in radians (pitch, yaw, roll)."""
        scenario = self._scenario
        arrived = _eased((at_s - scenario.delay_s) / self._enter_s)
        place_mm = self._start_mm + (self._held_mm - self._start_mm) * arrived
        turned_deg = self._start_deg + (self._held_deg - self._start_deg) * arrived
        sines = np.sin(2 * math.pi * self._tremors_hz * at_s + self._tremor_phases)
        tremor = (self._tremor_strengths * sines).sum(1)
        place_mm = place_mm + scenario.tremor_mm * tremor[:3] * arrived
        turned_deg = turned_deg + scenario.tremor_deg * tremor[3:] * arrived
        if scenario.wave_mm:
            turn = 2 * math.pi * self._wave_hz * at_s
            across_mm = scenario.wave_mm * math.sin(turn + self._wave_phase)
            down_mm = 0.3 * scenario.wave_mm * math.sin(2 * math.pi * 1.7 * self._wave_hz * at_s)
            place_mm = place_mm + np.array([across_mm, down_mm, 0]) * arrived
        return place_mm, np.radians(turned_deg)

    def homography(self, at_s: float) -> tuple[Vector, float]:
        """The matrix from mm on the thing to pixels of the picture, and how far away it is, in mm."""
        place_mm, (pitch, yaw, roll) = self.pose(at_s)
        tipped, _ = cv2.Rodrigues(np.array([pitch, yaw, 0.0]))
        rolled, _ = cv2.Rodrigues(np.array([0, 0, roll]))
        turned = tipped @ rolled
        shift_mm = place_mm - turned @ self._centre_mm
        return self._lens @ np.column_stack([turned[:, 0], turned[:, 1], shift_mm]), place_mm[2]


def _eased(share: float) -> float:
    """The way covered after a share of the time, as hands move: without jerk."""
    share = min(max(share, 0.0), 1.0)
    return share * share * share * (share * (share * 6 - 15) + 10)
