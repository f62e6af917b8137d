"""The managers' guide shows the real pages, drawn by its own script."""

import re
from pathlib import Path

from docs.pages import draw

ROOT = Path(__file__).parents[2]
PICTURES = ROOT / "docs" / "pages"
MOST_BYTES = 150_000


def test_each_picture_of_the_guide_is_drawn_and_each_that_is_drawn_is_shown(site, browser, tmp_path):
    draw.fill(site)
    draw.draw(site, browser, tmp_path)

    drawn = {picture.name for picture in tmp_path.iterdir()}
    guide = (ROOT / "docs" / "manager.vi.md").read_text(encoding="utf-8")
    assert set(re.findall(r'<img src="pages/([^"]+)"', guide)) == drawn
    assert drawn == {picture.name for picture in PICTURES.glob("*.png")}
    assert all(picture.stat().st_size <= MOST_BYTES for picture in PICTURES.glob("*.png"))
