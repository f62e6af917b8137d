"""Every box gets what the registry says of it, whenever that changes, and no more often."""

import json
import time

import msgspec
import pytest

from collector import guards, listing, registering
from collector.down import configuring, pen
from collector.down.configuring import ConfigDesk
from collector.down.pen import reserve
from collector.errors import RegistryRefused
from collector.models import Guard, Kiosk, Place
from tests.collector.conftest import run
from tests.collector.down import PLACE, Road, Wall, enrol

QUESTIONS = [
    {"id": "fever", "text": {"vi": "Có sốt không?", "en": "Do you have a fever?"}, "personal": True},
    {
        "id": "visit",
        "text": {"vi": "Đến làm gì?"},
        "answers": [{"id": "work", "text": {"vi": "Làm việc"}}, {"id": "other", "text": {"vi": "Khác"}}],
    },
]


@pytest.fixture
def wall():
    return Wall()


@pytest.fixture
def road(on_sqlite, tmp_path):
    return Road(tmp_path)


@pytest.fixture
def desk(road, wall):
    return ConfigDesk(road.pen, road.keyring, wall)


def test_a_box_gets_what_its_place_and_door_are(road, desk):
    place = enrol(
        "front",
        zone="Europe/Vienna",
        languages="vi en",
        notice="Mất điện",
        help_desk="0212 1",
        code="https://example.org/vao",
        self_service=False,
        asks_phone=True,
        duty_minutes=45,
        questions=QUESTIONS,
    )
    Guard.objects.create(place=place, name="Lò Thử", pin_hash="$argon2id$x", right="check_in")

    ((topic, claims),) = road.turn(desk)

    told = json.loads(msgspec.json.encode(claims.body))
    keys = told.pop("sealing_keys")
    assert str(topic) == "doors/v1/front/config"
    assert told.pop("signing_keys").keys() == road.keyring.signing_keys().keys()
    assert told == {
        "place": "UBND phường Chiềng An",
        "kind": "checkpoint",
        "door": "Cửa front",
        "direction": "toggle",
        "zone": "Europe/Vienna",
        "hours": "",
        "notice": "Mất điện",
        "help_desk": "0212 1",
        "languages": ["vi", "en"],
        "code": "https://example.org/vao",
        "code_changes": False,
        "self_service": False,
        "asks_phone": True,
        "duty_minutes": 45,
        "questions": QUESTIONS,
        "guards": [{"name": "Lò Thử", "pin_hash": "$argon2id$x", "right": "check_in"}],
    }
    assert len(keys) > 90


@pytest.mark.parametrize("address", ["", "https://vao.example.vn"])
def test_a_places_own_code_goes_to_the_door_as_it_is(road, desk, settings, address):
    settings.ADDRESS = address
    enrol("front", code="https://example.org/vao")

    ((_, claims),) = road.turn(desk)

    assert (claims.body.code, claims.body.code_changes) == ("https://example.org/vao", False)


@pytest.mark.parametrize(
    ("address", "told"),
    [("", ("", False)), ("https://vao.example.vn", ("https://vao.example.vn/o/k7p2mqx", True))],
)
def test_a_place_without_one_has_that_of_its_page_which_changes(road, desk, settings, address, told):
    settings.ADDRESS = address
    enrol("front", slug="k7p2mqx")

    ((_, claims),) = road.turn(desk)

    assert (claims.body.code, claims.body.code_changes) == told


def test_doors_know_only_guards_who_may_do_anything_and_can_prove_who_they_are(road, desk):
    place = enrol("front")
    facts = {"right": "check_in", "pin_hash": "$argon2id$x"}
    for name, change in (
        ("A", {}),
        ("B", {"pin_hash": "", "badge_hash": "ab"}),
        ("C", {"right": ""}),
        ("D", {"pin_hash": ""}),
    ):
        Guard.objects.create(place=place, name=name, **{**facts, **change})

    ((_, claims),) = road.turn(desk)

    assert [guard.name for guard in claims.body.guards] == ["A", "B"]


def test_a_guard_whose_right_is_taken_is_unknown_at_the_next_turn(road, desk):
    guard = Guard.objects.create(place=enrol("front"), name="Lò Thử", pin_hash="$argon2id$x")
    road.turn(desk)

    guards.allow(guard, "")

    ((_, claims),) = road.turn(desk)
    assert claims.body.guards == ()


