"""Setting up by code, at the door: when it is open, which codes are taken, and what nothing may do."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk import signing, views
from kiosk.effects import Enrol
from kiosk.events import CodeGlimpsed, CodesRead, Ending, KeyPressed, NotSaved, Saved, SetupAsked, Tick
from kiosk.flow import step
from kiosk.glimpse import Glimpse
from kiosk.model import Reason
from kiosk.rules import Policy
from kiosk.signals import Mood, Picture
from kiosk.signing import Purpose, SignedCode
from kiosk.stages import Hitch, Step, steps
from kiosk.states import Asking, SettingUp, Waiting
from tests import people
from tests.fakes import MORNING, FakeClock
from tests.kiosk.doors import GUARDED, WELL, ZONE, Door, manner
from tests.kiosk.setup_codes import HOUR, NOBODYS, OTHER_KEY, OURS, TOKEN, badge, signed

ASKS = replace(OURS, asks_phone=True)


def new_box():
    return Door(policy=NOBODYS).happen(Tick(stages=steps()))


def opened():
    return Door(policy=OURS).show(badge())


# A box that is nobody's.


def test_a_new_box_asks_for_a_set_up_code():
    view = new_box().view("en")

    assert (view.state, view.headline) == ("setting_up", "Hold the set-up code here")
    assert view.aiming


def test_a_new_box_hands_a_set_up_code_over():
    door = new_box().show(signed())

    assert (door.handed_over, door.sounds) == ([signed()], ["on_duty"])
    assert isinstance(door.state, SettingUp)


def test_a_new_box_takes_the_code_of_any_centre():
    assert new_box().show(signed(OTHER_KEY)).handed_over == [signed(OTHER_KEY)]


def test_a_code_that_is_held_up_all_the_while_is_one():
    door = new_box()
    for _ in range(100):
        door.show(signed()).wait(0.5)

    assert door.handed_over == [signed()]


def test_after_one_code_the_next_is_taken():
    door = new_box().show(signed()).wait(0.5).show(signed(url="https://other.example:1"))

    assert len(door.handed_over) == 2


def test_a_code_that_is_shown_again_is_tried_again():
    assert len(new_box().show(signed()).wait(3).show(signed()).handed_over) == 2


def test_a_code_beside_a_card_counts():
    door = new_box().happen(CodesRead((people.CCCD, signed())))

    assert (door.handed_over, door.journal.visits) == ([signed()], [])


def test_visitors_are_served_at_a_new_box():
    door = new_box().show(people.CCCD)
    assert door.reason is Reason.WELCOME

    assert isinstance(door.wait(5).happen(Tick(stages=steps())).state, SettingUp)


def test_the_answer_to_a_visitor_gives_way_to_a_code():
    assert new_box().show(people.CCCD).wait(0.5).show(signed()).handed_over == [signed()]


def test_a_code_that_is_over_is_refused_in_words():
    door = new_box().show(signed(expires=MORNING))

    assert (door.reason, door.handed_over) == (Reason.EXPIRED_SETUP, [])


def test_a_clock_that_nobody_set_calls_no_code_over():
    door = Door(policy=NOBODYS, clock=FakeClock(trusted=False))

    assert door.show(signed(expires=MORNING)).handed_over


def test_a_code_that_is_garbled_is_refused_in_words():
    door = new_box().show("EK1:" + "%" * 40)

    assert (door.reason, door.handed_over) == (Reason.BROKEN_CODE, [])


def test_a_box_that_does_not_set_up_takes_no_code():
    door = Door(policy=replace(NOBODYS, sets_up=False)).show(signed())

    assert not door.handed_over
    assert not isinstance(door.state, SettingUp)


# A box that is in service.


def test_a_box_in_service_answers_a_set_up_code_as_one_that_is_not_for_here():
    door = Door(policy=OURS).show(signed())

    assert (door.reason, door.handed_over) == (Reason.SETUP_CODE, [])


def test_a_technicians_badge_opens_it_and_it_says_so():
    door = opened()
    view = door.view("en")

    assert (view.state, view.headline) == ("setting_up", "Hold the set-up code here")
    assert [key.text for key in view.keys] == ["Close setting up", "Check the box"]


def test_its_own_centres_code_is_taken_then():
    assert opened().show(signed()).handed_over == [signed()]


def test_another_centres_code_is_refused_in_words():
    door = opened().show(signed(OTHER_KEY))

    assert (door.reason, door.handed_over) == (Reason.FOREIGN_SETUP, [])


def test_the_button_opens_it():
    assert isinstance(Door(policy=OURS).happen(SetupAsked()).state, SettingUp)


def test_it_closes_by_itself():
    door = opened().wait(599)
    assert isinstance(door.state, SettingUp)
    assert isinstance(door.wait(2).state, Waiting)

    assert door.show(signed()).handed_over == []


def test_a_key_closes_it():
    door = opened().type("*")

    assert isinstance(door.state, Waiting)
    assert door.show(signed()).handed_over == []


def test_visitors_are_served_while_it_is_open():
    door = opened().show(people.CCCD)
    assert door.reason is Reason.WELCOME

    assert isinstance(door.wait(5).wait(0).state, SettingUp)


@pytest.mark.parametrize(
    ("shown", "reason"),
    [
        (badge(OTHER_KEY), Reason.FORGED_CODE),
        (badge(expires=MORNING), Reason.EXPIRED_CODE),
        (badge().replace("EK1:", "EK1:A"), Reason.FORGED_CODE),
    ],
    ids=["another centre's", "over", "changed"],
)
def test_no_other_badge_opens_it(shown, reason):
    door = Door(policy=OURS).show(shown)

    assert door.reason in {reason, Reason.BROKEN_CODE}
    assert door.wait(5).show(signed()).handed_over == []


def test_an_old_badge_opens_nothing_though_nobody_set_the_clock():
    door = Door(policy=OURS, clock=FakeClock(trusted=False)).show(badge(expires=MORNING))

    assert door.reason is Reason.EXPIRED_CODE


def test_at_a_box_that_does_not_set_up_a_badge_is_only_named():
    assert Door(policy=replace(OURS, sets_up=False)).show(badge()).reason is Reason.TECHNICIAN_CODE


@pytest.mark.parametrize("purpose", [Purpose.PASS, Purpose.BADGE, Purpose.SETUP])
def test_no_code_of_another_purpose_opens_it(purpose):
    code = SignedCode(purpose, "invented", MORNING + HOUR, name="Lò Văn An")
    door = Door(policy=OURS).show(signing.sign(code, bytes(range(32))))

    assert not isinstance(door.state, SettingUp)


def test_nobody_is_asked_anything_less_because_of_a_badge():
    """A visit that waits for an answer is not taken off the screen."""
    door = Door(policy=ASKS).show(people.CCCD)
    assert isinstance(door.state, Asking)

    assert isinstance(door.show(badge()).happen(SetupAsked()).state, Asking)


shown = st.sampled_from(
    [
        *people.ALL,
        *(signed(), signed(OTHER_KEY), badge(OTHER_KEY), badge(expires=MORNING)),
        *(signing.sign(SignedCode(one, "x", MORNING + HOUR), bytes(range(32))) for one in (Purpose.PASS,)),
    ]
) | st.text(max_size=30).map(lambda text: f"EK1:{text}")
happenings = (
    st.builds(CodesRead, st.lists(shown, min_size=1, max_size=2).map(tuple))
    | st.builds(KeyPressed, st.sampled_from("0123456789*#ABCD"))
    | st.builds(CodeGlimpsed, st.sampled_from(Glimpse))
    | st.sampled_from([Saved(), NotSaved(), Ending()])
    | st.builds(Tick, st.booleans(), st.booleans())
)


@given(
    st.sampled_from([OURS, ASKS, replace(OURS, guards=GUARDED.guards)]),
    st.lists(st.tuples(st.floats(0, 30), happenings), max_size=30),
)
def test_nothing_that_a_visitor_does_opens_a_box_in_service(policy, story):
    clock, state = FakeClock(), Waiting()
    for pause_s, event in story:
        state, effects = step(state, event, clock.move(pause_s), policy)
        assert not isinstance(state, SettingUp)
        assert not any(isinstance(effect, Enrol) for effect in effects)


@pytest.mark.parametrize("policy", [NOBODYS, OURS, Policy(ZONE)], ids=["new", "ours", "sets nothing up"])
@given(story=st.lists(st.tuples(st.floats(0, 30), happenings | st.just(SetupAsked())), max_size=30))
def test_every_event_has_an_answer_while_setting_up(policy, story):
    clock, state = FakeClock(), SettingUp(stages=steps(Step.CODE))
    for pause_s, event in story:
        state, _ = step(state, event, clock.move(pause_s), policy)
        assert views.view(state, WELL, clock.now(), manner(policy)).state == views.name(state)


# What the screen says.


@pytest.mark.parametrize("hitch", Hitch)
@pytest.mark.parametrize("language", ["vi", "en"])
def test_whatever_holds_a_box_up_is_said_with_what_to_do(hitch, language):
    door = Door(policy=NOBODYS).happen(Tick(stages=steps(Step.CODE, hitch=hitch)))
    view = door.view(language)

    assert view.mood is (Mood.AMBER if hitch.passes else Mood.RED)
    assert view.headline
    assert view.note
    assert view.picture is not Picture.NONE


def test_nothing_that_is_kept_of_a_code_tells_its_token():
    door = new_box()
    before = door.state
    door.show(signed())
    _, effects = step(before, CodesRead((signed(),)), door.clock.now(), NOBODYS)

    for told in (repr(door.state), repr(effects), repr(door.view()), repr(manner(NOBODYS))):
        assert TOKEN not in told
        assert "EK1:" not in told
