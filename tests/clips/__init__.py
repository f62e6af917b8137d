"""Clips of a code carried up to a door's camera, drawn from physics and a seed: the same in every run."""

from tests.clips.filming import Shot, clip
from tests.clips.scenarios import SCENARIOS, Scenario

__all__ = ["SCENARIOS", "Scenario", "Shot", "clip"]
