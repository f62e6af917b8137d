"""What the intake of this process has done since it began, for `/metrics`."""

from prometheus_client import CollectorRegistry, Counter, Histogram

from collector.ingest.storing import Outcome

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
