"""A guard at the keypad, one situation a test."""

from dataclasses import replace

import pytest

from kiosk.badges import badge_digest
from kiosk.effects import CheckPin
from kiosk.errors import JournalFailed
from kiosk.events import KeyPressed, Tick
from kiosk.flow import step
from kiosk.flow.guarding import LONGEST_LOCKED_S, MAX_WRONG_PINS, RECENT
from kiosk.model import Direction, Reason, Source
from kiosk.questions import Question
from kiosk.rules import Guard
from kiosk.signals import SignKind
from kiosk.signing import Purpose
from kiosk.states import Leaf, Memory, Menu, Showing, Typing, Waiting
from tests import people
from tests.fakes import FakeClock, FakeJournal
from tests.kiosk.doors import AN, BINH, GUARDED, OTHER_PIN, PIN, Door
from tests.kiosk.formats import made

STRICT = replace(GUARDED, self_service=False)
PHONE = "0912345678"


class UnreadableJournal(FakeJournal):
    """The disk is gone: nothing can be looked up."""

    def recent(self, since, most):
        raise JournalFailed("journal: cannot look up visits")


def with_badge(subject, owner=AN):
    """The policy of a door one of whose guards has this badge."""
    guards = tuple(Guard(name, badge_digest(subject) if name == owner else "") for name in (AN, BINH))
    return replace(STRICT, guards=guards, trust=made.TRUST)


def door(policy=STRICT, **options):
    return Door(policy=policy, **options)


def on_duty(policy=STRICT, **options):
    return door(policy, **options).type(f"*{PIN}#").wait(5)


def test_a_pin_opens_a_turn_of_duty():
    one = door().type(f"*{PIN}#")

    assert (one.reason, one.guard, one.sounds[-1]) == (Reason.ON_DUTY, AN, "on_duty")
    assert one.view().name == AN


def test_a_guard_on_duty_keys_in_a_number_and_stands_with_the_visit():
    one = on_duty().type(f"{PHONE}#")

    assert one.reason is Reason.WELCOME
    assert (one.journal.visits[0].operator, one.journal.visits[0].source) == (AN, Source.KEYPAD)


def test_a_card_while_a_guard_is_on_duty_is_the_visitors_own():
    assert on_duty().show(people.CCCD).journal.visits[0].operator is None


def test_without_a_guard_a_number_is_refused_where_the_place_wants_one():
    one = door().type(f"{PHONE}#")

    assert (one.reason, one.journal.visits, one.typed) == (Reason.GUARD_NEEDED, [], "")


def test_where_the_place_allows_it_a_number_without_a_guard_has_no_operator():
    assert door(GUARDED).type(f"{PHONE}#").journal.visits[0].operator is None


def test_where_nobody_may_key_in_numbers_the_keypad_stays_shut():
    one = door(replace(STRICT, guards=())).type("*0")

    assert isinstance(one.state, Waiting)
    assert all(choice.key != "*" for choice in one.view().keys)


def test_a_wrong_pin_is_said_and_opens_nothing():
    one = door().type("*111222#")

    assert (one.reason, one.guard, one.typed, one.sounds[-1]) == (Reason.WRONG_PIN, None, "", "refused")


def test_a_guard_whose_pin_was_wrong_can_begin_again_at_once():
    assert door().type(f"*111222#*{PIN}#").reason is Reason.ON_DUTY


def test_five_wrong_pins_lock_for_a_minute_and_even_the_right_one_waits():
    one = door()
    for _ in range(MAX_WRONG_PINS):
        one.type("*111222#").wait(5)
    assert "locked" not in one.sounds
    assert one.type(f"*{PIN}#").reason is Reason.LOCKED
    assert one.view("en").detail == "Try again in 1 min"

    assert one.wait(60).type(f"*{PIN}#").reason is Reason.ON_DUTY


def test_each_lock_lasts_longer_than_the_one_before():
    one, locks = door(), []
    for _ in range(9 * MAX_WRONG_PINS):
        one.type("*111222#")
        if one.reason is Reason.LOCKED:
            lasts_s = one.state.memory.locked_until_s - one.clock.now().monotonic_s
            locks.append(lasts_s)
            one.wait(lasts_s)
        one.wait(5)

    assert locks[:3] == [60, 120, 240]
    assert locks[-1] == LONGEST_LOCKED_S


def test_the_right_pin_forgives_the_wrong_ones():
    one = door()
    for _ in range(MAX_WRONG_PINS - 1):
        one.type("*111222#").wait(5)
    one.type(f"*{PIN}#").wait(5).type("*0").wait(5)

    assert one.type("*111222#").reason is Reason.WRONG_PIN


