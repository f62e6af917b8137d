"""Which visits go out next, and which again."""

from hypothesis import given
from hypothesis import strategies as st

from mqtt_bridge import sending
from mqtt_bridge.sending import WINDOW, Parcel


def test_a_new_connection_begins_after_the_last_receipt():
    assert sending.begin(7, 0.0).handed_over == 7


def test_no_more_messages_go_out_than_the_window_holds():
    state = sending.begin(0, 0.0)
    for number in range(1, WINDOW + 1):
        assert state.has_room
        state = sending.posted(state, Parcel(number, (number,)))

    assert not state.has_room


def test_an_acknowledgement_makes_room_and_names_its_visits():
    state = sending.posted(sending.begin(0, 0.0), Parcel(5, (1, 2, 3)))

    state, visits = sending.acknowledged(state, 5)

    assert (visits, state.under_way, state.handed_over) == ((1, 2, 3), (), 3)


def test_an_acknowledgement_of_something_else_changes_nothing():
    state = sending.begin(0, 0.0)

    assert sending.acknowledged(state, 9) == (state, ())


def test_visits_without_receipt_are_due_again_after_a_while():
    state = sending.posted(sending.begin(0, 0.0), Parcel(1, (1,)))

    assert not sending.is_stalled(state, 4.9, 5.0)
    assert sending.is_stalled(state, 5.0, 5.0)


def test_a_busy_door_does_not_put_off_what_is_owed():
    """A visitor every four seconds, and no receipt: the first visit is due again after five all the same."""
    state = sending.begin(0, 0.0)
    for number in (1, 2, 3):
        state = sending.posted(state, Parcel(number, (number,), 4.0 * (number - 1)))
        state, _ = sending.acknowledged(state, number)

    assert sending.is_stalled(state, 8.0, 5.0)


def test_a_broker_that_acknowledges_nothing_is_not_heard():
    state = sending.posted(sending.begin(0, 0.0), Parcel(1, (1,), 10.0))

    assert not sending.is_unheard(state, 14.9, 5.0)
    assert sending.is_unheard(state, 15.0, 5.0)


def test_a_receipt_for_everything_ends_the_waiting():
    state = sending.posted(sending.begin(0, 0.0), Parcel(1, (1,)))

    assert not sending.is_stalled(sending.receipted(state, 1, 1.0), 1000.0, 5.0)


def test_a_receipt_that_tells_nothing_new_is_no_progress():
    state = sending.posted(sending.begin(3, 0.0), Parcel(1, (4,)))

    assert sending.receipted(state, 3, 4.0) == state


acts = st.lists(
    st.tuples(st.sampled_from(["post", "ack", "receipt", "resend"]), st.integers(1, 30)), max_size=60
)


@given(acts)
def test_nothing_is_skipped_whatever_happens(story):
    """What is handed over is always an unbroken run from the last receipt on."""
    state, posted_to = sending.begin(0, 0.0), 0
    for act, number in story:
        if act == "post" and state.has_room:
            state = sending.posted(state, Parcel(number, (state.handed_over + 1,)))
            posted_to = max(posted_to, state.handed_over)
        elif act == "ack":
            state, _ = sending.acknowledged(state, number)
        elif act == "receipt":
            state = sending.receipted(state, min(number, posted_to), 0.0)
        elif act == "resend":
            state = sending.begin(state.settled, 0.0)
        assert state.settled <= state.handed_over <= posted_to
