"""
How long the pages take with a million visits of a thousand places, beside the login page, which asks nothing.

All in one process, without a network: what Django, the database and the opening of names take.
"""

import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import datetime, timedelta
from http import HTTPStatus
from pathlib import Path
from typing import Any

from tests.benchmarks.order import Order
from tests.benchmarks.row import Row
from tests.postgresql import Server

ROUNDS = 60
BESIDE = "the login page"


def measure(_order: Order) -> Iterator[Row]:
    """On each kind of database in turn."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "collector.settings"
    with ExitStack() as ending:
        folder = Path(ending.enter_context(tempfile.TemporaryDirectory(prefix="pages-")))
        os.environ["COLLECTOR_DATA"] = str(folder)
        import django

        django.setup()
        server = Server()
        ending.callback(server.close)
        server.start()
        for kind, url in (("SQLite", ""), ("PostgreSQL", server.url(server.create()))):
            yield from _measure(kind, url, folder)


def _measure(kind: str, url: str, folder: Path) -> Iterator[Row]:
    from django.core.management import call_command
    from django.db import connection
    from django.test import Client

    from collector.figures.keeping import Keeping
    from tests.benchmarks import province
    from tests.collector.databases import used
    from tests.collector.web.conftest import prove

    with used(url, folder):
        call_command("migrate", interactive=False, verbosity=0)
        made = province.make(folder)
        Keeping().turn()
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("ANALYZE")
        client, stranger = (Client(SERVER_NAME="localhost") for _ in range(2))
        client.force_login(made.manager)
        prove(client, made.manager)
        taken: dict[str, list[float]] = {}
        bare: list[float] = []
        for _ in range(ROUNDS):
            bare.append(_time(lambda: stranger.get("/login")))
            for name, work in _works(client, made.busy.pk, made.unit.pk).items():
                taken.setdefault(name, []).append(_time(work))
    for name, times in taken.items():
        yield Row(f"{name}, {kind}", times, BESIDE, bare)


def _works(client: Any, place: int, unit: int) -> dict[str, Callable[[], Any]]:
    """Pages of the busy place, and the figures of all."""
    from tests.benchmarks import province

    here = f"/places/{place}/"
    today = datetime.now(province.ZONE).date()
    month = {"first": str(today - timedelta(days=province.DAYS - 1)), "last": str(today)}
    this_day = {"first": str(today), "last": str(today)}
    return {
        "today": lambda: client.get(here),
        "inside": lambda: client.get(f"{here}inside/"),
        "search by number": lambda: client.post(f"{here}search/", {"sought": province.NUMBER, **month}),
        "search by name, today": lambda: client.post(f"{here}search/", {"sought": "mau", **this_day}),
        "search by name, 30 days": lambda: client.post(f"{here}search/", {"sought": "mau", **month}),
        "figures of 1,000 places, 30 days": lambda: client.get(f"/figures/units/{unit}/", {"days": "30"}),
    }


def _time(work: Callable[[], Any]) -> float:
    began_s = time.perf_counter()
    answer = work()
    took_s = time.perf_counter() - began_s
    assert answer.status_code == HTTPStatus.OK, answer
    return took_s
