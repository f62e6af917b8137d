"""Guards: their PINs, which no two share, and their badges, which the centre signs."""

import json
import os
import pty
import re
import subprocess
import sys
from datetime import timedelta
from functools import partial

import pytest

from collector import badges, guards
from collector.down.configuring import ConfigDesk
from collector.errors import RegistryRefused
from collector.models import Guard
from hardware.pictures import PictureReader
from kiosk.model import Reason, Unreadable
from kiosk.proof import Proof, Trust
from kiosk.signing import Purpose, key_id, opened
from mqtt_bridge.wire.guards import badge_digest, matches, salt_of
from tests.collector.conftest import run
from tests.collector.down import NOW, PLACE, Road, enrol

ELSEWHERE = "UBND phường Tô Hiệu"
UNTIL = NOW + timedelta(days=365)
PIN, OTHER_PIN = "482613", "739164"

add = partial(guards.add, right="check_in")


@pytest.fixture
def place(database):
    return enrol("front")


@pytest.fixture
def road(place, tmp_path):
    return Road(tmp_path)


def refusal(work, *arguments, **more):
    with pytest.raises(RegistryRefused) as refused:
        work(*arguments, **more)
    return str(refused.value)


def salts():
    return {salt_of(guard.pin_hash) for guard in Guard.objects.all()}


def give(road, name, **more):
    return badges.give(PLACE, name, **{"expires": UNTIL, "keyring": road.keyring, "file": None, **more})


def trusted(road):
    """The centre's keys as a door knows them, from its credentials or its configuration."""
    return Trust(own={key_id(key): key for key in road.keyring.signing_keys().values()})


def test_a_guard_is_known_by_the_pin(place):
    add(PLACE, "Lò Thử", pin=PIN)

    assert matches(PIN, [Guard.objects.get().pin_hash]) == 0


def test_all_guards_of_a_place_share_a_salt_so_that_a_door_derives_once(place):
    for name, pin in (("Lò Thử", PIN), ("Lường Thử", OTHER_PIN), ("Lò Thử", "918273")):
        add(PLACE, name, pin=pin)

    assert Guard.objects.count() == 2
    assert len(salts()) == 1


def test_another_place_has_another_salt(place):
    enrol("other", place=ELSEWHERE)
    add(PLACE, "Lò Thử", pin=PIN)
    add(ELSEWHERE, "Lò Thử", pin=PIN)

    assert len(salts()) == 2


def test_a_pin_that_another_guard_has_is_refused_without_saying_whose(place):
    add(PLACE, "Lò Thử", pin=PIN)

    said = refusal(add, PLACE, "Lường Thử", pin=PIN)

    assert "another guard of UBND phường Chiềng An has it; choose another" in said
    assert "Lò Thử" not in said
    assert PIN not in said
    assert Guard.objects.count() == 1


def test_a_guard_may_be_given_the_pin_again_that_they_have(place):
    add(PLACE, "Lò Thử", pin=PIN)
    add(PLACE, "Lường Thử", pin=OTHER_PIN)

    add(PLACE, "Lò Thử", pin=PIN)

    assert len(salts()) == 1


@pytest.mark.parametrize(
    "pin", ["", "48261", "4826131", "082613", "48261a", "４８２６１３", "111111", "123456"]
)
def test_a_bad_pin_is_refused_and_not_repeated(place, pin):
    said = refusal(add, PLACE, "Lò Thử", pin=pin)

    assert "PIN of Lò Thử" in said
    assert not pin or pin not in said
    assert not Guard.objects.exists()


def test_who_can_prove_nothing_is_no_guard(place):
    assert "`collector guard badge`" in refusal(add, PLACE, "Lò Thử", pin=None)


@pytest.mark.parametrize("name", ["", "x" * 65, "Lò\nThử"])
def test_a_name_is_one_line(place, name):
    assert "not a name" in refusal(add, PLACE, name, pin=PIN)


def test_a_place_that_is_not_known_is_told_with_what_may_be_meant(place):
    assert "did you mean UBND phường Chiềng An?" in refusal(add, "UBND Chiềng An", "Lò Thử", pin=PIN)


def test_there_are_no_more_guards_than_a_door_would_take(place, monkeypatch):
    monkeypatch.setattr(guards, "MAX_GUARDS", 1)
    add(PLACE, "Lò Thử", pin=PIN)

    assert "remove one" in refusal(add, PLACE, "Lường Thử", pin=OTHER_PIN)
    assert Guard.objects.count() == 1


