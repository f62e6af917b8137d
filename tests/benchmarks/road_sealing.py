"""What it takes to seal a visitor's fields and to open them again, beside bare AES-256-GCM of the same text."""

import json
import secrets
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from kiosk import sealing
from tests.benchmarks import journals
from tests.benchmarks.order import Order
from tests.benchmarks.road import median
from tests.benchmarks.row import Rates

ROUNDS, VISITS = 9, 500
_VISIT = "01a209b8-f8fd-77f9-adaa-3640e4a01733"
BARE = "AES-256-GCM of the same text"


def measure(_order: Order) -> Iterator[Rates]:
    """Let both seal and open in turn."""
    at, visitor = datetime.now(UTC), journals.visitor(1)
    person = journals.SEALER.seal(visitor, _VISIT, at)
    private = journals.PRIVATE_KEY.private_bytes_raw()
    fields = sealing.opened(person, private, kiosk=journals.KIOSK, visit=_VISIT)
    text = json.dumps(fields, ensure_ascii=False).encode()
    bare, nonce = AESGCM(secrets.token_bytes(32)), secrets.token_bytes(12)
    box = bare.encrypt(nonce, text, None)
    works: dict[str, Callable[[], object]] = {
        "seal": lambda: journals.SEALER.seal(visitor, _VISIT, at),
        "open": lambda: sealing.opened(person, private, kiosk=journals.KIOSK, visit=_VISIT),
        "pseudonyms": lambda: journals.SEALER.pseudonyms(visitor),
        "bare seal": lambda: bare.encrypt(nonce, text, None),
        "bare open": lambda: bare.decrypt(nonce, box, None),
    }
    took_us: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(ROUNDS):
        for name, work in works.items():
            took_us[name].append(_us(work))
    us = {name: median(times) for name, times in took_us.items()}
    yield Rates("sealing a person", VISITS, "us", us["seal"], BARE, us["bare seal"])
    yield Rates("opening a person", VISITS, "us", us["open"], BARE, us["bare open"])
    yield Rates("pseudonyms of a person", VISITS, "us", us["pseudonyms"], BARE, us["bare seal"])


def _us(work: Callable[[], object]) -> float:
    began_s = time.perf_counter()
    for _ in range(VISITS):
        work()
    return (time.perf_counter() - began_s) / VISITS * 1e6
