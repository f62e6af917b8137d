"""A box without a network has NetworkManager try again, and leaves it alone otherwise."""

from threading import Event

from kiosk.stages import Hitch
from mqtt_bridge.enrolling.hindrance import Hindered
from mqtt_bridge.reviving import Reviving


def run(addresses, answer=lambda: None):
    """How often it asked, by when the last of the addresses had been looked at."""
    stop, asked, left = Event(), [], list(addresses)

    def address():
        if len(left) == 1:
            stop.set()
        return left.pop(0)

    def try_again():
        asked.append(len(left))
        answer()

    Reviving(try_again=try_again, address=address, look_s=0.001).run(stop)
    return len(asked)


def test_a_box_on_the_net_leaves_network_manager_alone():
    assert run(["192.0.2.7", "192.0.2.7"]) == 0


def test_a_box_without_a_network_asks_at_each_look_until_it_has_one():
    assert run(["192.0.2.7", "", "", "192.0.2.7"]) == 2


def test_a_box_with_nobody_to_ask_goes_on_looking():
    def hinder():
        raise Hindered(Hitch.NO_WIFI, "no system bus")

    assert run(["", "", "192.0.2.7"], hinder) == 2
