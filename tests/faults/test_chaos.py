"""The whole house under faults, for a little while; `make test-faults` takes its time."""

import pytest

from tests.faults.disk import needs_mounting
from tests.faults.run import KINDS, run

SECONDS, GAP_S, DOORS = 10, 0.45, 2
"""So short that every kind of fault just has its turn."""
OFTEN, SELDOM = KINDS
"""What a centre has by itself is tried with each change, its other database with the whole machine's tests."""


@needs_mounting
@pytest.mark.parametrize("kind", [OFTEN, pytest.param(SELDOM, marks=pytest.mark.guest)])
def test_what_the_screens_confirmed_is_in_the_database_once_in_order_and_told_to_nobody(kind):
    outcome = run(kind, seconds=SECONDS, gap_s=GAP_S, seed=7, doors=DOORS)

    assert not outcome.wrong, "\n".join([outcome.line, *outcome.wrong, f"evidence: {outcome.evidence}"])
