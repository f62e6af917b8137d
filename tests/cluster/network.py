"""
The machines of a cluster: network namespaces on a bridge, whose cables can be pulled.

Where the kernel or our rights do not allow those, machines are ports on loopback, and their network cannot break.
"""

import contextlib
import os
import re
import signal
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from tests.ports import free_port

NOWHERE = "02:00:00:00:00:00"
"""A hardware address that no card has: what is sent to it leaves, and is lost, as in a network that lost its way."""
NARROW = ("tbf", "rate", "2mbit", "burst", "8kb", "latency", "400ms")
LATE = ("netem", "delay", "100ms")
IFNAMSIZ = 15
"""Letters of the name of a device, at most."""
_NAME = re.compile(r"kc(\d+)-\w+")
_INSIDE = "eth0"


@dataclass(frozen=True)
class Ports:
    """On which TCP ports a node listens."""

    doors: int
    centre: int
    nodes: int
    monitor: int


PORTS = Ports(8883, 4222, 6222, 8222)
"""As in the recipe: each machine has an address of its own."""


@dataclass(frozen=True)
class Machine:
    """
    Where programs run.

    Attributes:
        name: Its own among the machines.
        address: IPv4.
        ports: Where its node listens.
        prefix: What stands before a command that is to run there.
    """

    name: str
    address: str
    ports: Ports = PORTS
    prefix: tuple[str, ...] = ()


class Unavailable(Exception):
    """Machines of their own cannot be had here; it says why."""


class Loopback:
    """Machines that are ports of this one."""

    can_break = False
    slowness = "never"

    def __init__(self, names: Iterable[str]) -> None:
        self.machines = [
            Machine(name, "127.0.0.1", Ports(free_port(), free_port(), free_port(), free_port()))
            for name in names
        ]

    def close(self) -> None:
        """Nothing was made."""


