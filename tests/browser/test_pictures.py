"""The guides of managers and technicians show the real pages, drawn by a script of their own."""

import re
from pathlib import Path

from docs.pages import draw

ROOT = Path(__file__).parents[2]
PICTURES = ROOT / "docs" / "pages"
GUIDES = ("manager.vi.md", "technician.vi.md")
MOST_BYTES = 150_000


def test_each_picture_of_the_guides_is_drawn_and_each_that_is_drawn_is_shown(site, browser, tmp_path):
    draw.fill(site)
    draw.draw(site, browser, tmp_path)

    drawn = {picture.name for picture in tmp_path.iterdir()}
    guides = "".join((ROOT / "docs" / name).read_text(encoding="utf-8") for name in GUIDES)
    assert set(re.findall(r'<img src="pages/([^"]+)"', guides)) == drawn
    assert drawn == {picture.name for picture in PICTURES.glob("*.png")}
    assert all(picture.stat().st_size <= MOST_BYTES for picture in PICTURES.glob("*.png"))
