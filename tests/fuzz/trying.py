"""One payload after the other before the door's reader, each under a stopwatch."""

import contextlib
import re
import signal
import time
from collections import Counter
from dataclasses import astuple, dataclass, field

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from kiosk.formats import number, recognise
from kiosk.model import Unreadable, Visitor
from kiosk.proof import Proof
from kiosk.sealing import FIELDS, Sealer, SealingKey, opened
from tests.fuzz.payloads import KINDS, payload
from tests.kiosk.formats import made

LIMIT_S = 2.0
"""No payload may take more of a processor: the door would look frozen."""
MAX_BOX = 8192
"""What `mqtt_bridge.wire` takes for a sealed person."""
VISIT = "01a209b8-f8fd-77f9-adaa-3640e4a01733"
PRIVATE = X25519PrivateKey.from_private_bytes(b"k" * 32)
SEALER = Sealer("kiosk-1", bytes(32), (SealingKey("day", PRIVATE.public_key().public_bytes_raw(), made.NOW),))

_BIRTH = re.compile(r"[0-9]{4}(-[0-9]{2}-[0-9]{2})?")


class TooSlow(Exception):
    """The stopwatch ran out."""


@dataclass
class Tally:
    """What came of the payloads of one format."""

    kind: str
    tried: int = 0
    slowest_s: float = 0.0
    answers: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)


def run(kind: str, seed: int, first: int, count: int) -> Tally:
    """Try `count` payloads of a format, beginning with number `first`. Stops at the tenth fault."""
    tally = Tally(kind)
    honest = {_facts(who) for text in KINDS[kind].valid if isinstance(who := _read(text), Visitor)}
    with stopwatch():
        for at in range(first, first + count):
            text = payload(kind, seed, at)
            fault = _try(text, tally, honest)
            tally.tried += 1
            if fault:
                tally.faults.append(f"--seed {seed} --format {kind} --first {at}: {fault}: {text[:300]!a}")
                if len(tally.faults) == 10:
                    break
    return tally


def _try(text: str, tally: Tally, honest: set) -> str | None:
    began_s = time.process_time()
    signal.setitimer(signal.ITIMER_PROF, LIMIT_S)
    try:
        who = _read(text)
        number.recognise(text)
    except Exception as error:  # noqa: BLE001 (any at all is a fault)
        return f"{type(error).__name__}: {error}"
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        tally.slowest_s = max(tally.slowest_s, time.process_time() - began_s)
    tally.answers[who.format if isinstance(who, Visitor) else who.reason] += 1
    return _lie(who, honest if tally.kind == "hc1" else None)


def _lie(who: Visitor | Unreadable, honest: set | None) -> str | None:
    """What is wrong with an answer; None when nothing is."""
    if isinstance(who, Unreadable):
        return None
    if who.name is not None and not (who.name.isprintable() and 0 < len(who.name) <= 100):
        return "a name that cannot be shown"
    if who.birth is not None and not _BIRTH.fullmatch(who.birth):
        return "a birth date that is none"
    if not any(astuple(SEALER.pseudonyms(who))):
        return "nobody who could be known again"
    sealed = SEALER.seal(who, VISIT, made.NOW)
    if sealed is None or len(sealed.box) > MAX_BOX:
        return "a person that does not fit the road"
    known = {name: getattr(who, name) for name in FIELDS if getattr(who, name)}
    if opened(sealed, PRIVATE.private_bytes_raw(), kiosk="kiosk-1", visit=VISIT) != known:
        return "a person that is another once it was sealed"
    if repr(who) != repr(Visitor(format=who.format, proof=who.proof)):
        return "a repr that tells a person"
    if honest is not None and who.proof not in {None, Proof.UNKNOWN_ISSUER} and _facts(who) not in honest:
        return "a proof of what nobody signed"
    return None


def _read(text: str) -> Visitor | Unreadable:
    return recognise(text, made.TRUST, made.NOW)


def _facts(who: Visitor) -> tuple[str | None, ...]:
    return who.name, who.birth, who.reference


@contextlib.contextmanager
def stopwatch():
    """Have `signal.setitimer(signal.ITIMER_PROF, …)` raise `TooSlow` when its time is over."""

    def ring(*_):
        raise TooSlow(f"longer than {LIMIT_S} s")

    before = signal.signal(signal.SIGPROF, ring)
    try:
        yield
    finally:
        signal.signal(signal.SIGPROF, before)
