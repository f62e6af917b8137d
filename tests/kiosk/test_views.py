"""What the screen says and the lamp shows."""

from dataclasses import replace
from datetime import timedelta

import pytest

from kiosk import views, words
from kiosk.manner import Plate
from kiosk.model import Direction, Format, Reason, Status, Verdict, Visitor
from kiosk.proof import Proof
from kiosk.signals import Colour, Glow, Mood, Pattern, SignKind
from kiosk.states import Memory, OutOfOrder, Saving, Showing, Typing, Waiting
from kiosk.tokens import Tokens, token
from tests.fakes import MORNING, FakeClock
from tests.kiosk.doors import GUARDED, WELL, manner

TOKENS = Tokens("kiosk-1", b"k" * 32)
VISITOR = Visitor(Format.CCCD, document="014099000001", name="Nguyễn Thị Phương Thử", birth="1990-02-01")


def shown(verdict, status=WELL, language="vi"):
    now = FakeClock().now()
    state = Showing(verdict=verdict, since=now, until_s=None)
    return views.view(state, status, now, manner(None, language))


def test_a_welcome_says_name_direction_and_local_time():
    view = shown(Verdict(Reason.WELCOME, VISITOR, Direction.IN))

    assert (view.headline, view.name, view.detail) == ("XIN CHÀO", "NGUYỄN T. P. THỬ · 1990", "VÀO 08:05")


def test_a_goodbye_says_how_long_somebody_stayed():
    came = MORNING - timedelta(hours=2, minutes=25)

    view = shown(Verdict(Reason.GOODBYE, VISITOR, Direction.OUT, came), language="en")

    assert (view.detail, view.note) == ("OUT 08:05", "stayed 2 h 25 min")


def test_somebody_already_in_hears_since_when():
    view = shown(Verdict(Reason.ALREADY_IN, VISITOR, Direction.IN, MORNING - timedelta(minutes=5)))

    assert (view.headline, view.detail) == ("ĐÃ GHI NHẬN", "VÀO LÚC 08:00")


@pytest.mark.parametrize(
    ("visitor", "seen"),
    [
        (VISITOR, "NGUYỄN T. P. THỬ · 1990"),
        (Visitor(Format.CCCD, name="Thử"), "THỬ"),
        (Visitor(Format.CCCD, name="Lò Thử", birth="1950"), "LÒ THỬ · 1950"),
        (Visitor(Format.PHONE, phone="+84982688084"), "0982 *** 084"),
        (Visitor(Format.ID_NUMBER, document="014099000005"), "014 *** 005"),
        (Visitor(Format.PERSONAL_QR, reference="1629"), ""),
        (Visitor(Format.BHYT, reference="7916123456"), "791 *** 456"),
    ],
)
def test_bystanders_see_a_visitor_abbreviated(visitor, seen):
    assert views.abbreviated(visitor) == seen


@pytest.mark.parametrize(
    ("proof", "note"),
    [
        (None, ""),
        (Proof.VALID, ""),
        (Proof.EXPIRED, "Certificate expired"),
        (Proof.NOT_YET, "Certificate not valid yet"),
        (Proof.UNKNOWN_ISSUER, "Certificate not verified"),
    ],
)
def test_what_a_certificate_is_worth_stands_below_its_bearer(proof, note):
    bearer = Visitor(Format.HC1, name="Lò Thử", reference="URN:UVCI:01", proof=proof)
    earlier = MORNING - timedelta(minutes=5)

    assert shown(Verdict(Reason.WELCOME, bearer, Direction.IN), language="en").note == note
    assert shown(Verdict(Reason.ALREADY_IN, bearer, Direction.IN, earlier), language="en").note == note
    assert (
        shown(Verdict(Reason.GOODBYE, bearer, Direction.OUT, earlier), language="en").note == "stayed 5 min"
    )


def test_what_is_ill_with_the_box_shows_as_signs():
    ill = Status(line_up=False, waiting=3, clock_trusted=False, scanner_present=False, keypad_present=False)

    signs = views.view(Waiting(), ill, FakeClock().now(), manner()).signs

    assert [sign.kind for sign in signs] == [*list(SignKind)[:3], SignKind.KEYPAD_LOST]
    assert signs[0].text == "Mất mạng · 3 lượt chờ gửi"


def test_without_a_camera_the_screen_asks_for_the_keypad():
    view = views.view(Waiting(), Status(scanner_present=False), FakeClock().now(), manner(None, "en"))

    assert (view.headline, view.aiming) == ("Key in your phone or ID number", False)


def test_without_a_keypad_the_screen_does_not_speak_of_one():
    view = views.view(Waiting(), Status(keypad_present=False), FakeClock().now(), manner(None, "en"))

    assert view.keys == ()


@pytest.mark.parametrize("language", words.languages())
@pytest.mark.parametrize("reason", Reason)
def test_every_answer_has_words_in_every_language(language, reason):
    since = MORNING if reason in {Reason.ALREADY_IN, Reason.ALREADY_OUT} else None

    assert shown(Verdict(reason, VISITOR, Direction.IN, since), language=language).headline


