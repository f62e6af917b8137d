"""At which of several brokers a door knocks."""

from itertools import islice

import pytest

from mqtt_bridge.brokers import one_after_the_other


@pytest.mark.parametrize("hosts", [("a",), ("a", "b", "c")])
def test_each_host_has_its_turn_again_and_again(hosts):
    dialled = list(islice(one_after_the_other(hosts), 2 * len(hosts)))

    assert sorted(dialled[: len(hosts)]) == sorted(hosts)
    assert dialled[: len(hosts)] == dialled[len(hosts) :]


def test_doors_share_the_brokers_out_among_themselves():
    assert {next(one_after_the_other(("a", "b", "c"))) for _ in range(200)} == {"a", "b", "c"}
