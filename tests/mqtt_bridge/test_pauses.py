"""Growing, jittered pauses."""

from mqtt_bridge.pauses import Pauses


def test_pauses_grow_to_a_bound_and_never_beyond():
    pauses = Pauses(1.0, 8.0)

    assert all(pauses.next_s() <= bound for bound in (1, 2, 4, 8, 8, 8))


def test_two_doors_do_not_knock_at_the_same_moment():
    assert Pauses(1.0, 60.0).next_s() != Pauses(1.0, 60.0).next_s()


def test_success_makes_pauses_short_again():
    pauses = Pauses(1.0, 1000.0)
    for _ in range(10):
        pauses.next_s()
    pauses.reset()

    assert pauses.next_s() <= 1.0