def test_who_is_removed_is_no_guard_any_more(place):
    add(PLACE, "Lò Thử", pin=PIN)
    assert "did you mean Lò Thử?" in refusal(guards.remove, PLACE, "Lò Thư")

    guards.remove(PLACE, "Lò Thử")

    assert not Guard.objects.exists()


def test_a_guard_who_is_entered_can_be_called_and_proves_nothing_yet(place):
    guard = guards.enter(place, "Lò Thử", "0982 688 084")

    assert (guard.phone, guard.pin_hash, guard.badge_hash, guard.right) == (
        "+84982688084",
        "",
        "",
        "check_in",
    )


def test_nobody_is_entered_twice(place):
    guards.enter(place, "Lò Thử", "")

    assert "choose another" in refusal(guards.enter, place, "Lò Thử", "")


def test_a_phone_that_nobody_can_have_is_refused_and_not_repeated(place):
    said = refusal(guards.enter, place, "Lò Thử", "1234")

    assert "phone" in said
    assert "1234" not in said


def test_a_pin_that_the_centre_makes_is_one_that_a_door_takes(place):
    guard = guards.enter(place, "Lò Thử", "")

    pin = guards.make_pin(guard)

    assert re.fullmatch("[1-9][0-9]{5}", pin)
    assert matches(pin, [Guard.objects.get().pin_hash]) == 0


def test_the_centre_makes_no_pin_that_another_guard_has(place, monkeypatch):
    numbers = iter([*divmod(int(PIN), 100_000), *divmod(int(OTHER_PIN), 100_000)])
    first = iter([True, False] * 2)
    monkeypatch.setattr(guards.secrets, "randbelow", lambda _: next(numbers) - next(first))
    add(PLACE, "Lò Thử", pin=PIN)

    assert guards.make_pin(guards.enter(place, "Lường Thử", "")) == OTHER_PIN


def test_a_badge_is_kept_with_when_it_ends(road, place):
    give(road, "Lò Thử", new=True)
    assert Guard.objects.get().badge_ends == UNTIL

    guards.give_badge(PLACE, "Lò Thử", "")

    assert Guard.objects.get().badge_ends is None


def test_a_badge_is_signed_with_the_key_that_doors_know_and_stands_for_its_guard(road):
    code = opened(give(road, "Lò Thử", new=True), trusted(road))

    assert (code.purpose, code.expires) == (Purpose.BADGE, UNTIL)
    assert badge_digest(code.subject) == Guard.objects.get().badge_hash
    assert (code.proof(NOW), code.proof(UNTIL)) == (Proof.VALID, Proof.EXPIRED)


def test_the_id_in_a_badge_is_that_of_the_key_in_the_configuration(road):
    give(road, "Lò Thử", new=True)

    ((_, claims),) = road.turn(ConfigDesk(road.pen, road.keyring, lambda: NOW))

    assert {key.hex() for key in trusted(road).own} == claims.body.signing_keys.keys()
    assert [guard.badge_hash for guard in claims.body.guards] == [Guard.objects.get().badge_hash]


def test_a_badge_of_another_centre_is_worth_nothing(road, tmp_path):
    (tmp_path / "other").mkdir()

    assert opened(give(road, "Lò Thử", new=True), trusted(Road(tmp_path / "other"))) == Unreadable(
        Reason.FORGED_CODE
    )


def test_a_new_badge_takes_the_place_of_the_one_before(road):
    subjects = [opened(give(road, "Lò Thử", new=True), trusted(road)).subject for _ in range(2)]

    assert [badge_digest(subject) == Guard.objects.get().badge_hash for subject in subjects] == [False, True]


def test_a_badge_that_is_taken_away_leaves_the_pin(road):
    add(PLACE, "Lò Thử", pin=PIN)
    give(road, "Lò Thử")

    guards.give_badge(PLACE, "Lò Thử", "")

    guard = Guard.objects.get()
    assert (guard.badge_hash, matches(PIN, [guard.pin_hash])) == ("", 0)


def test_a_slip_makes_no_new_guard(road):
    add(PLACE, "Lò Thử", pin=PIN)

    said = refusal(give, road, "Lò Thư")

    assert "did you mean Lò Thử?; let them check people in with --new" in said
    assert Guard.objects.count() == 1


