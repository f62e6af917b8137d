"""
Messages of the road gone wrong: whatever bytes come, both ends go on, keep to the contract, and tell nobody's text.

What is tried follows from the seed, the kind's name and a number, as with the codes.
"""

import json
import random
import signal
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from uuid import UUID

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from collector.ingest.decoding import decode
from collector.ingest.frames import Delivered
from collector.ingest.receiving import Aside, foreign, hear
from kiosk.entries import Pseudonyms
from kiosk.errors import BadMessage
from kiosk.model import Source
from kiosk.rules import Way
from mqtt_bridge import wire
from mqtt_bridge.wire import health, orders, signed
from mqtt_bridge.wire.config import Choice, Config, Guard, Question, decode_config
from mqtt_bridge.wire.orders import OutOfOrder, Reply
from mqtt_bridge.wire.signed import CommandClaims, Kind
from tests import contract
from tests.fuzz import mutating
from tests.fuzz.trying import LIMIT_S, Tally, stopwatch
from tests.mqtt_bridge import made

SECRET = "014099000001"
"""Put in at random places; nothing that is said of a message may hold it."""
TOPICS = (b"doors/v1/kiosk-1/visit", b"doors/v1/kiosk-1/visits")
STRANGE_TOPICS = (b"doors/v1/kiosk-2/visit", b"doors/v1/KIOSK/visit", b"doors/v1/kiosk-1/\xff", b"", b"x/\0")
PRIVATE = Ed25519PrivateKey.from_private_bytes(bytes(32))
KEYS = {"key-1": PRIVATE.public_key().public_bytes_raw()}

_GUARDED = replace(
    made.VISIT,
    source=Source.KEYPAD,
    operator="Lò Thị Gác",
    clock_trusted=False,
    pseudonyms=Pseudonyms(b"\0" * 32, b"\xff" * 32, b"o" * 32),
)
_CORRECTION = replace(
    _GUARDED,
    id="01a209b8-f8fd-77f9-adaa-3640e4a01734",
    corrects=made.VISIT.id,
    person=None,
    sequence=9,
)
_ANSWERED = replace(made.VISIT, answers={"purpose": "papers", "fever": "no"}, sequence=11)
_EVENTS = [
    wire.event(made.SENDER, entry, settled)
    for entry, settled in (
        *((made.VISIT, 3), (replace(made.VISIT, person=None, sequence=8), 0), (_GUARDED, 10**18 - 1)),
        *((replace(_GUARDED, operator=None), 0), (_CORRECTION, 0), (_ANSWERED, 0)),
        *((made.CLOCK, 7), (made.GAP, 0), (replace(made.GAP, through=2**63 - 1), 0)),
    )
]
_HEALTH = health.Health(
    version="0.1.0",
    boot=UUID(made.BOOT),
    uptime_s=3600,
    queue=health.Queue(waiting=1, sent=2, stored=3, aside=4),
    last_receipt=datetime(2026, 11, 23, 1, 5, tzinfo=UTC),
    clock=health.Clock(trusted=True, time=datetime(2026, 11, 23, 1, 5, tzinfo=UTC)),
    door=health.Door(running=True, state="serving", camera=True, keypad=None),
    disk_free_mb=1,
    temperature_c=48.3,
    throttled=0,
    config=1,
    enrolled=True,
    keeps_names=True,
    certificate_expires=None,
)
_CLAIMS = CommandClaims(
    aud="kiosk-1", counter=7, id=UUID(int=7), exp=2**31, body=OutOfOrder(on=True, notice="Nghỉ trưa")
)
_TOKEN = signed.sign(_CLAIMS, key="key-1", private=PRIVATE)
_CONFIG = Config(
    place="UBND phường Chiềng An",
    kind="checkpoint",
    direction=Way.TOGGLE,
    zone="Asia/Ho_Chi_Minh",
    languages=("vi", "en"),
    code="https://office.example/q/17",
    questions=(
        Question(
            id="purpose",
            text={"vi": "Đến làm gì?", "en": "What brings you here?"},
            answers=(Choice(id="papers", text={"vi": "Nộp hồ sơ"}), Choice(id="meeting", text={"vi": "Họp"})),
        ),
        Question(id="fever", text={"vi": "Sốt?"}, personal=True),
    ),
    guards=(Guard(name="Lò Thị Gác", pin_hash="$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHQ$aGFzaA"),),
    signing_keys={"key-1": "A" * 43},
)
_RECEIPT = wire.signed_receipt("kiosk-1", UUID(made.EPOCH), 7, key="key-1", sign=PRIVATE.sign)

