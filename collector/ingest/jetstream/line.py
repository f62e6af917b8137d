"""
One connection of a collector to NATS.

A thread of its own runs nats-py's loop: messages come in there, are understood there, and go to the intake;
what the intake acknowledges is written there. Whatever ends the connection, a node that shuts down or a
consumer that is gone, a new line is dialled, to any of the nodes.
"""

import asyncio
import json
import logging
import ssl
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from threading import Thread
from typing import Any
from urllib.parse import urlsplit

from nats import errors

from collector import gateway
from collector.ingest.frames import Delivered
from collector.ingest.jetstream import consumer, frames
from collector.ingest.jetstream.bulk import BulkClient
from collector.ingest.jetstream.frames import Status
from collector.ingest.jetstream.pulling import PULL_BYTES, PULL_MESSAGES, Flow
from collector.ingest.lines import Arrived, BrokerAway, Down, Happen, Tls, Up
from mqtt_bridge import wire
from mqtt_bridge.topics import Channel, Topic
from mqtt_bridge.wire import Receipt

log = logging.getLogger(__name__)

CONNECT_S, ANSWER_S, CLOSE_S = 3.0, 5.0, 2.0
"""How long a node may take to let us in, to answer a question, to part."""
PING_S = 10
HEARTBEAT_S, AGAIN_S, SILENCE_S = 2.0, 5.0, 12.0
"""
How often the server says that a pull stands; after which silence another is sent, for whoever leads the
consumer now; and after which we go to another node.
"""
EXPIRES_S = 60.0
"""How long a pull stands."""
LOOK_S, PROBE_S = 0.5, 0.1
_SECOND_NS = 1_000_000_000
_WANTED = {"batch": PULL_MESSAGES, "max_bytes": PULL_BYTES}
_PROBE = json.dumps({**_WANTED, "no_wait": True}).encode()
_TIMES = {"expires": int(EXPIRES_S * _SECOND_NS), "idle_heartbeat": int(HEARTBEAT_S * _SECOND_NS)}
_PULL = json.dumps({**_WANTED, **_TIMES}).encode()
_STANDS, _NO_RESPONDERS = 100, 503
_FATAL = ("consumer deleted", "server shutdown", "consumer is push based", "bad request")
"""After these, no pull will be answered on this connection; after any other status, the next one is."""


