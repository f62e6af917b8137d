"""The camera's picture on the screen: mirrored, so that moving right looks right, and cheap."""

import cv2
import numpy as np
import pygame

from hardware.frame import Luma
from hardware.layout import Box


class Mirror:
    """
    Fills a pane with pictures, one after the other, in memory of its own.

    A picture of another shape than the pane's fills it too, and its edges are left off. One thread.

    Args:
        pane: Where on the screen.
    """

    def __init__(self, pane: Box) -> None:
        self.pane = pane
        self._pixels = np.zeros((pane.height, pane.width, 4), np.uint8)
        self._surface = pygame.image.frombuffer(self._pixels.data, (pane.width, pane.height), "BGRA")
        # Without its alpha it is copied, not mixed.
        self._surface.set_alpha(None)

    def paint(self, surface: pygame.Surface, luma: Luma) -> None:
        """Paint a picture into the pane."""
        height, width = luma.shape
        pane = self.pane
        scale = max(pane.width / width, pane.height / height)
        across, down = min(width, round(pane.width / scale)), min(height, round(pane.height / scale))
        left, top = (width - across) // 2, (height - down) // 2
        seen = luma[top : top + down, left : left + across]
        # Halving is many times cheaper than smoothing by an odd measure; what is left is less than that.
        while seen.shape[1] >= 2 * pane.width and seen.shape[0] >= 2 * pane.height:
            halved = (seen.shape[1] // 2, seen.shape[0] // 2)
            seen = cv2.resize(seen[: 2 * halved[1], : 2 * halved[0]], halved, interpolation=cv2.INTER_AREA)
        small = cv2.flip(cv2.resize(seen, (pane.width, pane.height), interpolation=cv2.INTER_LINEAR), 1)
        cv2.cvtColor(small, cv2.COLOR_GRAY2BGRA, dst=self._pixels)
        surface.blit(self._surface, (pane.x, pane.y))
