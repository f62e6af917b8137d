"""Real nats-servers on loopback, with JetStream and the MQTT gateway: one alone, or several as a cluster."""

import http.client
import json
import shutil
from collections.abc import Sequence
from pathlib import Path

from tests.ports import free_port
from tests.programs import BIN, Program, eventually

CLUSTER = "kiosk"
START_S = 30.0
"""Until the nodes of a cluster have found each other, and chosen who leads."""


class Nats(Program):
    """
    A node on free ports, that runs when this returns.

    Args:
        folder: Where it keeps what it keeps, in a folder of its name.
        name: Its own among the nodes.
        cluster: The cluster's ports of all nodes, this one's first; none for a server that is alone.
        extra: Further lines of its settings.
        waits: Whether `start()` waits until it is ready; a cluster's first nodes are so when others have come.

    Attributes:
        port: Where doors knock, by MQTT in clear.
        url: Where collectors knock.
        settings: The file with its settings.
    """

    def __init__(
        self,
        folder: Path,
        name: str = "n1",
        cluster: Sequence[int] = (),
        extra: str = "",
        *,
        waits: bool = True,
    ) -> None:
        self.name = name
        self.folder = folder / name
        self.folder.mkdir(parents=True, exist_ok=True)
        self.port, nats_port, self._monitor = free_port(), free_port(), free_port()
        self.url = f"nats://127.0.0.1:{nats_port}"
        self._waits = waits
        self.settings = self.folder / "nats-server.conf"
        together = ""
        if cluster:
            routes = ", ".join(f'"nats://127.0.0.1:{port}"' for port in cluster)
            together = (
                f"cluster {{ name: {CLUSTER}, listen: 127.0.0.1:{cluster[0]}, routes: [ {routes} ] }}\n"
            )
        self.settings.write_text(
            f"server_name: {name}\nlisten: 127.0.0.1:{nats_port}\nhttp: 127.0.0.1:{self._monitor}\n"
            f'jetstream {{ store_dir: "{self.folder}", sync_interval: always }}\n'
            f'mqtt {{ listen: 127.0.0.1:{self.port}, ack_wait: "30s", max_ack_pending: 1000, '
            f"stream_replicas: {min(3, len(cluster) or 1)} }}\n"
            f"{together}{extra}"
        )
        super().__init__(BIN / "nats-server", "-c", self.settings)

    def start(self) -> None:
        super().start()
        if self._waits:
            self.wait()

    def wait(self) -> None:
        """Wait until it takes what doors and collectors say, and keeps it."""
        eventually(self.is_ready, START_S)

    def is_ready(self) -> bool:
        """Whether it says so itself."""
        assert self.process.poll() is None, self.errors[-20:]
        return self.ask("/healthz").get("status") == "ok"

    def ask(self, path: str) -> dict:
        """What its monitoring tells, such as `/jsz?streams=true`; nothing while it does not answer."""
        line = http.client.HTTPConnection("127.0.0.1", self._monitor, timeout=5)
        try:
            line.request("GET", path)
            return json.loads(line.getresponse().read())
        except (OSError, http.client.HTTPException, ValueError):
            return {}
        finally:
            line.close()

    def wipe(self) -> None:
        """Lose all that it keeps, as with its disk; it must not run."""
        shutil.rmtree(self.folder / "jetstream", ignore_errors=True)


def cluster(folder: Path, size: int = 3, extra: str = "") -> list[Nats]:
    """
    Nodes that replicate to each other and are ready.

    Args:
        folder: Where each has a folder of its own.
        size: How many; three replicas at most are kept.
        extra: Further lines of their settings.
    """
    ports = [free_port() for _ in range(size)]
    nodes = [
        Nats(folder, f"n{number + 1}", [*ports[number:], *ports[:number]], extra, waits=False)
        for number in range(size)
    ]
    for node in nodes:
        node.wait()
    return nodes