class JetStreamLine:
    """
    A connection to NATS, from `connect()` to `Down`. Implements `collector.ingest.lines.Line`.

    Args:
        servers: Addresses of nodes, such as `nats://10.0.0.1:4222`, in the order in which they are tried.
        durable: The name of the consumer that all collectors share.
        happen: Told of everything; called from the line's thread, must not block.
        tls: Our certificate; None for a line in clear.

    Attributes:
        knock_s: A day: the line itself gives up in time; that no door has ever come is waited for.

    Raises:
        BrokerAway: If the certificate cannot be read.
    """

    knock_s = 86_400.0

    def __init__(
        self, *, servers: Sequence[str], durable: str, happen: Happen, tls: Tls | None = None
    ) -> None:
        self._servers = list(servers)
        self._durable = durable
        self._happen = happen
        self._tls = None if tls is None else _context(tls)
        self._flow = Flow()
        self._held: deque[bytes] = deque()
        """By what those are acknowledged that are here, in their order."""
        self._client = BulkClient(self._delivered, is_secure=tls is not None)
        self._inbox = self._client.new_inbox()
        self._pulls = 0
        self._waits = True
        self._is_heard = False
        self._heard_s = self._brought_s = 0.0
        self._complaint = ""

    def connect(self) -> None:
        """Knock; whether one of the nodes lets us in comes as `Up` or `Down`."""
        self._loop = asyncio.new_event_loop()
        self._over: asyncio.Future[str] = self._loop.create_future()
        self._thread = Thread(target=self._run, name="jetstream", daemon=True)
        self._thread.start()

    def acknowledge(self, packets: Iterable[bytes]) -> None:
        """Tell the server that these are dealt with, and ask for more."""
        replies = list(packets)
        self._soon(self._acknowledged, frames.acknowledgements(replies), len(replies))

    def post_receipts(self, receipts: Iterable[tuple[str, Receipt]]) -> None:
        """Tell kiosks how far their visits are stored: by the gateway, at QoS 0."""
        written = [
            frames.message(gateway.subject(str(Topic(kiosk, Channel.RECEIPT))), wire.encode_receipt(receipt))
            for kiosk, receipt in receipts
        ]
        self._soon(self._client.write, b"".join(written))

    def post(self, topic: Topic, payload: bytes, *, retain: bool = False) -> None:
        """Give a message for a kiosk that is online to the gateway, at QoS 0; it keeps none."""
        if retain:
            raise ValueError(f"topic {topic}: only MQTT keeps a message; post it from `collector attend`")
        self._soon(self._client.write, frames.message(gateway.subject(str(topic)), payload))

    def close(self) -> None:
        """Hang up; what is not acknowledged goes to others at once. Harmless when down."""
        self._soon(self._end, "")
        self._thread.join(CLOSE_S)

    def _soon(self, work: Callable[..., None], *arguments: Any) -> None:
        with suppress(RuntimeError):  # The loop is closed: the line is down.
            self._loop.call_soon_threadsafe(work, *arguments)

    def _run(self) -> None:
        try:
            asyncio.set_event_loop(self._loop)
            self._loop.run_until_complete(self._live())
        finally:
            self._loop.close()

    async def _live(self) -> None:
        work = self._loop.create_task(self._work())
        await asyncio.wait((work, self._over), return_when=asyncio.FIRST_COMPLETED)
        if not work.done():
            work.cancel()
        try:
            await work
            why = ""
        except asyncio.CancelledError:
            why = self._over.result()
        except TimeoutError:
            why = self._complaint or "no answer in time: have its nodes a majority?"
        except (OSError, errors.Error) as error:
            why = self._complaint or str(error) or type(error).__name__
        finally:
            with suppress(OSError, errors.Error):
                await asyncio.wait_for(self._client.part(frames.refusals(self._held)), CLOSE_S / 2)
            with suppress(OSError, errors.Error):
                await asyncio.wait_for(self._client.close(), CLOSE_S / 2)
        if why:
            self._happen(Down(f"NATS at {', '.join(map(_shown, self._servers))}: {why}"))

    async def _work(self) -> None:
        await asyncio.wait_for(self._enter(), CONNECT_S * (len(self._servers) + 1))
        self._complaint = ""
        jetstream = self._client.jetstream(timeout=ANSWER_S)
        is_told = False
        while True:
            try:
                await consumer.make_ready(jetstream, self._durable)
                break
            except consumer.NoStream:
                if not is_told:
                    log.info("NATS has nothing from a door yet: waiting for the first")
                is_told = True
                await asyncio.sleep(LOOK_S)
        await self._client.subscribe_bulk(f"{self._inbox}.*")
        await self._probe()
        self._happen(Up())
        while True:
            self._look()
            await asyncio.sleep(LOOK_S)

    async def _probe(self) -> None:
        """
        Ask until something comes, be it that there is nothing.

        A node throws a pull away while it has not heard that somebody listens to the answers; the node that
        leads the consumer may be another than ours, and hears of us a moment later.
        """
        for _ in range(int(SILENCE_S / PROBE_S)):
            self._ask(_PROBE)
            await asyncio.sleep(PROBE_S)
            if self._is_heard:
                return
        raise TimeoutError("no word of the consumer")

    async def _enter(self) -> None:
        await self._client.connect(
            self._servers,
            name="entrance-kiosk collector",
            allow_reconnect=False,
            dont_randomize=True,
            max_reconnect_attempts=1,
            reconnect_time_wait=0,
            connect_timeout=int(CONNECT_S),
            ping_interval=PING_S,
            error_cb=self._complained,
            disconnected_cb=self._disconnected,
            lame_duck_mode_cb=self._sent_away,
            tls=self._tls,
        )

    def _delivered(self, messages: Sequence[Delivered], statuses: Sequence[Status]) -> None:
        try:
            self._take(messages, statuses)
        except Exception as bug:  # noqa: BLE001 - nats-py would log it, and read no more
            if not self._over.done():
                self._over.set_exception(bug)

    def _take(self, messages: Sequence[Delivered], statuses: Sequence[Status]) -> None:
        if messages:
            self._is_heard = True
            self._heard_s = self._brought_s = self._loop.time()
            self._held.extend([message.packet for message in messages])
            self._flow.arrived(len(messages), sum(len(message.payload) for message in messages))
            self._happen(Arrived(messages))
        for status in statuses:
            self._heard(status)
        self._pull()

    def _heard(self, status: Status) -> None:
        if status.code != _NO_RESPONDERS:
            self._is_heard = True
            self._heard_s = self._loop.time()
        if status.code == _STANDS:
            self._flow.stands(status.pull, self._heard_s)
            return
        if status.words.lower() in _FATAL:
            self._end(f"{status.words.lower()}")
        if status.messages is None:
            # Nobody leads the consumer just now: at once, it would be the same.
            self._waits = True
        self._flow.ended(status.pull, PULL_MESSAGES if status.messages is None else status.messages)

    def _look(self) -> None:
        """Ask again after a pause; notice when nobody answers."""
        now_s = self._loop.time()
        if not self._flow.asked and not self._waits:
            self._heard_s = now_s
        elif now_s - self._heard_s > SILENCE_S:
            self._end(f"no word of the consumer for {SILENCE_S:.0f} s")
        # Which of the pulls a message belongs to, it does not tell.
        is_silent = now_s - self._brought_s > AGAIN_S
        self._flow.give_up(now_s - (AGAIN_S if is_silent else EXPIRES_S + AGAIN_S))
        self._waits = False
        self._pull()

    def _pull(self) -> None:
        while not self._waits and self._flow.wants():
            self._flow.stands(self._ask(_PULL), self._loop.time())

    def _ask(self, wanted: bytes) -> bytes:
        self._pulls += 1
        pull = f"{self._inbox}.{self._pulls}"
        self._client.write(frames.message(gateway.pull(self._durable), wanted, pull))
        return pull.encode()

    def _acknowledged(self, written: bytes, messages: int) -> None:
        self._client.write(written)
        self._flow.dealt_with(messages)
        for _ in range(messages):
            self._held.popleft()
        self._pull()

    def _end(self, why: str) -> None:
        if not self._over.done():
            self._over.set_result(why)

    async def _complained(self, error: Exception) -> None:
        self._complaint = str(error)
        if "permissions violation" in self._complaint:
            self._end(f"{self._complaint}: look at its users file")

    async def _disconnected(self) -> None:
        self._end(f"connection lost{self._complaint and ': '}{self._complaint}")

    async def _sent_away(self) -> None:
        self._end("the node is about to shut down")


def _context(tls: Tls) -> ssl.SSLContext:
    try:
        made = ssl.create_default_context(cafile=tls.ca)
        made.load_cert_chain(tls.certificate, tls.key)
    except (OSError, ValueError) as error:
        remedy = "run `collector broker`, and run this as the centre's user"
        raise BrokerAway(f"certificate {tls.certificate}: {error}; {remedy}") from error
    return made


def _shown(server: str) -> str:
    """A node's host and port, without what may stand before them."""
    return urlsplit(server).netloc.rpartition("@")[2]
