"""What the intake of this process has done since it began: for `/metrics`, or a port of its own."""

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    start_http_server,
)

from collector.errors import AddressUnusable
from collector.ingest.storing import Outcome
from collector.standing import standing

_HERE = "127.0.0.1"

registry = CollectorRegistry()
"""Of this process."""

_BATCHES = Counter("entrance_intake_batches", "Batches that the intake has committed.", registry=registry)
_VISITS = Counter(
    "entrance_intake_visits",
    "Visits that the intake has committed: new ones, those that were there, and messages set aside.",
    ["outcome"],
    registry=registry,
)
_COMMIT = Histogram(
    "entrance_intake_commit_seconds",
    "How long the commit of a batch took.",
    buckets=(0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5),
    registry=registry,
)
_STORED, _REPEATED, _ASIDE = (_VISITS.labels(outcome) for outcome in ("stored", "repeated", "set_aside"))


def committed(outcome: Outcome, took_s: float) -> None:
    """
    A batch was committed. Any thread may call this; it costs some microseconds.

    Args:
        outcome: What became of it.
        took_s: How long that took.
    """
    _BATCHES.inc()
    _STORED.inc(outcome.stored)
    _REPEATED.inc(outcome.repeated)
    _ASIDE.inc(outcome.set_aside)
    _COMMIT.observe(took_s)


def listen(port: int | None) -> None:
    """
    Tell programs of this machine the figures of this process, on threads of their own.

    Args:
        port: TCP port; None for no such thing.

    Raises:
        AddressUnusable: If nobody can listen there.
    """
    if port is None:
        return
    own = CollectorRegistry()
    own.register(registry)
    ProcessCollector(registry=own)
    says = "Whether the broker lets the intake of this process in."
    Gauge("entrance_line_up", says, registry=own).set_function(lambda: bool(standing.line_up))
    try:
        start_http_server(port, addr=_HERE, registry=own)
    except OSError as error:
        remedy = f"{error.strerror}; each process needs its own, choose another with --metrics-port"
        raise AddressUnusable(f"figures at {_HERE}:{port}: {remedy}") from error
