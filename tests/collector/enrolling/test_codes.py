"""Set-up codes as the database keeps them."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from django.db import connections
from django.utils import timezone

from collector.enrolling import codes
from collector.enrolling.codes import State
from collector.models import SetupCode


def test_of_codes_that_are_made_at_once_one_is_open(centre):
    start = Barrier(4)

    def make(_number: int) -> None:
        start.wait()
        centre.code()
        connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(make, range(4)))

    states = [codes.state(code, timezone.now()) for code in SetupCode.objects.all()]
    assert sorted(states) == [State.OPEN, State.WITHDRAWN, State.WITHDRAWN, State.WITHDRAWN]


def test_codes_that_are_long_over_are_forgotten(quick_centre):
    now = timezone.now()
    quick_centre.code(now=now - codes.KEPT - dt.timedelta(days=2))
    quick_centre.code()

    assert codes.forget(now) == 1
    assert SetupCode.objects.count() == 1