@pytest.mark.parametrize("language", words.languages())
def test_every_language_has_the_same_words(language):
    assert words.load(language).table.keys() == words.load("vi").table.keys()


@pytest.mark.parametrize("reason", Reason)
def test_no_answer_is_told_by_colour_alone(reason):
    since = MORNING if reason in {Reason.ALREADY_IN, Reason.ALREADY_OUT} else None
    view = shown(Verdict(reason, VISITOR, Direction.IN, since))

    assert view.headline
    assert view.mood is not Mood.NEUTRAL
    assert view.picture != "none"


def test_the_lamp_holds_its_colour_for_two_seconds():
    clock = FakeClock()
    state = Showing(verdict=Verdict(Reason.WELCOME), since=clock.now(), until_s=None)

    assert views.lamp(state, clock.move(1.9)) == Glow(Colour.GREEN)
    assert views.lamp(state, clock.move(0.2)) == Glow(Colour.DIM_WHITE)


def test_the_lamp_calls_for_the_guard_until_a_failure_is_dismissed():
    clock = FakeClock()
    state = Showing(verdict=Verdict(Reason.NOT_SAVED), since=clock.now(), until_s=None)

    assert views.lamp(state, clock.move(600)) == Glow(Colour.RED, Pattern.BLINKING)


def test_the_typed_number_is_on_the_screen_and_in_no_repr():
    view = views.view(Typing(memory=Memory(typed="0912345678")), WELL, FakeClock().now(), manner())

    assert view.digits == "0912 345 678"
    assert "0912" not in repr(view)


@pytest.mark.parametrize(
    ("state", "name"),
    [
        (Waiting(), "waiting"),
        (Typing(), "typing"),
        (Saving(verdict=Verdict(Reason.WELCOME, VISITOR, Direction.IN), at=FakeClock().now()), "saving"),
        (OutOfOrder(), "out_of_order"),
    ],
)
def test_each_state_has_a_name_and_a_headline(state, name):
    view = views.view(state, WELL, FakeClock().now(), manner())

    assert (view.state, bool(view.headline)) == (name, True)


def test_a_door_that_is_out_of_order_says_whom_to_call():
    plate = Plate(place="", door="", help_desk="0200 000 000")
    view = views.view(OutOfOrder(), WELL, FakeClock().now(), manner(None, "en", plate=plate))

    assert view.note == "Call 0200 000 000"


def test_what_may_be_a_pin_is_on_no_screen():
    state = Typing(memory=Memory(typed="264819"))

    assert views.view(state, WELL, FakeClock().now(), manner(GUARDED)).digits == "••••••"


def test_a_number_that_begins_with_0_can_be_read_while_it_is_typed():
    state = Typing(memory=Memory(typed="0912345"))

    assert views.view(state, WELL, FakeClock().now(), manner(GUARDED)).digits == "0912 345"


def test_the_office_says_its_hours_its_notice_and_its_own_code():
    plate = Plate("UBND", "", hours="7:30–17:00", notice="Nghỉ chiều thứ Sáu", code="https://example.org")

    view = views.view(Waiting(), WELL, FakeClock().now(), manner(None, "en", plate=plate))

    assert (view.note, view.notice, view.code) == ("Open: 7:30–17:00", "Nghỉ chiều thứ Sáu", plate.code)


def with_tokens(clock, *, code="https://example.org"):
    changing = replace(manner(plate=Plate("UBND", "", code=code)), tokens=TOKENS)
    return views.view(Waiting(), WELL, clock.now(), changing)


def test_an_office_code_that_changes_is_another_each_minute():
    clock = FakeClock()
    first, same = with_tokens(clock).code, with_tokens(clock, code="https://example.org").code
    clock.move(60)

    assert first == same == f"https://example.org?t={token(TOKENS.key, TOKENS.kiosk, MORNING)}"
    assert with_tokens(clock).code not in {first, "https://example.org"}


def test_while_the_clock_is_not_set_the_office_code_stays_as_it_is():
    view = with_tokens(FakeClock(trusted=False))

    assert view.code == "https://example.org"


def test_a_code_that_changes_takes_visits_and_says_so():
    assert with_tokens(FakeClock()).caption == "Quét bằng điện thoại để ghi lượt vào, ra"


def test_an_office_without_a_code_has_none_that_changes():
    assert with_tokens(FakeClock(), code="").code == ""


@pytest.mark.parametrize(
    ("part", "sign"), [("camera", "camera_lost"), ("wedge", "reader_lost"), ("usb", "keypad_lost")]
)
def test_one_of_several_parts_that_is_lost_has_its_sign(part, sign):
    status = Status(line_up=True, lost=frozenset({part}))

    assert [one.kind for one in views.view(Waiting(), status, FakeClock().now(), manner()).signs] == [sign]
