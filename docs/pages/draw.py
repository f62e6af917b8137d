"""Draws what guides show of the centre's pages, of the real ones: `python -m docs.pages.draw [FOLDER]`."""

import datetime as dt
import json
import os
import random
import sys
import tempfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import django
from PIL import Image
from playwright.sync_api import Browser, Page

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "collector.settings")
django.setup()

# Once Django is set up.
from collector import visiting  # noqa: E402
from collector.enrolment import enrol  # noqa: E402
from collector.keyring import Keyring  # noqa: E402
from collector.models import DayFigures, Guard, Kiosk, Place, Unit  # noqa: E402
from collector.visiting import Sent  # noqa: E402
from kiosk.model import Direction, Format, Source  # noqa: E402
from tests.browser.site import ZONE, Site, open_site  # noqa: E402
from tests.browser.windows import chromium, log_in, press, window  # noqa: E402
from tests.collector.databases import Templates  # noqa: E402

WIDTH_PX, HEIGHT_PX = 1280, 960
PHONE_PX = (390, 844)
TABLET_PX = (1024, 710)
COLOURS = 255
GUARD = "Lò Văn An"
MORNING = (
    # Minutes ago, name, further facts.
    (171, "Hoàng Thị Thí", {}),
    (164, "Nguyễn Văn Mẫu", {}),
    (158, "", {"phone": "+84912345678", "operator": GUARD}),
    (149, "Quàng Thị Giả", {}),
    (131, "Tòng Văn Nháp", {"source": Source.READER}),
    (118, "Hoàng Thị Thí", {"direction": Direction.OUT}),
    (96, "Cầm Văn Tập", {}),
    (88, "", {"phone": "+84987654321", "operator": GUARD}),
    (74, "Đèo Thị Thử", {"source": Source.READER}),
    (61, "Nguyễn Văn Mẫu", {"direction": Direction.OUT}),
    (47, "", {"phone": "+84903456789"}),
    (33, "Bạc Cầm Ví Dụ", {}),
    (21, "Quàng Thị Giả", {"direction": Direction.OUT}),
    (12, "Vì Văn Không", {}),
)
"""Nobody is called so."""
DAYS = 60
OFFICES = (
    # Commune, place, visits a day.
    ("Chiềng Cơi", "UBND phường Chiềng Cơi", 64),
    ("Chiềng Sinh", "UBND phường Chiềng Sinh", 52),
    ("Mộc Châu", "Trung tâm hành chính công Mộc Châu", 118),
    ("Mường La", "UBND xã Mường La", 33),
    ("Thuận Châu", "UBND xã Thuận Châu", 41),
    ("Bắc Yên", "UBND xã Bắc Yên", 0),
)


def main(folder: Path) -> None:
    """Draw each into a PNG in a folder, of a centre that is made for it."""
    with tempfile.TemporaryDirectory(prefix="pages-") as name:
        made, site_folder = Path(name, "template"), Path(name, "site")
        for one in (made, site_folder):
            one.mkdir()
        with open_site(Templates(made), site_folder) as site, chromium("vi") as browser:
            fill(site)
            draw(site, browser, folder)


def fill(site: Site) -> None:
    """Let a place look as one that is used, and the province have others."""
    _set(site)
    _come(site)
    _month(site)


def draw(site: Site, browser: Browser, folder: Path) -> None:
    """Draw each into a PNG in a folder."""
    manager = window(browser, site, WIDTH_PX, HEIGHT_PX).new_page()
    log_in(manager, site, "manager")
    for name, open_page in PAGES.items():
        open_page(manager, site)
        manager.wait_for_load_state("networkidle" if name == "figures" else "load")
        _save(manager.screenshot(animations="disabled"), folder / f"{name}.png")
    phone = window(browser, site, *PHONE_PX, has_touch=True, is_mobile=True).new_page()
    phone.goto(f"/o/{site.place.slug}")
    phone.fill("#name", "Hoàng Thị Thí")
    phone.fill("#phone", "0912 345 678")
    _save(phone.screenshot(), folder / "check_in.png")
    technician = window(browser, site, *TABLET_PX).new_page()
    log_in(technician, site, "technician")
    technician.goto("/doors/new")
    technician.select_option("#place", label=site.place.name)
    technician.fill("#door", "Cửa sau")
    press(technician, "Make the code")
    technician.wait_for_selector(".setup svg")
    _save(technician.screenshot(animations="disabled"), folder / "set_up.png")


def _of_place(page: str) -> Callable[[Page, Site], None]:
    def open_page(manager: Page, site: Site) -> None:
        manager.goto(f"/places/{site.place.pk}/{page}")

    return open_page


def _figures(manager: Page, site: Site) -> None:
    manager.goto(f"/figures/places/{site.place.pk}/")


