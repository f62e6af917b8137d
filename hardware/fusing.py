"""
Several frames as one picture: the code stays while the hand moves.

Each new frame is laid over those before it, following the corners in the picture as they moved (Lucas-Kanade
optical flow, then the affine movement that most of them agree on). Their mean has less grain and, from
movements smaller than a pixel, more detail; their minimum is free of a lamp's mirror image that wanders over
the card.
"""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from hardware.frame import Luma

_SCALE = 2
_MOST_FRAMES = 8
_LEAST_FRAMES = 3
_CORNERS = 80
_LEAST_CORNERS = 12
_LEAST_AGREEING = 0.5
_TRIES = 60
_FLOW_STOPS = (cv2.TERM_CRITERIA_COUNT | cv2.TERM_CRITERIA_EPS, 10, 0.03)
_FORGOTTEN_LEVELS = 2
_BOOST = 3.0
_BOOST_SIGMA_PX = 2.5


class Fusion:
    """A picture built up from frames. For one thread at a time."""

    def __init__(self) -> None:
        self._newest: Luma | None = None
        self._mean: NDArray[np.float32] | None = None
        self._darkest: Luma | None = None
        self._frames = 0

    @property
    def is_ripe(self) -> bool:
        """Whether there are frames enough to be worth reading."""
        return self._frames >= _LEAST_FRAMES

    def forget(self) -> None:
        """Begin anew with the next frame."""
        self._newest = self._mean = self._darkest = None
        self._frames = 0

    def add(self, part: Luma) -> None:
        """
        Lay the part of a frame that holds the code over those before it.

        One of another size, or that cannot be followed from the last, begins a new picture.
        """
        large = cv2.resize(part, None, fx=_SCALE, fy=_SCALE, interpolation=cv2.INTER_CUBIC)
        moved = None
        if self._newest is not None and self._newest.shape == part.shape:
            moved = _movement(self._newest, part)
        self._newest = part
        if moved is None or self._mean is None or self._darkest is None:
            self._mean, self._darkest, self._frames = large.astype(np.float32), large, 1
            return
        moved[:, 2] *= _SCALE
        self._frames = min(self._frames + 1, _MOST_FRAMES)
        share = 1 / self._frames
        carried = _carried(self._mean, moved)
        self._mean = cv2.addWeighted(carried, 1 - share, large.astype(np.float32), share, 0)
        lighter = cv2.add(_carried(self._darkest, moved), _FORGOTTEN_LEVELS)
        self._darkest = cv2.min(lighter, large)

    def mean(self) -> Luma:
        """The mean of the frames, sharpened, at twice their size. Only while ripe."""
        assert self._mean is not None
        return _boosted(self._mean)

    def darkest(self) -> Luma:
        """The darkest that each spot was in any frame, sharpened, at twice their size. Only while ripe."""
        assert self._darkest is not None
        return _boosted(self._darkest)


def _movement(before: Luma, now: Luma) -> NDArray[np.float64] | None:
    """How the code moved between two frames, an affine matrix (2, 3); None if that cannot be told."""
    corners = cv2.goodFeaturesToTrack(before, _CORNERS, 0.02, 6, blockSize=5)
    if corners is None or len(corners) < _LEAST_CORNERS:
        return None
    moved, found, _ = cv2.calcOpticalFlowPyrLK(
        before, now, corners, None, winSize=(11, 11), maxLevel=3, criteria=_FLOW_STOPS
    )
    kept = found[:, 0] == 1
    if kept.sum() < _LEAST_CORNERS:
        return None
    movement, agreeing = cv2.estimateAffine2D(
        corners[kept], moved[kept], ransacReprojThreshold=1.5, maxIters=_TRIES, refineIters=3
    )
    if movement is None or agreeing.mean() < _LEAST_AGREEING:
        return None
    return np.asarray(movement)


def _carried(picture: NDArray[Any], movement: NDArray[np.float64]) -> NDArray[Any]:
    """A picture moved along; what comes in at its border repeats the border."""
    size = (picture.shape[1], picture.shape[0])
    return cv2.warpAffine(picture, movement, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)


def _boosted(picture: NDArray[np.float32] | Luma) -> Luma:
    soft = cv2.GaussianBlur(picture, (0, 0), _BOOST_SIGMA_PX)
    return cv2.convertScaleAbs(cv2.max(cv2.addWeighted(picture, 1 + _BOOST, soft, -_BOOST, 0), 0))
