"""What the benchmarks of the road share: programs that run and end, and what they took."""

import os
import socket
import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from paho.mqtt import client as paho
from paho.mqtt.enums import CallbackAPIVersion

from tests.ports import free_port
from tests.programs import Program, eventually

PATIENCE_S = 60.0
"""Longest wait for anything: what is slower than that is a failure, not a figure."""
_TICKS_PER_S = os.sysconf("SC_CLK_TCK")
_Running = TypeVar("_Running", bound=Program)


@contextmanager
def running(program: _Running) -> Iterator[_Running]:
    """A program that ends with the block, whatever happens in it."""
    try:
        yield program
    finally:
        if program.process.poll() is None:
            program.kill()


class Mosquitto(Program):
    """A broker on a free port as Debian ships it, with nobody who listens to what it carries."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        config = folder / "mosquitto.conf"
        config.write_text(
            f"listener {self.port} 127.0.0.1\nallow_anonymous true\nset_tcp_nodelay true\nuser root\n"
            f"persistence true\npersistence_location {folder}/\nmax_queued_messages 200000\n"
            "log_type subscribe\nlog_type error\n"
        )
        found = Path("/usr/sbin/mosquitto")
        super().__init__(found if found.exists() else "mosquitto", "-c", config)


@contextmanager
def broker() -> Iterator[Mosquitto]:
    """A new broker in a folder of its own: no session of an earlier run is in it."""
    with (
        tempfile.TemporaryDirectory(prefix="road-") as folder,
        running(Mosquitto(Path(folder))) as mosquitto,
    ):
        wait_until(lambda: _listens(mosquitto.port))
        yield mosquitto


@contextmanager
def connected(port: int, name: str) -> Iterator[paho.Client]:
    """Bare paho on a broker of this machine."""
    client = paho.Client(CallbackAPIVersion.VERSION2, client_id=name)
    is_up = threading.Event()
    client.on_connect = lambda *_: is_up.set()
    client.connect("127.0.0.1", port)
    client.loop_start()
    try:
        if not is_up.wait(PATIENCE_S):
            raise RuntimeError("the broker does not let us in")
        yield client
    finally:
        client.disconnect()
        client.loop_stop()


def wait_for_subscription(mosquitto: Mosquitto, topic: str, times: int = 1) -> None:
    """Wait until somebody hears a topic, or so many do."""
    eventually(lambda: sum(line.endswith(f" {topic}") for line in mosquitto.errors) >= times, PATIENCE_S)


def wait_until(is_so: Callable[[], bool], every_s: float = 0.02, patience_s: float = PATIENCE_S) -> float:
    """When something came to pass (monotonic seconds). Looks so seldom that looking costs nothing."""
    end_s = time.monotonic() + patience_s
    while not is_so():
        if time.monotonic() > end_s:
            raise RuntimeError(f"did not come to pass in {patience_s:.0f} s")
        time.sleep(every_s)
    return time.monotonic()


def cpu_s(*pids: int) -> float:
    """Seconds of processor time that processes have taken, all their threads together."""
    fields = [Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split() for pid in pids]
    return sum(int(user) + int(system) for *_, user, system in (own[:13] for own in fields)) / _TICKS_PER_S


def memory_mb(pid: int) -> tuple[float, float]:
    """What a process takes of the memory now, and what it took at most."""
    facts = dict(
        line.split(":", 1)
        for line in Path(f"/proc/{pid}/status").read_text("utf-8").splitlines()
        if ":" in line
    )
    now_mb, most_mb = (int(facts[name].split()[0]) / 1024 for name in ("VmRSS", "VmHWM"))
    return now_mb, most_mb


def median(figures: Sequence[float]) -> float:
    """The middle one of several rounds."""
    return statistics.median(figures)


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
