"""Signed codes and insurance numbers before an open door."""

from kiosk.model import Reason
from kiosk.proof import Proof
from kiosk.rules import Policy
from kiosk.signing import Purpose
from tests.fakes import FakeClock
from tests.kiosk.doors import ZONE, Door
from tests.kiosk.formats import made


def test_a_pass_of_the_centre_is_welcomed_and_one_of_a_stranger_is_not():
    door = Door(policy=Policy(ZONE, trust=made.TRUST))

    assert door.show(made.signed_code()).reason is Reason.WELCOME
    assert door.show(made.signed_code(key=made.STRANGER)).reason is Reason.FORGED_CODE
    assert len(door.journal.visits) == 1


def test_a_pass_that_has_run_out_lets_nobody_in():
    door = Door(policy=Policy(ZONE, trust=made.TRUST)).show(made.signed_code(days=-1))

    assert (door.reason, door.journal.visits) == (Reason.EXPIRED_CODE, [])


def test_a_clock_that_nobody_set_calls_no_pass_expired():
    door = Door(policy=Policy(ZONE, trust=made.TRUST), clock=FakeClock(trusted=False))

    assert door.show(made.signed_code(days=-1)).reason is Reason.WELCOME


def test_a_health_certificate_that_has_expired_still_tells_who_came():
    door = Door(policy=Policy(ZONE, trust=made.TRUST)).show(made.health_certificate(expires=made.ISSUED))

    assert (door.reason, door.state.verdict.visitor.proof) == (Reason.WELCOME, Proof.EXPIRED)


def test_a_badge_held_to_an_open_door_changes_nothing():
    door = Door(policy=Policy(ZONE, trust=made.TRUST)).show(made.signed_code(Purpose.BADGE))

    assert (door.reason, door.journal.visits) == (Reason.BADGE_CODE, [])


def test_an_insurance_number_can_be_keyed_in():
    door = Door().type("7916123456#")

    assert (door.reason, door.journal.visits[0].visitor.reference) == (Reason.WELCOME, "7916123456")