class Namespaces:
    """
    Machines that are network namespaces, each on a cable to one bridge; so is this machine.

    Args:
        names: How the machines are called.

    Attributes:
        machines: In the order of their names.

    Raises:
        Unavailable: If the kernel, or whoever runs this, may not make them.
    """

    can_break = True

    def __init__(self, names: Iterable[str]) -> None:
        self._own = f"kc{os.getpid()}"
        self._bridge = f"{self._own}-b"
        # 198.18.0.0/15 is for tests of networks, and is nobody's (RFC 2544).
        net = f"198.18.{os.getpid() % 250 + 1}"
        self.machines = []
        with contextlib.ExitStack() as made:
            made.callback(self.close)
            try:
                _sweep()
                _ip("link", "add", self._bridge, "type", "bridge")
                _ip("addr", "add", f"{net}.1/24", "dev", self._bridge)
                _ip("link", "set", self._bridge, "up")
                for number, name in enumerate(names, start=11):
                    self._add(
                        Machine(
                            name, f"{net}.{number}", prefix=("ip", "netns", "exec", f"{self._own}-{name}")
                        )
                    )
            except (OSError, subprocess.CalledProcessError) as error:
                said = (
                    error.stderr.strip() if isinstance(error, subprocess.CalledProcessError) else str(error)
                )
                raise Unavailable(said) from error
            self.slowness = self._make_slow(self.machines[0], LATE) and "100 ms later"
            self.slowness = self.slowness or "at 2 Mbit/s (this kernel has no netem)"
            self._hurry(self.machines[0])
            made.pop_all()

    def unplug(self, machine: Machine) -> None:
        """Pull its cable."""
        _ip("link", "set", self._cable(machine), "down")

    def plug(self, machine: Machine) -> None:
        """Put its cable back."""
        _ip("link", "set", self._cable(machine), "up")

    def lose(self, sender: Machine, receiver: Machine) -> None:
        """Let nothing arrive any more that one sends to the other; what comes back does."""
        _ip("-n", self._space(sender), "neigh", "replace", receiver.address, "lladdr", NOWHERE, "nud", "permanent",
            "dev", _INSIDE)  # fmt: skip

    def find(self, sender: Machine, receiver: Machine) -> None:
        """Let arrive again what one sends to the other."""
        _ip("-n", self._space(sender), "neigh", "del", receiver.address, "dev", _INSIDE)

    def cut(self, machine: Machine) -> None:
        """Cut it from the other machines, both ways; this one still reaches it."""
        for other in self._others(machine):
            self.lose(machine, other)
            self.lose(other, machine)

    def join(self, machine: Machine) -> None:
        """Undo `cut`."""
        for other in self._others(machine):
            self.find(machine, other)
            self.find(other, machine)

    def mute(self, machine: Machine) -> None:
        """It hears the others, and they do not hear it."""
        for other in self._others(machine):
            self.lose(machine, other)

    def unmute(self, machine: Machine) -> None:
        """Undo `mute`."""
        for other in self._others(machine):
            self.find(machine, other)

    def slow(self, machine: Machine) -> None:
        """Have all that it sends be late: by a tenth of a second, or by a narrow line where the kernel has no netem."""
        assert self._make_slow(machine, LATE) or self._make_slow(machine, NARROW)

    def hurry(self, machine: Machine) -> None:
        """Undo `slow`."""
        self._hurry(machine)

    def close(self) -> None:
        """Take the machines away, with whatever still runs on them."""
        _remove(self._own)

    def _add(self, machine: Machine) -> None:
        space, cable = self._space(machine), self._cable(machine)
        _ip("netns", "add", space)
        _ip("link", "add", cable, "type", "veth", "peer", "name", _INSIDE, "netns", space)
        _ip("link", "set", cable, "master", self._bridge, "up")
        _ip("-n", space, "addr", "add", f"{machine.address}/24", "dev", _INSIDE)
        for device in ("lo", _INSIDE):
            _ip("-n", space, "link", "set", device, "up")
        self.machines.append(machine)

    def _others(self, machine: Machine) -> list[Machine]:
        return [other for other in self.machines if other is not machine]

    def _space(self, machine: Machine) -> str:
        return f"{self._own}-{machine.name}"

    def _cable(self, machine: Machine) -> str:
        return self._space(machine)[:IFNAMSIZ]

    def _make_slow(self, machine: Machine, how: tuple[str, ...]) -> bool:
        command = ["tc", "-n", self._space(machine), "qdisc", "replace", "dev", _INSIDE, "root", *how]
        return subprocess.run(command, check=False, capture_output=True).returncode == 0

    def _hurry(self, machine: Machine) -> None:
        command = ["tc", "-n", self._space(machine), "qdisc", "del", "dev", _INSIDE, "root"]
        subprocess.run(command, check=False, capture_output=True)


def _sweep() -> None:
    """Remove what runs left that were killed."""
    for line in _ip("netns", "list").splitlines() if Path("/run/netns").is_dir() else ():
        found = _NAME.match(line)
        if found and not Path(f"/proc/{found[1]}").exists():
            _remove(f"kc{found[1]}")


def _remove(own: str) -> None:
    try:
        spaces = [line.split()[0] for line in _ip("netns", "list").splitlines()]
    except (OSError, subprocess.CalledProcessError):
        return
    for space in (space for space in spaces if space.startswith(f"{own}-")):
        for process in _ip("netns", "pids", space).split():
            with contextlib.suppress(ProcessLookupError):
                os.kill(int(process), signal.SIGKILL)
        # The cable goes with it, but later.
        for gone in (("link", "del", space[:IFNAMSIZ]), ("netns", "del", space)):
            with contextlib.suppress(subprocess.CalledProcessError):
                _ip(*gone)
    with contextlib.suppress(subprocess.CalledProcessError):
        _ip("link", "del", f"{own}-b")


def _ip(*arguments: str) -> str:
    return subprocess.run(["ip", *arguments], check=True, capture_output=True, text=True).stdout
