"""
The letters of the screen: Noto Sans, with all of Vietnamese and digits of one width.

Shipped, so that no box depends on what its system has. Licence: OFL.txt (SIL Open Font License 1.1).
"""

from importlib.resources import files
from importlib.resources.abc import Traversable

BOLD: Traversable = files(__name__) / "NotoSans-Bold.ttf"
"""For headlines, names and digits."""

MEDIUM: Traversable = files(__name__) / "NotoSans-Medium.ttf"
"""For everything else."""
