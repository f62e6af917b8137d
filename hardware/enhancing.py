"""
Pictures made easier to read, one way each.

The figures behind each were measured on some hundred photographs and on clips of cards carried to a camera.
They are not fine-tuned: the neighbours of each value do nearly as well.
"""

import cv2
import numpy as np

from hardware.frame import Luma

_MOST_PIXELS = 16_000_000
_GRAIN_PX = 0.6


def sharpened(luma: Luma) -> Luma:
    """
    Twice as large, and the blur of a lens or a small movement taken back.

    The best single help for small codes: of frames with an ID card that zxing-cpp cannot read as they are, it
    reads half this way.
    """
    soft = cv2.GaussianBlur(luma, (0, 0), 1.25)
    return enlarged(cv2.addWeighted(luma, 4, soft, -3, 0))


def sharpened_near(near: Luma, times: float) -> Luma:
    """
    The same for a closer look, which is larger already, with its grain smoothed first.

    On clips of cards and phones, of small codes it reads more than twice as many frames as `sharpened` does
    of the frame itself, and as many of larger ones; without the smoothing it reads fewer of those.

    Args:
        near: What the camera sees of a part of the frame.
        times: How many of its pixels are one of the frame, across.
    """
    soft = cv2.GaussianBlur(near, (0, 0), 1.25 * times)
    return cv2.addWeighted(cv2.GaussianBlur(near, (0, 0), _GRAIN_PX), 4, soft, -3, 0)


def enlarged(luma: Luma, factor: float = 2) -> Luma:
    """A picture made larger, smooth between the pixels; never over 16 megapixels, where it stays as it is."""
    if luma.size * factor * factor > _MOST_PIXELS:
        return luma
    larger: Luma = cv2.resize(luma, None, fx=factor, fy=factor, interpolation=cv2.INTER_CUBIC)
    return larger


def reduced(luma: Luma, factor: float = 2) -> Luma:
    """A picture made smaller, each pixel the mean of those it covers."""
    size = (max(1, round(luma.shape[1] / factor)), max(1, round(luma.shape[0] / factor)))
    smaller: Luma = cv2.resize(luma, size, interpolation=cv2.INTER_AREA)
    return smaller


def contrasted(luma: Luma) -> Luma:
    """Each part of the picture with its own contrast, for dark codes, shadows and faint screens (CLAHE)."""
    return cv2.createCLAHE(4, (8, 8)).apply(luma)


def thresholded(luma: Luma, block_px: int = 61, below: int = 5) -> Luma:
    """
    Black or white, against the mean of the surroundings.

    Args:
        luma: The picture.
        block_px: Width of the surroundings, odd.
        below: How many levels below their mean a pixel must be to be black.
    """
    return cv2.adaptiveThreshold(
        luma, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY, blockSize=block_px, C=below
    )


def softened(luma: Luma, sigma_px: float = 2) -> Luma:
    """Without grain, moiré and the gaps between dots."""
    return cv2.GaussianBlur(luma, (0, 0), sigma_px)


def closed(luma: Luma, width_px: int = 5) -> Luma:
    """Dark specks and lines up to this width turned light."""
    return cv2.morphologyEx(luma, cv2.MORPH_CLOSE, np.ones((width_px, width_px), np.uint8))


def opened(luma: Luma, width_px: int = 5) -> Luma:
    """Light specks and lines up to this width turned dark: dotted modules grow together."""
    return cv2.morphologyEx(luma, cv2.MORPH_OPEN, np.ones((width_px, width_px), np.uint8))


def evened(luma: Luma, sigma_px: float = 20) -> Luma:
    """Without the slow changes of the light: shadows, glare, a lamp to one side."""
    return cv2.divide(luma, cv2.GaussianBlur(luma, (0, 0), sigma_px), scale=160)


def brightened(luma: Luma) -> Luma:
    """Dark levels spread out, bright ones drawn together (gamma 0.5)."""
    levels = 255 * np.sqrt(np.arange(256) / 255)
    return cv2.LUT(luma, np.round(levels).astype(np.uint8))


def thresholded_evenly(luma: Luma) -> Luma:
    """Black or white, against one level for the whole picture, the one that parts it best (Otsu)."""
    return cv2.threshold(luma, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)[1]