def test_a_badge_opens_a_turn_of_duty_even_while_pins_are_locked():
    one = door(with_badge("guard-17"))
    for _ in range(MAX_WRONG_PINS):
        one.type("*111222#").wait(5)

    assert one.show(made.signed_code(Purpose.BADGE, subject="guard-17")).reason is Reason.ON_DUTY
    assert one.guard == AN


def test_a_badge_of_somebody_who_is_no_guard_here_opens_nothing():
    one = door(with_badge("guard-17")).show(made.signed_code(Purpose.BADGE, subject="guard-18"))

    assert (one.reason, one.guard) == (Reason.NO_GUARD, None)


def test_a_badge_where_there_are_no_guards_is_said_to_be_one():
    policy = replace(with_badge("guard-17"), guards=())

    assert door(policy).show(made.signed_code(Purpose.BADGE)).reason is Reason.BADGE_CODE


def test_duty_ends_by_itself_after_half_an_hour():
    one = on_duty().wait(1790)
    assert one.guard == AN

    assert one.wait(10).guard is None


def test_duty_does_not_end_in_the_middle_of_a_number():
    one = on_duty().wait(1790).type("09123").wait(6).type("45678#")

    assert one.journal.visits[0].operator == AN


def test_a_guard_whom_the_centre_removes_is_not_on_duty_any_more():
    one = on_duty()
    one.policy = replace(STRICT, guards=(Guard(BINH),))

    assert one.wait(0.1).guard is None


def test_duty_ends_by_a_key_and_the_keypad_is_locked():
    one = on_duty().type("*0")
    assert (one.reason, one.guard, one.sounds[-1]) == (Reason.OFF_DUTY, None, "off_duty")

    assert one.wait(5).type(f"{PHONE}#").reason is Reason.GUARD_NEEDED


def test_another_guard_takes_over_with_a_pin():
    assert on_duty().type(f"{OTHER_PIN}#").guard == BINH


@pytest.mark.parametrize("pin", ["264819", "164819", "364819", "464819", "964819"])
def test_another_guard_takes_over_as_everybody_is_used_to(pin):
    """With `*`, which is the guard's screen while the first is on duty: none of its keys must do harm."""
    one = on_duty(pins={PIN: AN, pin: BINH}).type(f"{PHONE}#").wait(5).type(f"*{pin}#")

    assert (one.guard, one.journal.corrections) == (BINH, {})


def test_a_wrong_pin_over_the_guards_screen_is_said_and_changes_nothing():
    one = on_duty().type(f"{PHONE}#").wait(5).type("*311222#")

    assert (one.reason, one.guard, one.journal.corrections) == (Reason.WRONG_PIN, AN, {})


def test_a_badge_on_the_chest_does_not_take_over_a_number_that_was_begun():
    one = on_duty(with_badge("guard-17", BINH)).type("09123")

    one.show(made.signed_code(Purpose.BADGE, subject="guard-17")).wait(0.2).type("45678#")

    assert one.journal.visits[0].operator == AN


def test_a_badge_that_has_run_out_opens_nothing_even_by_a_clock_that_nobody_set():
    one = door(with_badge("guard-17"), clock=FakeClock(trusted=False))

    one.show(made.signed_code(Purpose.BADGE, subject="guard-17", days=-1))

    assert (one.reason, one.guard) == (Reason.EXPIRED_CODE, None)


def test_a_guard_who_types_on_and_on_is_relieved_all_the_same():
    one = on_duty()
    for _ in range(190):
        one.type("0*").wait(10)

    assert one.guard is None


def test_a_visit_of_many_questions_can_be_taken_back_from_when_it_was_written():
    asked = replace(STRICT, questions=(Question("fever", {"vi": "Sốt?"}),), asking_s=1000.0)
    one = on_duty(asked).type(f"{PHONE}#").wait(200).type("1").wait(5).type("*3*")

    assert one.reason is Reason.TAKEN_BACK


def test_where_only_a_pin_may_be_typed_every_digit_is_a_dot():
    assert door().type(f"0{PIN}").view().digits == "•••••••"


def test_the_guard_on_duty_stands_on_the_screen():
    (sign,) = on_duty().view().signs

    assert (sign.kind, sign.text) == (SignKind.ON_DUTY, f"Bảo vệ: {AN}")


def test_the_guards_screen_offers_four_things_and_a_way_back():
    one = on_duty().type("*")

    assert [choice.key for choice in one.view().choices] == ["1", "2", "3", "0"]
    assert isinstance(one.type("#").state, Waiting)


def test_the_guards_screen_closes_by_itself():
    assert isinstance(on_duty().type("*").wait(20.1).state, Waiting)


def test_without_a_turn_of_duty_there_is_no_guards_screen():
    one = door().type("**")

    assert isinstance(one.state, Typing)