PAGES: dict[str, Callable[[Page, Site], None]] = {
    "day": _of_place(""),
    "inside": _of_place("inside/"),
    "guards": _of_place("guards/"),
    "poster": _of_place("poster/"),
    "figures": _figures,
}


def _set(site: Site) -> None:
    """What a manager has set at the place."""
    Place.objects.filter(pk=site.place.pk).update(
        notice="Chiều thứ Sáu nghỉ tiếp công dân.",
        hours="7:30–11:30 · 13:30–17:00",
        help_desk="0212 000 000",
    )
    ends = dt.datetime.now(dt.UTC) + dt.timedelta(days=300)
    for name, phone, known in (
        (GUARD, "+84912000111", {"pin_hash": "-", "badge_hash": "-", "badge_ends": ends}),
        ("Cà Thị Thử", "+84912000222", {"pin_hash": "-"}),
        ("Vì Văn Nháp", "", {"right": ""}),
    ):
        Guard.objects.create(place=site.place, name=name, phone=phone, **known)


def _come(site: Site) -> None:
    """A morning at the door, and two who use their phones; all of it is of today, however late it is."""
    now = dt.datetime.now(dt.UTC)
    midnight = now.astimezone(ZONE).replace(hour=0, minute=0, second=0, microsecond=0)
    minute = min(dt.timedelta(minutes=1), (now - midnight) / (MORNING[0][0] + 1))
    for number, (ago, name, facts) in enumerate(MORNING):
        at = now - ago * minute - dt.timedelta(seconds=number * 7 % 60) * (minute / dt.timedelta(minutes=1))
        site.come(name, at=at, **_facts(name, dict(facts)))
    keyring = Keyring(site.folder)
    for ago, name, phone, box in (
        (26, "Lường Thị Thử", "+84912345001", Kiosk.objects.get(name=site.door.kiosk)),
        (5, "Cà Văn Ví Dụ", "+84912345002", None),
    ):
        passage = Sent("in", name, phone, box=box)
        visiting.check_in(Place.objects.get(pk=site.place.pk), passage, keyring, now - ago * minute)


def _facts(name: str, facts: dict[str, object]) -> dict[str, object]:
    phone = facts.pop("phone", None)
    if phone is None:
        number = 100_000 + sum(map(ord, name))
        return {"known": {"document": f"014099{number}"}, **facts}
    known = {"document": None, "name": None, "birth": None, "phone": phone}
    return {"known": known, "source": Source.KEYPAD, "format": Format.PHONE, **facts}


def _month(site: Site) -> None:
    """Two months of figures at several places."""
    chance = random.Random(1)  # noqa: S311 - figures that nobody guesses at
    today = dt.datetime.now(ZONE).date()
    places = [(site.place, 47), (site.elsewhere, 38)]
    for number, (commune, name, a_day) in enumerate(OFFICES):
        box = enrol(f"cong-{number}", name, "Cửa chính")
        box.place.unit = Unit.objects.create(name=commune, parent=site.province)
        box.place.save()
        places.append((box.place, a_day))
    for place, a_day in places:
        days = [
            # Of today as much as the centre will have counted itself in a moment.
            _figures_of(place, today - dt.timedelta(days=ago), a_day if ago else a_day // 4, chance)
            for ago in range(DAYS)
        ]
        DayFigures.objects.bulk_create((day for day in days if day is not None), ignore_conflicts=True)


def _figures_of(place: Place, date: dt.date, a_day: int, chance: random.Random) -> DayFigures | None:
    if not a_day or date.weekday() > 4:  # noqa: PLR2004 - nobody comes on Saturdays and Sundays
        return None
    busy = {7: 8, 8: 20, 9: 18, 10: 14, 11: 4, 13: 6, 14: 12, 15: 10, 16: 7, 17: 1}
    hours = chance.choices(list(busy), busy.values(), k=round(a_day * chance.uniform(0.7, 1.3)))
    came = len(hours)
    camera, reader, web = (round(came * share) for share in (0.62, 0.12, 0.09))
    keypad = came - camera - reader - web
    minutes = sorted(round(chance.lognormvariate(3.3, 0.6)) for _ in range(round(came * 0.86)))
    return DayFigures(
        place=place,
        date=date,
        came=came,
        left=len(minutes),
        unverified=round(keypad * 0.3) + web,
        automatic=came - len(minutes),
        camera=camera,
        reader=reader,
        keypad=keypad,
        web=web,
        by_hour=json.dumps([hours.count(hour) for hour in range(24)]),
        minutes=json.dumps(minutes),
        counted_at=dt.datetime.now(dt.UTC),
    )


def _save(picture: bytes, file: Path) -> None:
    """With few colours: pages have few, and a guide is sent by mail."""
    with Image.open(BytesIO(picture)) as drawn:
        drawn.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE).save(file, optimize=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)