def test_no_box_is_told_what_it_knows(road, desk, wall):
    enrol("front", "back")
    assert len(road.turn(desk)) == 2
    assert road.turn(desk) == []

    wall.move(days=1)
    assert road.turn(desk) == [], "a day that is over at the far end of the keys is no news"
    wall.move(days=40)
    assert len(road.turn(desk)) == 2, "but keys that were added are"


def test_only_those_who_are_concerned_are_told(road, desk):
    enrol("front", "back")
    enrol("other", place="UBND phường Tô Hiệu")
    road.turn(desk)

    Place.objects.filter(name="UBND phường Tô Hiệu").update(notice="Mất điện")
    assert [topic.kiosk for topic, _ in road.turn(desk)] == ["other"]
    Kiosk.objects.filter(name="back").update(direction="out")
    assert [topic.kiosk for topic, _ in road.turn(desk)] == ["back"]


def test_a_revoked_box_is_told_nothing(road, desk, wall):
    enrol("front")
    Kiosk.objects.update(revoked_at=wall.now)

    assert road.turn(desk) == []


def test_a_public_place_gets_no_keys_for_names(road, desk):
    enrol("front", kind="public")

    ((_, claims),) = road.turn(desk)

    assert (claims.body.kind, claims.body.sealing_keys) == ("public", ())


def test_each_version_is_higher_than_all_before_even_for_another_process(road, desk, wall):
    enrol("front")
    ((_, first),) = road.turn(desk)
    Place.objects.update(notice="1")
    ((_, second),) = road.turn(ConfigDesk(road.pen, road.keyring, wall))

    assert second.counter > first.counter
    assert Kiosk.objects.get().config_counter == Kiosk.objects.get().counter == second.counter


def test_a_new_connection_gets_everything_again_as_it_was(road, desk):
    """The broker may have been wiped; a box that was not away knows the version already."""
    enrol("front", "back")
    before = road.turn(desk)

    desk.came_up(road)

    assert road.turn(desk) == before
    assert road.turn(desk) == []


def test_many_boxes_are_told_in_lots_and_none_is_passed_over(road, desk, monkeypatch):
    monkeypatch.setattr(configuring, "LOOKED_AT_ONCE", 4)
    monkeypatch.setattr(configuring, "SENT_AT_ONCE", 3)
    names = [f"box-{number:02}" for number in range(11)]
    enrol(*names)

    told = [[topic.kiosk for topic, _ in road.turn(desk)] for _ in range(8)]

    assert sorted(kiosk for lot in told for kiosk in lot) == names
    assert max(map(len, told)) == 3


def test_what_no_door_would_take_is_not_sent_and_told_once(road, desk, caplog):
    enrol("front", languages="")
    assert road.turn(desk) == []
    desk.came_up(road)
    assert road.turn(desk) == []

    (told,) = caplog.messages
    assert "languages" in told
    assert "collector place set" in told


def test_keys_that_cannot_be_read_stop_no_visits(road, desk, tmp_path, caplog):
    enrol("front")
    (tmp_path / "sealing.keys").write_text("rubbish")

    assert road.turn(desk) == []
    assert "sealing.keys" in caplog.text


def test_a_key_that_lies_ready_is_told_so_that_it_can_take_over(road, desk, tmp_path):
    enrol("front")
    road.turn(desk)
    (tmp_path / "signing.next.key").write_text("A" * 43)

    ((_, claims),) = road.turn(desk)
    (tmp_path / "signing.next.key").rename(tmp_path / "signing.key")

    assert len(claims.body.signing_keys) == 2
    assert road.keyring.signing_keys().keys() < claims.body.signing_keys.keys()


@pytest.mark.usefixtures("database")
def test_counters_are_never_given_twice_and_outlive_an_older_copy_of_the_database(monkeypatch):
    enrol("front", "back")
    first = reserve({"front": 3, "back": 1})
    second = reserve({"front": 1, "nobody": 5})
    assert second["front"] >= first["front"] + 3
    assert second.keys() == {"front"}

    Kiosk.objects.update(counter=0)
    later_s = time.time() + 1
    monkeypatch.setattr(pen.time, "time", lambda: later_s)
    assert reserve({"front": 1})["front"] > second["front"]
    monkeypatch.setattr(pen.time, "time", lambda: 0.0)
    Kiosk.objects.update(counter=7)
    assert reserve({"front": 2}) == {"front": 8}


def refusal(work, *arguments, **more):
    with pytest.raises(RegistryRefused) as refused:
        work(*arguments, **more)
    return str(refused.value)


