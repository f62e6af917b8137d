"""Questions at the door, one situation a test."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from kiosk.badges import badge_digest
from kiosk.events import CodesRead, Ending, Tick
from kiosk.model import Answer, Direction, Moment, Reason, Source
from kiosk.questions import Choice, Question
from kiosk.rules import Guard, Policy
from kiosk.signing import Purpose
from kiosk.states import Asking, Typing, Waiting
from tests import people
from tests.fakes import FakeClock, FakeJournal
from tests.kiosk.doors import ZONE, Door
from tests.kiosk.formats import made

FEVER = Question("fever", {"vi": "Quý vị có sốt không?", "en": "Have you a fever?"}, personal=True)
COUNTER = Question(
    "counter",
    {"vi": "Quý vị đến quầy nào?"},
    (Choice("papers", {"vi": "Hộ tịch", "en": "Papers"}), Choice("land", {"vi": "Đất đai", "en": "Land"})),
)
ASKS = Policy(ZONE, questions=(FEVER, COUNTER))
ASKS_PHONE = Policy(ZONE, asks_phone=True)


def asked(policy=ASKS, **options):
    return Door(policy=policy, **options).show(people.CCCD)


def test_who_comes_in_is_asked_before_the_visit_is_written():
    door = asked()

    assert isinstance(door.state, Asking)
    assert (door.journal.visits, door.sounds, door.said) == ([], [], ["question"])


def test_the_question_and_its_answers_are_on_the_screen_in_the_visitors_language():
    view = asked().view("en")

    assert (view.headline, view.name) == ("Have you a fever?", "NGUYỄN V. THỬ · 1999")
    assert [(choice.key, choice.text) for choice in view.choices] == [("1", "Yes"), ("2", "No")]


def test_a_question_without_the_visitors_language_is_asked_in_its_own():
    view = asked().type("2").view("en")

    assert view.headline == "Quý vị đến quầy nào?"
    assert [choice.text for choice in view.choices] == ["Papers", "Land"]


def test_answers_go_with_the_visit():
    door = asked().type("2").wait(0.5).type("2")

    assert door.reason is Reason.WELCOME
    assert door.journal.visits[0].answers == (Answer("fever", "no", personal=True), Answer("counter", "land"))


def test_a_question_can_be_skipped():
    assert asked().type("#1").journal.visits[0].answers == (Answer("counter", "papers"),)


def test_a_key_that_is_no_answer_answers_nothing():
    door = asked().type("90")

    assert (type(door.state), door.sounds) == (Asking, ["erase", "erase"])


def test_after_twenty_seconds_the_visit_stands_without_an_answer():
    door = asked().type("1").wait(19.9)
    assert door.journal.visits == []

    assert door.wait(0.2).reason is Reason.WELCOME
    assert door.journal.visits[0].answers == (Answer("fever", "yes", personal=True),)


def test_the_visit_bears_the_time_at_which_the_card_was_shown():
    door = asked()
    shown = door.clock.now()

    assert door.wait(15).type("2").wait(0.5).type("2").journal.visits[0].at == shown


def test_a_key_gives_a_question_more_time():
    door = asked().wait(15).type("*").wait(39)
    assert isinstance(door.state, Asking)

    assert door.wait(2).reason is Reason.WELCOME


def test_whoever_waits_the_question_out_with_the_card_held_up_is_not_sent_out():
    door = asked().wait(20.1).wait(3.5).show(people.CCCD)

    assert (door.reason, len(door.journal.visits)) == (Reason.WELCOME, 1)


def test_a_key_pressed_twice_on_the_last_answer_does_not_hide_the_welcome():
    door = asked().type("2").wait(0.5).type("1").wait(0.2).type("1")

    assert door.reason is Reason.WELCOME


def test_a_wet_finger_does_not_answer_a_question_that_nobody_has_read():
    door = asked().wait(3).type("1").wait(0.1).type("1")

    assert door.state.questions == (COUNTER,)
    assert door.wait(0.3).type("1").reason is Reason.WELCOME


def test_a_second_confirmation_of_a_number_does_not_skip_the_question():
    door = Door(policy=ASKS).type("0912345678##")

    assert door.state.questions[0] is FEVER


def test_a_question_can_be_put_in_another_language():
    door = asked(replace(ASKS, languages=2))
    assert [choice.text for choice in door.view("vi", "en").keys] == ["Thêm thời gian", "Bỏ qua", "English"]

    assert door.type("0").view("vi", "en").headline == "Have you a fever?"


def test_a_visit_bears_the_right_time_when_the_clock_is_set_while_it_waits():
    door = Door(policy=ASKS, clock=FakeClock(utc=datetime(2024, 1, 1, tzinfo=UTC), trusted=False))
    door.show(people.CCCD).wait(5)
    right = FakeClock().now().utc
    door.clock.moment = Moment(right, door.clock.moment.monotonic_s, trusted=True)

    at = door.type("2").wait(0.5).type("2").journal.visits[0].at
    assert (at.utc, at.trusted) == (right - timedelta(seconds=5), True)


def test_the_answer_says_the_time_at_which_the_card_was_shown():
    door = asked().wait(19).type("2").wait(19).type("2")

    assert door.view().detail == "VÀO 08:05"


def test_a_phone_number_tells_that_somebody_is_in_already():
    door = Door(policy=ASKS_PHONE).type("0912345678#").wait(3600)

    door.show(people.CCCD).type("0912345678#")

    assert (door.reason, door.journal.visits[1].direction) == (Reason.GOODBYE, Direction.OUT)


def test_a_guards_badge_does_not_go_unheard_while_somebody_is_asked():
    guarded = replace(ASKS, guards=(Guard("Lò Văn An", badge_digest("guard-17")),), trust=made.TRUST)
    door = asked(guarded).show(made.signed_code(Purpose.BADGE, subject="guard-17")).wait(0.1)

    assert (door.reason, door.guard, len(door.journal.visits)) == (Reason.ON_DUTY, "Lò Văn An", 1)


def test_a_pin_typed_where_a_phone_number_is_asked_is_not_seen():
    door = asked(replace(ASKS_PHONE, guards=(Guard("Lò Văn An"),))).type("264819")

    assert door.view().digits == "••••••"


def test_who_leaves_is_not_asked():
    door = asked().type("2").wait(0.5).type("2").wait(60).show(people.CCCD)

    assert door.reason is Reason.GOODBYE


def test_without_keys_nobody_is_asked():
    door = Door(policy=ASKS).happen(Tick(has_keys=False)).show(people.CCCD)

    assert door.reason is Reason.WELCOME


def test_the_card_still_before_the_camera_does_not_cut_the_question_short():
    door = asked()
    for _ in range(30):
        door.wait(0.3).show(people.CCCD)

    assert isinstance(door.state, Asking)


def test_a_poster_behind_the_visitor_does_not_cut_the_question_short():
    assert isinstance(asked().wait(3).show(people.PLACE).state, Asking)


def test_the_next_visitor_does_not_wait_and_neither_is_lost():
    door = asked().wait(1).show(people.CAN_CUOC).wait(0.1)
    assert [visit.visitor.name for visit in door.journal.visits] == ["Nguyễn Văn Thử"]

    assert door.state.visit.visitor.name == "Hoàng Thử"


def test_two_visitors_in_three_seconds_are_both_written_down():
    door = asked().wait(1.5).show(people.CAN_CUOC).wait(0.1).wait(20.1)

    assert [visit.visitor.name for visit in door.journal.visits] == ["Nguyễn Văn Thử", "Hoàng Thử"]


def test_a_door_that_closes_writes_down_whoever_is_being_asked():
    assert len(asked().happen(Ending()).journal.visits) == 1


def test_a_door_that_goes_out_of_order_writes_down_whoever_is_being_asked():
    assert len(asked().happen(Tick(able=False)).journal.visits) == 1


def test_answers_that_cannot_be_saved_are_said_to_be_lost():
    assert asked(journal=FakeJournal(broken=True)).type("2").wait(0.5).type("2").reason is Reason.NOT_SAVED


def test_a_guard_answers_for_whoever_has_no_card():
    door = Door(policy=ASKS).type("0912345678#").wait(1.1).type("2").wait(0.5).type("2")

    assert (len(door.journal.visits[0].answers), door.typed) == (2, "")


def test_a_card_without_a_phone_asks_for_one():
    door = asked(ASKS_PHONE)
    assert (door.view("en").headline, door.view().types) == ("Your phone number?", True)

    door.type("0912345678#")
    visitor = door.journal.visits[0].visitor
    assert (visitor.phone, visitor.document) == ("+84912345678", "014099000001")


def test_a_code_that_holds_a_phone_asks_for_none():
    assert Door(policy=ASKS_PHONE).show(people.PERSONAL_QR).reason is Reason.WELCOME


def test_the_phone_need_not_be_given():
    assert asked(ASKS_PHONE).type("#").journal.visits[0].visitor.phone is None


@pytest.mark.parametrize("number", ["12345", "19001234", "091234567"])
def test_what_is_no_phone_number_is_said_and_can_be_mended(number):
    door = asked(ASKS_PHONE).type(f"{number}#")
    assert door.view("en").note == "Not a phone number. It has 10 digits."

    assert door.type("*" * len(number) + "0912345678#").reason is Reason.WELCOME


def test_a_phone_number_half_typed_is_not_kept():
    assert asked(ASKS_PHONE).type("0912").wait(20.1).journal.visits[0].visitor.phone is None


def test_a_phone_number_that_is_typed_is_in_no_repr():
    door = asked(ASKS_PHONE).type("0987654321")

    assert "0987" not in repr(door.state)


def test_the_phone_comes_before_the_questions():
    door = asked(replace(ASKS, asks_phone=True)).type("0912345678#").wait(1.1).type("2").wait(0.5).type("2")

    assert door.journal.visits[0].visitor.phone == "+84912345678"
    assert len(door.journal.visits[0].answers) == 2


def test_a_number_that_was_being_typed_is_there_after_the_answers():
    door = Door(policy=ASKS).type("0912").show(people.CCCD).type("2").wait(0.5).type("2").wait(4.1)

    assert (type(door.state), door.typed) == (Typing, "0912")


def test_a_reader_asks_as_the_camera_does():
    door = Door(policy=ASKS)
    door.happen(CodesRead((people.CCCD,), Source.READER))

    assert isinstance(door.state, Asking)
    assert isinstance(door.type("2").wait(0.5).type("2").wait(5).state, Waiting)