def test_who_is_inside_is_listed_abbreviated():
    one = on_duty().show(people.CCCD).wait(60).show(people.CAN_CUOC).wait(60).show(people.CCCD).wait(5)

    view = one.type("*1").view("en")

    assert [(row.text, row.detail) for row in view.rows] == [("HOÀNG THỬ · 1999", "in 08:06")]
    assert view.headline == "Inside: 1"


def test_an_empty_house_is_said_to_be_empty():
    assert on_duty().type("*1").view("en").note == "Nobody is inside"


def test_the_last_ten_visits_are_listed_newest_first_on_two_pages():
    one = on_duty()
    for number in range(12):
        one.type(f"09123456{number:02}#").wait(5)
    first = one.type("*2").view()
    assert (first.turn, len(first.rows), first.rows[0].text) == ("1/2", 5, "0912 *** 611")

    second = one.type("*").view()
    assert (second.turn, len(second.rows)) == ("2/2", RECENT - 5)
    assert one.type("*").view() == first


def test_a_visit_of_before_a_restart_is_listed_by_what_was_shown():
    one = on_duty().show(people.CCCD).wait(5)

    assert Door(policy=one.policy, journal=one.journal, state=one.state).type("*1").view().rows[0].text == (
        "Thẻ căn cước công dân"
    )


def test_the_last_visit_is_taken_back_after_a_look_at_it():
    one = on_duty().type(f"{PHONE}#").wait(5).type("*3")
    assert one.view("en").name == "0912 *** 678"
    assert one.journal.corrections == {}

    one.type("*")
    assert (one.reason, one.sounds[-1]) == (Reason.TAKEN_BACK, "taken_back")
    assert (one.journal.corrections, one.journal.visits[1].operator) == ({2: 1}, AN)


def test_whoever_was_taken_back_comes_in_anew():
    one = on_duty().type(f"{PHONE}#").wait(5).type("*3*").wait(5).type(f"{PHONE}#")

    assert one.reason is Reason.WELCOME


def test_a_visit_is_kept_after_all():
    one = on_duty().type(f"{PHONE}#").wait(5).type("*3#")

    assert (one.state.leaf, one.journal.corrections) == (Leaf.CONTENTS, {})


def test_the_visit_before_is_next_to_be_taken_back():
    one = on_duty().type("0912345601#").wait(5).type("0912345602#").wait(5).type("*3*").wait(5).type("*3*")

    assert set(one.journal.corrections.values()) == {1, 2}


@pytest.mark.parametrize("pause_s", [121, 1700])
def test_after_two_minutes_nothing_can_be_taken_back(pause_s):
    one = on_duty().type(f"{PHONE}#").wait(pause_s).type("*3")
    assert (one.view("en").headline, one.sounds[-1]) == ("No visit can be taken back", "refused")

    assert one.type("*").journal.corrections == {}


def test_two_minutes_may_pass_while_the_guard_thinks():
    one = on_duty().type(f"{PHONE}#").wait(110).type("*3").wait(15).type("*")

    assert (one.reason, one.journal.corrections) == (Reason.TOO_LATE, {})


def test_a_correction_that_cannot_be_written_is_said_aloud():
    one = on_duty().type(f"{PHONE}#").wait(5).type("*3")
    one.journal.broken = True

    assert one.type("*").reason is Reason.NOT_SAVED


def test_a_list_that_cannot_be_read_is_said_aloud():
    assert on_duty(journal=UnreadableJournal()).type("*2").reason is Reason.NOT_SAVED


def test_a_code_shown_while_the_guards_screen_is_open_wins():
    one = on_duty().type("*1").show(people.CCCD)

    assert (one.reason, one.journal.visits[0].direction) == (Reason.WELCOME, Direction.IN)


def test_a_turn_that_ends_closes_the_guards_screen():
    one = on_duty().wait(1780).type("*").wait(19)

    assert not isinstance(one.state, Menu)


def test_a_pin_is_in_no_repr():
    state, said = Typing(memory=Memory(typed_until_s=1e9)), ""
    clock = Door().clock
    for key in PIN + "#":
        state, effects = step(state, KeyPressed(key), clock.now(), STRICT)
        said += repr(state) + repr(effects) + repr(KeyPressed(key)) + repr(CheckPin(PIN))

    assert PIN not in said
    assert not any(f"'{key}'" in said for key in "0123456789")


def test_each_key_of_a_pin_is_a_dot_on_the_screen():
    one = door()
    for length in range(1, 7):
        one.type(PIN[length - 1])
        assert one.view().digits == "•" * length


def test_the_keypads_fourth_column_opens_the_guards_screen():
    assert isinstance(on_duty().type("D").state, Menu)


def test_a_door_out_of_order_keeps_its_guard():
    one = on_duty().happen(Tick(able=False)).happen(Tick())

    assert (one.guard, isinstance(one.state, Showing)) == (AN, False)
