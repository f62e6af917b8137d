"""By what one stranger of the net is told from another."""

import pytest

from collector import networks


@pytest.fixture
def own(tmp_path):
    """This machine's addresses, as Linux tells them."""
    file = tmp_path / "if_inet6"
    file.write_text("20010db8000000010000000000000002 04 40 00 80     eth0\n")
    return file


@pytest.mark.parametrize(
    ("address", "whose"),
    [
        ("2001:db8:0:1::7", "2001:db8:0:1::7"),
        ("2001:db8:0:2::7", "2001:db8:0:2::"),
        ("192.168.1.10", "192.168.1.10"),
        ("::ffff:192.168.1.10", "192.168.1.10"),
        ("?", "?"),
    ],
)
def test_neighbours_are_told_apart_and_strangers_by_their_network(own, address, whose):
    assert networks.neighbour(address, own) == whose


def test_where_nobody_says_which_addresses_are_ours_all_are_strangers(tmp_path):
    assert networks.neighbour("2001:db8:0:1::7", tmp_path / "none") == "2001:db8:0:1::"
