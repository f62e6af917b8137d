"""The behaviour of the door, one situation a test."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk import cues
from kiosk.effects import Save, Sound
from kiosk.events import (
    Called,
    CodesRead,
    Ending,
    KeyPressed,
    NotSaved,
    PinChecked,
    Recalled,
    Saved,
    SetupAsked,
    TakenBack,
    Tick,
    VisitsListed,
)
from kiosk.flow import step
from kiosk.model import Direction, Format, LastVisit, PastVisit, Reason, Source, Visitor
from kiosk.phones import MAX_DIGITS
from kiosk.questions import Question
from kiosk.roster import Listed
from kiosk.rules import Policy, Way
from kiosk.stages import Stage, Step
from kiosk.states import OutOfOrder, Saving, SettingUp, Showing, Typing, Waiting
from tests import people
from tests.fakes import MORNING, FakeClock, FakeJournal
from tests.kiosk.doors import GUARDED, ZONE, Door

VISITOR = Visitor(format=Format.PHONE, phone="+84912345678")


def test_somebody_who_holds_up_a_card_is_welcomed():
    door = Door().show(people.CCCD)

    assert (door.reason, door.sounds) == (Reason.WELCOME, ["welcome"])


def test_the_visit_is_asked_to_be_saved_before_anything_is_shown():
    state, effects = step(Waiting(), Recalled(VISITOR, Source.CAMERA, None), FakeClock().now(), Policy(ZONE))

    assert isinstance(state, Saving)
    assert [type(effect) for effect in effects] == [Save]


def test_the_same_person_later_leaves():
    door = Door().show(people.CCCD).wait(3600).show(people.CCCD)

    assert (door.reason, door.state.verdict.since) == (Reason.GOODBYE, MORNING)


def test_an_entrance_tells_who_is_already_in_and_writes_nothing():
    door = Door(policy=Policy(ZONE, Way.IN)).show(people.CCCD).wait(60).show(people.CCCD)

    assert (door.reason, door.state.verdict.since) == (Reason.ALREADY_IN, MORNING)
    assert len(door.journal.visits) == 1


def test_the_same_code_within_two_and_a_half_seconds_is_one():
    door = Door().show(people.CCCD).wait(2.4).show(people.CCCD)

    assert len(door.journal.visits) == 1


def test_a_code_that_is_held_up_for_long_stays_one():
    door = Door()
    for _ in range(200):
        door.show(people.CCCD).wait(0.5)

    assert len(door.journal.visits) == 1


def test_two_codes_before_the_camera_at_once_do_not_take_turns():
    door = Door()
    for _ in range(50):
        door.show(people.CCCD).show(people.CAN_CUOC).wait(0.07)

    assert len(door.journal.visits) == 2


def test_another_code_interrupts_a_result():
    door = Door().show(people.CCCD).wait(0.5).show(people.CAN_CUOC)

    assert (door.reason, door.state.verdict.visitor.name) == (Reason.WELCOME, "Hoàng Thử")


def test_a_result_goes_by_itself():
    assert isinstance(Door().show(people.CCCD).wait(4.1).state, Waiting)


def test_a_code_that_is_not_for_here_is_answered_and_not_written_down():
    door = Door().show(people.PAYMENT)

    assert (door.reason, door.sounds, door.journal.visits) == (Reason.PAYMENT_CODE, ["refused"], [])


def test_a_phone_number_is_keyed_in_by_hand():
    door = Door().type("*0912345678#")

    assert door.reason is Reason.WELCOME
    assert door.journal.visits[0].source is Source.KEYPAD


def test_a_digit_opens_the_keypad_at_once():
    assert Door().type("0").typed == "0"


def test_the_star_erases_the_last_digit():
    assert Door().type("091*").typed == "09"


def test_erasing_the_only_digit_leaves_the_keypad_open():
    door = Door().type("0*")
    assert (type(door.state), door.typed) == (Typing, "")

    assert isinstance(door.type("#").state, Waiting)


def test_nine_digits_are_an_old_id_card():
    assert Door().type("091234567#").journal.visits[0].visitor.document == "091234567"


@pytest.mark.parametrize("keys", ["#78#", "*678#"])
def test_a_number_that_nobody_has_is_said_to_be_wrong_and_can_be_mended(keys):
    door = Door().type("09123456#").wait(1.1)
    assert door.reason is Reason.WRONG_NUMBER

    assert door.type(keys).journal.visits[0].visitor.phone == "+84912345678"


def test_after_a_wrong_number_the_next_one_is_typed_anew():
    door = Door().type("091#").type("0912345678#")

    assert door.journal.visits[0].visitor.phone == "+84912345678"


def test_a_wrong_number_comes_back_after_its_answer():
    door = Door().type("0912#").wait(4.1)

    assert (type(door.state), door.typed) == (Typing, "0912")


def test_a_number_that_nobody_finishes_is_forgotten():
    assert isinstance(Door().type("0912").wait(20.1).state, Waiting)


def test_a_code_wins_over_a_number_being_typed_and_the_number_is_kept_for_after():
    door = Door().type("0912").show(people.CCCD)
    assert door.reason is Reason.WELCOME

    assert door.wait(4.1).typed == "0912"


@pytest.mark.parametrize("pause_s", [0.3, 4.1])
def test_digits_that_go_on_while_a_code_is_answered_are_not_lost(pause_s):
    door = Door().type("09123").show(people.CCCD).wait(pause_s).type("45678#")

    assert [visit.visitor.phone for visit in door.journal.visits] == [None, "+84912345678"]


def test_a_number_that_was_whole_when_a_code_came_is_confirmed_over_its_answer():
    door = Door().type("0912345678").show(people.CCCD).wait(0.3).type("#")

    assert door.journal.visits[1].visitor.phone == "+84912345678"


def test_a_number_that_is_left_is_gone_however_many_cards_come():
    door = Door().type("091234567")
    for _ in range(3):
        door.wait(8).show(people.CCCD).wait(4.1)

    assert isinstance(door.state, Waiting)


def test_a_number_does_not_outlast_a_door_that_was_out_of_order():
    door = Door().type("0912").happen(Tick(able=False))
    door.clock.move(7200)

    assert (type(door.happen(Tick()).state), door.typed) == (Waiting, "")


@pytest.mark.parametrize(("state", "sound"), [("not_saved", "alarm"), ("out_of_order", "refused")])
def test_a_reader_that_beeps_while_nobody_is_served_is_contradicted(state, sound):
    door = Door(journal=FakeJournal(broken=True))
    door.show(people.CCCD) if state == "not_saved" else door.happen(Tick(able=False))
    door.sounds.clear()

    assert door.happen(CodesRead((people.CAN_CUOC,), Source.READER)).sounds == [sound]
    assert door.happen(CodesRead((people.CAN_CUOC,), Source.CAMERA)).sounds == [sound]


def test_a_number_cannot_grow_without_end():
    assert len(Door().type("1" * 40).typed) == MAX_DIGITS


def test_a_full_disk_is_said_aloud_and_stays_until_a_key_is_pressed():
    door = Door(journal=FakeJournal(broken=True)).show(people.CCCD).wait(60)
    assert (door.reason, door.sounds) == (Reason.NOT_SAVED, ["alarm"])

    assert isinstance(door.type("#").state, Waiting)


def test_whoever_types_on_does_not_wipe_a_failure_away_unseen():
    door = Door(journal=FakeJournal(broken=True)).show(people.CCCD)
    for key in "0912345678#":
        door.wait(0.15).type(key)
    assert (door.reason, set(door.sounds)) == (Reason.NOT_SAVED, {"alarm"})

    assert door.wait(2).type("5").reason is Reason.NOT_SAVED


def test_a_second_confirmation_does_not_wipe_the_answer_away():
    door = Door().type("0912345678##")
    assert (door.reason, door.sounds[-1]) == (Reason.WELCOME, "welcome")

    door = Door(journal=FakeJournal(broken=True)).type("0912345678##").wait(0.9).type("#")
    assert door.reason is Reason.NOT_SAVED


def test_a_number_that_could_not_be_saved_is_not_lost():
    door = Door(journal=FakeJournal(broken=True)).type("0912345678#").wait(2.1)
    door.journal.broken = False

    assert door.type("##").reason is Reason.WELCOME


def test_a_failure_without_a_keypad_to_dismiss_it_goes_by_itself():
    door = Door(journal=FakeJournal(broken=True)).show(people.CCCD)
    door.clock.move(4.1)

    assert isinstance(door.happen(Tick(has_keys=False)).state, Waiting)


def test_codes_of_two_people_at_once_are_nobodys_visit():
    door = Door().happen(CodesRead((people.CCCD, people.CAN_CUOC)))
    assert (door.reason, door.journal.visits) == (Reason.SEVERAL_VISITORS, [])

    assert door.show(people.CCCD).reason is Reason.WELCOME


def test_a_poster_beside_a_card_does_not_matter():
    assert Door().happen(CodesRead((people.PLACE, people.CCCD))).reason is Reason.WELCOME


def test_after_a_failure_the_same_code_is_tried_again():
    door = Door(journal=FakeJournal(broken=True)).show(people.CCCD)
    door.journal.broken = False

    assert door.wait(2.1).type("#").show(people.CCCD).reason is Reason.WELCOME


def test_while_a_failure_is_shown_nobody_else_is_let_in_unseen():
    door = Door(journal=FakeJournal(broken=True)).show(people.CCCD).show(people.CAN_CUOC)

    assert door.reason is Reason.NOT_SAVED


def test_a_door_that_can_learn_of_nobody_is_out_of_order_and_comes_back():
    door = Door().happen(Tick(able=False))
    assert isinstance(door.state, OutOfOrder)

    assert isinstance(door.happen(Tick(able=True)).state, Waiting)


def test_going_out_of_order_waits_for_the_disk():
    door = Door()
    door.state, _ = step(door.state, Recalled(VISITOR, Source.CAMERA, None), door.clock.now(), door.policy)

    assert isinstance(door.happen(Tick(able=False)).state, Saving)


def test_a_new_box_says_how_far_it_has_come_and_serves_all_the_same():
    stages = (Stage(Step.NETWORK, done=True), Stage(Step.CONFIGURATION, done=False))
    door = Door().happen(Tick(stages=stages))
    assert door.state == SettingUp(memory=door.state.memory, stages=stages)

    assert door.show(people.CCCD).reason is Reason.WELCOME
    door.clock.move(4.1)
    assert isinstance(door.happen(Tick(stages=stages)).happen(Tick(stages=stages)).state, SettingUp)
    assert isinstance(door.happen(Tick()).state, Waiting)


VISITS = st.builds(
    PastVisit,
    sequence=st.integers(1, 9),
    direction=st.sampled_from(Direction),
    at=st.just(MORNING),
    format=st.sampled_from(Format),
    taken_back=st.booleans(),
)
ASKED = (Question("fever", {"vi": "Quý vị có sốt không?"}), Question("tired", {"en": "Are you tired?"}))
POLICIES = st.builds(
    Policy,
    zone=st.just(ZONE),
    way=st.sampled_from(Way),
    guards=st.sampled_from([(), GUARDED.guards]),
    self_service=st.booleans(),
    asks_phone=st.booleans(),
    questions=st.sampled_from([(), ASKED]),
    languages=st.integers(1, 3),
    sets_up=st.booleans(),
)
times = st.floats(min_value=0, max_value=30)
happenings = (
    st.builds(
        CodesRead,
        st.lists(st.sampled_from(people.ALL) | st.text(max_size=8), min_size=1, max_size=2).map(tuple),
    )
    | st.builds(KeyPressed, st.sampled_from("0123456789*#ABCD"))
    | st.builds(
        Recalled,
        st.builds(Visitor, format=st.sampled_from(Format), phone=st.just("+84912345678")),
        st.sampled_from(Source),
        st.none() | st.builds(LastVisit, st.sampled_from(Direction), st.just(MORNING)),
    )
    | st.builds(PinChecked, st.none() | st.sampled_from([guard.name for guard in GUARDED.guards]))
    | st.builds(VisitsListed, st.lists(st.builds(Listed, VISITS), max_size=12).map(tuple))
    | st.builds(TakenBack, st.booleans())
    | st.sampled_from([Saved(), NotSaved(), Ending(), Called(), SetupAsked()])
    | st.builds(Tick, st.booleans(), st.booleans())
)


@settings(max_examples=300)
@given(POLICIES, st.lists(st.tuples(times, happenings), max_size=40))
def test_nobody_is_welcomed_without_saved(policy, story):
    """Over any sequence of events, a visit is shown or sounded only in the step that heard `Saved`."""
    clock, state = FakeClock(), Waiting()
    owed = False
    for pause, event in story:
        before = state
        state, effects = step(state, event, clock.move(pause), policy)
        saves = [effect for effect in effects if isinstance(effect, Save)]
        assert len(saves) <= 1
        if saves:
            assert not isinstance(before, Saving), "a second visit while one is being saved"
            owed = True
        says_so = {cues.WELCOME.name, cues.GOODBYE.name} & {
            effect.cue.name for effect in effects if isinstance(effect, Sound)
        }
        newly_shown = isinstance(state, Showing) and state.verdict.is_visit and state != before
        only_kept = newly_shown and isinstance(before, Showing) and state.verdict is before.verdict
        if says_so or (newly_shown and not only_kept):
            assert isinstance(event, Saved)
            assert isinstance(before, Saving)
            assert owed
            owed = False


@given(POLICIES, st.lists(st.tuples(times, happenings), max_size=40))
def test_the_door_always_comes_back_to_waiting(policy, story):
    clock, state = FakeClock(), Waiting()
    for pause, event in story:
        state, _ = step(state, event, clock.move(pause), policy)
    answered = (Saved(), TakenBack(done=False))
    for event in (*answered, KeyPressed("#"), Tick(), *answered, Tick(), Tick(), *answered, Tick(), Tick()):
        state, _ = step(state, event, clock.move(100), policy)

    assert isinstance(state, Waiting)
