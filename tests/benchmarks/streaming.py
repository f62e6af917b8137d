"""A NATS cluster for benchmarks: three nodes on loopback, each message on the disks of all before its PUBACK."""

import asyncio
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import nats
from nats.js import JetStreamContext
from nats.js.api import AckPolicy, ConsumerConfig
from nats.js.errors import NotFoundError

from tests import nats as servers
from tests.benchmarks.load import Load, Publishers, template
from tests.benchmarks.road import PATIENCE_S, running, wait_until

STREAM = "$MQTT_msgs"
DURABLE = "collector"
VISIT_SUBJECTS = ["$MQTT.msgs.doors.v1.*.visit", "$MQTT.msgs.doors.v1.*.visits"]
_T = TypeVar("_T")


class Cluster:
    """
    Nodes that are ready, with what their gateway keeps messages in.

    Attributes:
        ports: Where doors knock, by MQTT.
        urls: Where collectors knock.
        pids: The nodes' processes.
    """

    def __init__(self, nodes: list[servers.Nats]) -> None:
        self.ports = [node.port for node in nodes]
        self.urls = [node.url for node in nodes]
        self.pids = tuple(node.process.pid for node in nodes)

    def wait_for_pulls(self, number: int) -> None:
        """Wait until the durable consumer has so many pulls that stand."""

        async def waiting(jetstream: JetStreamContext) -> int:
            try:
                return (await jetstream.consumer_info(STREAM, DURABLE)).num_waiting or 0
            except NotFoundError:
                return 0

        wait_until(lambda: self._ask(waiting) >= number, 0.2)

    def keep(self) -> None:
        """Have the durable consumer stand though nobody pulls: what comes is kept."""

        async def make(jetstream: JetStreamContext) -> None:
            wanted = ConsumerConfig(
                durable_name=DURABLE, filter_subjects=VISIT_SUBJECTS, ack_policy=AckPolicy.EXPLICIT
            )
            await jetstream.add_consumer(STREAM, wanted)

        self._ask(make)

    def forget(self) -> None:
        """Have neither the durable consumer nor messages, as at the beginning."""

        async def clear(jetstream: JetStreamContext) -> None:
            try:
                await jetstream.delete_consumer(STREAM, DURABLE)
            except NotFoundError:
                pass
            await jetstream.purge_stream(STREAM)

        self._ask(clear)

    def _ask(self, what: Callable[[JetStreamContext], Awaitable[_T]]) -> _T:
        async def ask() -> _T:
            client = await nats.connect(self.urls[0])
            try:
                return await what(client.jetstream(timeout=PATIENCE_S))
            finally:
                await client.close()

        return asyncio.run(ask())


@contextmanager
def cluster() -> Iterator[Cluster]:
    """Three nodes that end with the block; each leads something, as it comes."""
    with tempfile.TemporaryDirectory(prefix="road-") as name:
        folder = Path(name)
        nodes = servers.cluster(folder)
        try:
            made = Cluster(nodes)
            # The gateway makes its streams when the first door comes, and lets it wait for them.
            visit = template.write(folder / "visit.json")
            wait_until(lambda: _is_served(made.ports, visit), 1.0)
            yield made
        finally:
            for node in nodes:
                node.kill()


def _is_served(ports: list[int], visit: Path) -> bool:
    with running(Publishers(ports, Load(messages=3, doors=3), visit)) as publishers:
        try:
            return publishers.done().messages == 3
        except RuntimeError:
            return False
