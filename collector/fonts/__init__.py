"""
The letters of what the centre prints: Noto Sans, with all of Vietnamese.

Shipped, for the centre knows nothing of the boxes' own. Licence: OFL.txt (SIL Open Font License 1.1).
"""

from importlib.resources import files
from importlib.resources.abc import Traversable

BOLD: Traversable = files(__name__) / "NotoSans-Bold.ttf"
"""For headlines and names."""

MEDIUM: Traversable = files(__name__) / "NotoSans-Medium.ttf"
"""For everything else."""