TWISTS = (
    "null", "true", "false", "0", "-0", "-1", "1.0", "1e3", "1e999", "-1E400", "NaN", "Infinity", "-Infinity", "01", "0x1",
    "9" * 19, "9" * 400, str(2**63), str(2**64), "0." + "3" * 400, "[]", "{}", "[[]]", '[{"a":1}]', '""', '"x"', '"\\u0000"',
    '"\\ud800"', '"\\udfff\\ud800"', '"\\u202e"', '"\\n"', '"a\nb"', '"٧"', '"７"', '"0"', '"-1"', '"007"', '"1e3"', '"9999"',
    f'"{"9" * 18}"', f'"{"9" * 19}"', f'"{"x" * 9000}"', '"0001-01-01T00:00:00+14:00"', '"9999-12-31T23:59:59-14:00"',
    '"2026-11-23T01:05:00"', '"2026-11-23 01:05:00z"', '"2026-02-30T00:00:00Z"', '"2026-11-23T01:05:60Z"', '"1969-12-31T23:59:59Z"',
    '"00000000000000000000000000000000"', '"/doors/kiosk-2"', '"/doors/kiosk-1\\n"', '"AAAA"', '"=AAA"', f'"{"A" * 12000}"',
    f'"{SECRET}"', f'{{"{SECRET}":"{SECRET}"}}', f'["{SECRET}"]', "[" * 300 + "]" * 300, '{"a":' * 300 + "1" + "}" * 300,
    "[" * 5000, '"vn.entrance-kiosk.visit.v1"', '"vn.entrance-kiosk.gap.v1"', '"vn.entrance-kiosk.visit.v2"', '"2.0"',
)  # fmt: skip
"""What may stand where something else stood; some of it is no JSON."""
ENDS = (
    b"\0",
    b" ",
    b"\n\n",
    b"\xef\xbb\xbf",
    b"\xff\xfe",
    b",",
    b"[",
    b"]",
    b"{}",
    b"null",
    b"\xed\xa0\x80",
    b"x" * 300_000,
)
"""What may stand before a message, or after it."""


@dataclass(frozen=True)
class Message:
    """
    A kind of message.

    Attributes:
        valid: Some that are of the contract.
        fault: What is wrong with how one is taken, and what became of it; looked at under the stopwatch.
    """

    valid: tuple[bytes, ...]
    fault: Callable[[bytes, random.Random], tuple[str | None, str]]


def payload(kind: str, seed: int, number: int) -> bytes:
    """The same bytes for the same three."""
    return spoiled(random.Random(f"{seed} {kind} {number}"), ROAD[kind].valid)


def run(kind: str, seed: int, first: int, count: int) -> Tally:
    """Try `count` messages of a kind, beginning with number `first`. Stops at the tenth fault."""
    tally = Tally(kind)
    with stopwatch():
        for at in range(first, first + count):
            message = payload(kind, seed, at)
            fault = _try(kind, message, random.Random(at), tally)
            tally.tried += 1
            if fault:
                tally.faults.append(f"--seed {seed} --format {kind} --first {at}: {fault}: {message[:300]!r}")
                if len(tally.faults) == 10:
                    break
    return tally


def spoiled(chance: random.Random, valid: tuple[bytes, ...]) -> bytes:
    """A message with something wrong: in its bytes, its text, its structure, or around it. Sometimes with nothing."""
    message = chance.choice(valid)
    way = chance.randrange(9)
    if way == 0:
        return mutating.raw(chance, message)
    if way == 1:
        text = mutating.text(chance, message.decode(), tuple(one.decode() for one in valid))
        return text.encode("utf-8", "surrogatepass")
    if way == 2:
        return chance.choice((chance.choice(ENDS) + message, message + chance.choice(ENDS)))
    if way == 3:
        return message.decode().encode(chance.choice(("utf-16", "utf-16-le", "utf-32", "utf-8-sig")))
    if way == 4 and message[:1] == b"{":
        return b"[" + b",".join([message] * chance.choice((1, 2, 50, 51))) + b"]"
    if message[:1] in {b"{", b"["}:
        return _twisted(chance, json.loads(message), chance.choice((0.03, 0.1, 0.3))).encode(
            "utf-8", "surrogatepass"
        )
    return mutating.raw(chance, message)


def _twisted(chance: random.Random, tree: object, often: float) -> str:
    """A tree as JSON, with something else where something was, things missing, and names that come twice."""
    if chance.random() < often:
        return chance.choice(TWISTS)
    if isinstance(tree, dict):
        pairs = []
        for name, value in tree.items():
            if chance.random() < often:
                continue
            key = (
                chance.choice((name.upper(), SECRET, name + "\\u0000"))
                if chance.random() < often / 3
                else name
            )
            pairs.append(f'"{key}":{_twisted(chance, value, often)}')
            if chance.random() < often:
                pairs.insert(chance.randrange(len(pairs)), f'"{name}":{chance.choice(TWISTS)}')
        return "{" + ",".join(pairs) + "}"
    if isinstance(tree, list):
        return "[" + ",".join(_twisted(chance, one, often) for one in tree) + "]"
    return json.dumps(tree, ensure_ascii=chance.random() < 0.5)


def _try(kind: str, message: bytes, chance: random.Random, tally: Tally) -> str | None:
    began_s = time.process_time()
    signal.setitimer(signal.ITIMER_PROF, LIMIT_S)
    try:
        fault, answer = ROAD[kind].fault(message, chance)
    except Exception as error:  # noqa: BLE001 (any at all is a fault)
        return f"{type(error).__name__}: {error}"
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        tally.slowest_s = max(tally.slowest_s, time.process_time() - began_s)
    tally.answers[answer] += 1
    return fault


