"""What can go wrong with a nation: its nodes, their network, its collectors, all doors at once."""

from collections.abc import Callable, Iterable
from functools import partial

from tests.cluster.doors import Doors
from tests.cluster.nation import Nation
from tests.cluster.network import Loopback, Machine, Namespaces
from tests.cluster.plan import Kind, Meanwhile
from tests.faults.keeping import Kept

DEAD_S, CUT_S, SLOW_S = 5.0, 12.0, 10.0
NETWORK_FAULTS = ("node cut from the others", "node not heard by the others", "node unplugged", "node slow")
FAULTS = (
    "node killed",
    "all nodes killed",
    "node wiped",
    "collector killed, another added",
    "attend killed",
    "all doors at once",
    *NETWORK_FAULTS,
)
"""The names of all kinds that no database knows."""


def kinds(nation: Nation, doors: Doors) -> list[Kind]:
    """All but what its database knows; without namespaces, without what goes wrong between machines."""
    nodes, collectors = len(nation.nodes), len(nation.collectors)
    found = [
        Kind(
            "node killed",
            nodes,
            each=True,
            lasts_s=DEAD_S,
            pull=lambda target, wait: _kill(nation, [target], wait),
        ),
        Kind("all nodes killed", lasts_s=1.0, pull=lambda _target, wait: _kill(nation, range(nodes), wait)),
        Kind("node wiped", nodes, lasts_s=DEAD_S, pull=lambda target, wait: _wipe(nation, target, wait)),
        Kind("collector killed, another added", collectors, lasts_s=DEAD_S, pull=_Replacing(nation)),
        Kind("attend killed", lasts_s=DEAD_S, pull=lambda _target, wait: nation.attend.kill(wait)),
        Kind("all doors at once", lasts_s=0, pull=lambda _target, wait: (doors.storm(), wait())),
    ]
    network = nation.network
    return found if isinstance(network, Loopback) else found + between_machines(network)


def between_machines(network: Namespaces) -> list[Kind]:
    """What goes wrong with their network."""

    def lasting(
        begin: Callable[[Machine], None], end: Callable[[Machine], None]
    ) -> Callable[[int, Meanwhile], None]:
        def pull(target: int, meanwhile: Meanwhile) -> None:
            machine = network.machines[target]
            begin(machine)
            try:
                meanwhile()
            finally:
                end(machine)

        return pull

    number = len(network.machines)
    return [
        Kind("node cut from the others", number, lasts_s=CUT_S, pull=lasting(network.cut, network.join)),
        Kind(
            "node not heard by the others", number, lasts_s=CUT_S, pull=lasting(network.mute, network.unmute)
        ),
        Kind("node unplugged", number, lasts_s=CUT_S, pull=lasting(network.unplug, network.plug)),
        Kind("node slow", number, lasts_s=SLOW_S, pull=lasting(network.slow, network.hurry)),
    ]


class _Replacing:
    """A collector is killed, and another takes its place at once; later the first is back, and the other goes."""

    def __init__(self, nation: Nation) -> None:
        self._nation = nation
        self._next = len(nation.collectors) + 1

    def __call__(self, target: int, meanwhile: Meanwhile) -> None:
        other: Kept = self._nation.collector(self._next)
        self._next += 1

        def replaced() -> None:
            other.start()
            meanwhile()

        try:
            self._nation.collectors[target].kill(replaced)
        finally:
            other.stop()


def _kill(nation: Nation, numbers: Iterable[int], meanwhile: Meanwhile) -> None:
    """All of them, at nearly the same moment; so they come back."""
    work: Meanwhile = meanwhile
    for number in numbers:
        work = partial(nation.nodes[number].program.kill, work)
    work()


def _wipe(nation: Nation, target: int, meanwhile: Meanwhile) -> None:
    node = nation.nodes[target]
    node.program.kill(lambda: (node.wipe(), meanwhile()))