def test_all_that_is_wrong_with_a_place_is_said_at_once_with_what_may_stand_there(road):
    enrol("front")
    told = {
        "kind": "privat",
        "notise": "x",
        "zone": "Asia/Hanoi",
        "keep_days": "0",
        "hours": "x" * 81,
        "help_desk": "0212\n1",
        "languages": "vi fr",
        "code": "www.example.org",
        "self_service": "maybe",
        "duty_minutes": "1441",
    }

    said = refusal(registering.set_place, PLACE, told)

    for part in (
        "not one of checkpoint, public",
        "did you mean notice?",
        "no such time zone",
        "1 to 3650",
        "hours",
        "80 letters",
        "doors speak en, vi",
        "begins with https://",
        "not one of yes, no",
        "1 to 1440",
    ):
        assert part in said
    assert Place.objects.get().kind == "checkpoint"


def test_a_place_is_changed_as_far_as_it_was_told(road):
    enrol("front", notice="Mất điện")

    registering.set_place(PLACE, {"kind": "public", "keep_days": "7", "languages": "en vi en"})
    registering.set_place(PLACE, {"self_service": "no", "asks_phone": "yes", "duty_minutes": "45"})

    place = Place.objects.get()
    assert (place.kind, place.keep_days, place.languages, place.notice) == ("public", 7, "en vi", "Mất điện")
    assert (place.self_service, place.asks_phone, place.duty_minutes) == (False, True, 45)


def test_a_slip_makes_no_new_place(road):
    enrol("front")

    assert "did you mean UBND phường Chiềng An?; make it with --new" in refusal(
        registering.set_place, "UBND Chiềng An", {"kind": "public"}
    )
    assert registering.set_place("Trạm y tế", {"kind": "public"}, new=True).kind == "public"
    assert "not a name" in refusal(registering.set_place, "x" * 81, {}, new=True)


def test_a_door_is_changed(road):
    enrol("front")

    assert "in, out, toggle" in refusal(registering.set_door, "front", {"direction": "up"})
    assert "did you mean front?" in refusal(registering.set_door, "frnt", {})
    registering.set_door("front", {"direction": "in", "name": "Cửa trước"})

    assert (Kiosk.objects.get().direction, Kiosk.objects.get().door) == ("in", "Cửa trước")


def test_the_registry_is_told_without_a_secret(road, wall):
    enrol("front", "back", notice="Mất điện", keep_days=7)
    Kiosk.objects.filter(name="back").update(revoked_at=wall.now, door="", direction="out")
    registering.set_place(
        PLACE, {"code": "https://example.org/vao", "self_service": "no", "asks_phone": "yes"}
    )
    registering.set_questions(PLACE, QUESTIONS)
    Guard.objects.create(place=Place.objects.get(), name="Lò Thử", pin_hash="$argon2id$x", badge_hash="0a")
    Guard.objects.create(place=Place.objects.get(), name="Lường Thử")

    assert list(listing.lines()) == [
        f"{PLACE}: checkpoint, names kept 7 days, Asia/Ho_Chi_Minh, vi",
        "  notice: Mất điện",
        "  code: https://example.org/vao",
        "  only guards key in numbers, who has no phone on the card is asked for it, a guard's duty lasts 30 minutes, asks fever, visit",
        "  back: out, revoked",
        "  front: Cửa front, toggle, not online",
        "  guard Lò Thử: check_in, by pin and badge",
        "  guard Lường Thử: check_in, by nothing yet",
    ]
    assert "argon2" not in json.dumps(listing.places())


def test_the_commands_say_what_they_did_or_what_to_mend(tmp_path):
    data = ("--data", str(tmp_path / "data"))

    made = run("place", "set", PLACE, "kind=public", "--new", *data)
    assert (made.returncode, made.stdout) == (0, f"{PLACE}: its doors are told\n"), made.stderr
    refused = run("place", "set", PLACE, "kind=privat", "hours=" + "x" * 81, *data)
    assert (refused.returncode, len(refused.stderr.splitlines())) == (2, 1)
    assert "one of checkpoint, public" in refused.stderr
    said = run("place", "set", PLACE, "--no-self-service", "--asks-phone", "--duty-minutes", "45", *data)
    assert said.returncode == 0, said.stderr
    assert "only guards key in numbers, who has" in run("place", "list", *data).stdout
    assert "nothing to change" in run("place", "set", PLACE, *data).stderr
    assert "1 to 1440" in run("place", "set", PLACE, "--duty-minutes", "0", *data).stderr