def _visits(message: bytes, chance: random.Random) -> tuple[str | None, str]:
    """The centre hears it."""
    topic = chance.choice(TOPICS) if chance.random() < 0.97 else chance.choice(STRANGE_TOPICS)
    heard = hear([Delivered(topic, message, 7)])
    received = heard.received[0] if heard.received else foreign(heard.others[0][1])
    answer = " and ".join(
        name for name, some in (("stored", received.events), ("aside", received.aside)) if some
    )
    if list(heard.packets) != [7] or not answer:
        return "nothing to be acknowledged, or nothing kept", answer
    slow, fast = _said(wire.decode, message), _said(lambda text: decode(text, "/doors/kiosk-1"), message)
    # Of a name that comes twice the fast decoder looks at the last value only, which is the one that counts.
    if slow != fast and not (isinstance(fast, bytes) and _has_twins(message)):
        return "another message by the fast decoder", answer
    faults = [_event_fault(event, received.kiosk, chance) for event in received.events]
    faults += [_aside_fault(aside) for aside in received.aside]
    return next(filter(None, faults), None), answer


def _said(read: Callable[[bytes], Sequence[wire.Event]], message: bytes) -> bytes | str:
    """What a decoder makes of a message."""
    try:
        return wire.encode(read(message))
    except BadMessage as error:
        return str(error)


def _has_twins(message: bytes) -> bool:
    """Whether a name comes twice in an object."""
    seen = []

    def pairs(found: list[tuple[str, object]]) -> dict[str, object]:
        seen.append(len(dict(found)) < len(found))
        return dict(found)

    json.loads(message, object_pairs_hook=pairs)
    return any(seen)


def _event_fault(event: wire.Event, kiosk: str, chance: random.Random) -> str | None:
    written = wire.encode([event])
    if wire.encode(wire.decode(written)) != written:
        return "an event that is another once it was written"
    if event.source != f"/doors/{kiosk}" or not 1970 <= event.time.year <= 9998 or event.number < 1:
        return "an event that cannot be"
    # It takes longer than all else together.
    found = contract.faults(f"doors/v1/{kiosk}/visit", written) if chance.random() < 0.05 else []
    return f"an event that is not of the contract: {found[0]}" if found else None


def _aside_fault(aside: Aside) -> str | None:
    if not 0 < len(aside.reason) <= 200 or not aside.reason.isprintable() or "\0" in aside.topic:
        return "a reason or a topic that cannot be shown"
    if any(word in f"{aside.reason} {aside}" for word in (SECRET, "Chiềng", "Cửa", "Gác")):
        return "a reason that tells what the message said"
    if aside.place is not None and (aside.place.kiosk != "kiosk-1" or aside.place.sequence < 1):
        return "a place in another journal"
    return None


def _decoded(
    decode: Callable[[bytes], object], encode: Callable[[object], bytes]
) -> Callable[[bytes, random.Random], tuple[str | None, str]]:
    """Whoever hears it takes it, and would write it as it was; or refuses it without its text."""

    def fault(message: bytes, _chance: random.Random) -> tuple[str | None, str]:
        try:
            said = decode(message)
        except BadMessage as error:
            return ("an error that tells what the message said" if SECRET in str(error) else None), "refused"
        return (None if decode(encode(said)) == said else "another once it was written"), "taken"

    return fault


def _signed(message: bytes, _chance: random.Random) -> tuple[str | None, str]:
    """A box believes what its centre has signed, and nothing else."""
    try:
        claims = signed.believe(message, kiosk="kiosk-1", expected=Kind.COMMAND, keys=KEYS)
    except BadMessage as error:
        return ("an error that tells what the message said" if SECRET in str(error) else None), "refused"
    return (None if claims == _CLAIMS else "believed, though nobody signed it"), "believed"


def _receipt(message: bytes, _chance: random.Random) -> tuple[str | None, str]:
    """A box believes a receipt that its centre has signed, and no other."""
    try:
        receipt = wire.decode_receipt(message)
    except BadMessage as error:
        return ("an error that tells what the message said" if SECRET in str(error) else None), "refused"
    if not wire.is_genuine(receipt, "kiosk-1", KEYS):
        return None, "not believed"
    return (None if receipt == _RECEIPT else "believed, though nobody signed it"), "believed"


ROAD = {
    "road_visits": Message((*(wire.encode([event]) for event in _EVENTS), wire.encode(_EVENTS)), _visits),
    "road_receipt": Message((wire.encode_receipt(_RECEIPT),), _receipt),
    "road_signed": Message((_TOKEN,), _signed),
    "road_health": Message(
        (health.encode_health(_HEALTH),), _decoded(health.decode_health, health.encode_health)
    ),
    "road_config": Message((msgspec.json.encode(_CONFIG),), _decoded(decode_config, msgspec.json.encode)),
    "road_reply": Message(
        (orders.encode_reply(Reply("done")), orders.encode_reply(Reply("refused", "no such command"))),
        _decoded(orders.decode_reply, orders.encode_reply),
    ),
}