def test_a_badge_is_drawn_for_its_owner_alone_and_reads_as_what_it_is(road, tmp_path):
    file = tmp_path / "badge.png"

    code = give(road, "Lò Thử", new=True, file=file)

    assert file.stat().st_mode & 0o777 == 0o600
    assert PictureReader().read(file).texts == (code,)


def test_a_badge_is_drawn_as_lines_too(road, tmp_path):
    give(road, "Lò Thử", new=True, file=tmp_path / "badge.svg")

    assert b"<svg" in (tmp_path / "badge.svg").read_bytes()


@pytest.mark.parametrize("name", ["badge.jpg", "badge", "nowhere/badge.png"])
def test_a_picture_that_cannot_be_written_leaves_the_badge_before(road, tmp_path, name):
    give(road, "Lò Thử", new=True)
    before = Guard.objects.get().badge_hash

    assert str(tmp_path / name) in refusal(give, road, "Lò Thử", file=tmp_path / name)
    assert Guard.objects.get().badge_hash == before


@pytest.fixture
def data(tmp_path):
    made = ("--data", str(tmp_path / "data"))
    run("place", "set", PLACE, "--new", *made)
    return made


def test_the_commands_say_what_they_did_and_no_pin(data):
    done = run("guard", "add", PLACE, "Lò Thử", "--pin-stdin", *data, stdin=f"{PIN}\n")
    assert (done.returncode, done.stdout) == (0, f"Lò Thử may check people in at {PLACE}\n"), done.stderr

    refused = run("guard", "add", PLACE, "Lường Thử", "--pin-stdin", *data, stdin=f"{PIN}\n")

    assert (refused.returncode, len(refused.stderr.splitlines())) == (2, 1)
    assert PIN not in done.stdout + done.stderr + refused.stdout + refused.stderr


def test_the_command_keeps_a_phone_and_the_list_tells_when_a_badge_ends(data):
    run("guard", "add", PLACE, "Lò Thử", "--pin-stdin", "--phone", "0982 688 084", *data, stdin=f"{PIN}\n")
    run("guard", "badge", PLACE, "Lò Thử", "--days", "1", *data)
    refused = run("guard", "add", PLACE, "Lò Thử", "--phone", "12", *data)
    told = json.loads(run("place", "list", "--json", *data).stdout)

    assert "phone: not a number" in refused.stderr
    (guard,) = told[0]["guards"]
    assert (guard["pin"], guard["badge"], guard["badge_ends"][:2]) == (True, True, "20")
    assert "982688084" not in str(told)


def test_without_a_terminal_nobody_is_asked_for_a_pin(data):
    assert "use --pin-stdin" in run("guard", "add", PLACE, "Lò Thử", "--pin", *data, stdin=f"{PIN}\n").stderr


def test_at_a_terminal_the_pin_is_asked_for_and_not_shown(data):
    ours, its = pty.openpty()
    command = [sys.executable, "-m", "collector", "guard", "add", PLACE, "Lò Thử", "--pin", *data]
    asked = subprocess.Popen(command, stdin=its, stdout=its, stderr=its, start_new_session=True)
    os.close(its)
    shown = b""
    for question in (b"PIN of", b"Repeat"):
        while question not in shown or not shown.rstrip(b" ").endswith(b":"):
            shown += os.read(ours, 1000)
        os.write(ours, f"{PIN}\n".encode())
        question_end = shown
    while b"may check people in" not in shown:
        shown += os.read(ours, 1000)

    assert asked.wait(20) == 0
    os.close(ours)
    assert PIN.encode() not in shown
    assert len(shown) > len(question_end)


def test_a_badge_is_printed_alone_or_drawn_with_a_word_of_when_it_ends(data, tmp_path):
    printed = run("guard", "badge", PLACE, "Lò Thử", "--new", *data)
    drawn = run("guard", "badge", PLACE, "Lò Thử", "--days", "1", "--file", str(tmp_path / "b.png"), *data)
    taken = run("guard", "badge", PLACE, "Lò Thử", "--none", *data)

    assert re.fullmatch(r"EK1:[0-9A-Z $%*+./:-]+\n", printed.stdout), printed.stderr
    assert re.fullmatch(rf"{tmp_path}/b.png: badge of Lò Thử, good until [0-9-]{{10}}\n", drawn.stdout)
    assert taken.stdout == f"Lò Thử has no badge at {PLACE} any more\n"
