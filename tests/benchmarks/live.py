"""
How long after a door's scan the page of today shows the visit, in a real browser that nobody touches.

The real centre and Mosquitto. Timed from the post until the row stands in the page. Beside it what the door
itself waits for: the centre's receipt, for the same visits.
"""

import os
import random
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

from tests.benchmarks.order import Order
from tests.benchmarks.row import Row

VISITS = 40
EVERY_S = 1.0
PATIENCE_MS = 20_000
SEEN = """() => {
    window.seen = {};
    new MutationObserver(() => {
        for (const link of document.querySelectorAll("table.visits a[id^=of-]"))
            window.seen[link.id.slice(3)] ??= Date.now() / 1000;
    }).observe(document.querySelector("main"), { childList: true, subtree: true });
}"""
"""Notes when each row has come; the browser has the same clock."""


def measure(_order: Order) -> Iterator[Row]:
    """Let visitors come one by one while a manager looks at the page."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "collector.settings"
    import django

    django.setup()
    from tests.browser.site import open_site
    from tests.browser.windows import chromium, log_in, window
    from tests.collector.conftest import wait_until
    from tests.collector.databases import Templates

    pauses = random.Random(1)
    with ExitStack() as ending:
        folders = [Path(ending.enter_context(tempfile.TemporaryDirectory(prefix="live-"))) for _ in range(2)]
        site = ending.enter_context(open_site(Templates(folders[0]), folders[1]))
        browser = ending.enter_context(chromium())
        page = window(browser, site).new_page()
        log_in(page, site, "manager")
        page.goto(f"/places/{site.place.pk}/")
        page.evaluate(SEEN)
        shown_s, stored_s = [], []
        for number in range(VISITS):
            visit = site.visit(f"Khách Thử {number}")
            began_s = time.time()
            site.door.post(visit)
            wait_until(lambda last=int(visit.sequence): site.door.through >= last, "the centre has it")
            stored_s.append(time.time() - began_s)
            page.wait_for_function("id => window.seen[id]", arg=str(visit.id), timeout=PATIENCE_MS)
            shown_s.append(page.evaluate("id => window.seen[id]", str(visit.id)) - began_s)
            # Visitors keep no time with the page, which asks each second.
            page.wait_for_timeout(1000 * pauses.uniform(0.5, 1.5) * EVERY_S)
    yield Row(
        "visit at the door to the open page of today", shown_s, "the centre's receipt at the door", stored_s
    )
