"""Every box gets what the registry says of it, whenever that changes, and no more often."""

import json
from functools import partial

import msgspec
import pytest

from collector import listing, registering
from collector.down import configuring, pen
from collector.down.configuring import ConfigDesk
from collector.down.pen import reserve
from collector.errors import RegistryRefused
from collector.models import Guard, Kiosk, Place
from mqtt_bridge.wire import guards
from tests.collector.conftest import run
from tests.collector.down import PLACE, Road, Wall, enrol


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
    place = enrol("front", zone="Europe/Vienna", languages="vi en", notice="Mất điện", help_desk="0212 1")
    Guard.objects.create(place=place, name="Lò Thử", pin_hash="$scrypt$x", right="check_in")

    ((topic, claims),) = road.turn(desk)

    told = msgspec.to_builtins(claims.body)
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
        "languages": ("vi", "en"),
        "guards": ({"name": "Lò Thử", "pin_hash": "$scrypt$x", "right": "check_in"},),
    }
    assert len(keys) > 90


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
    assert reserve({"front": 1})["front"] >= second["front"]
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
    ):
        assert part in said
    assert Place.objects.get().kind == "checkpoint"


def test_a_place_is_changed_as_far_as_it_was_told(road):
    enrol("front", notice="Mất điện")

    registering.set_place(PLACE, {"kind": "public", "keep_days": "7", "languages": "en vi en"})

    place = Place.objects.get()
    assert (place.kind, place.keep_days, place.languages, place.notice) == ("public", 7, "en vi", "Mất điện")


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


def test_a_guard_comes_changes_and_goes(road):
    enrol("front")
    add = partial(registering.set_guard, PLACE, right="check_in")
    assert "4 to 12 digits" in refusal(add, "Lò Thử", pin="1", badge=None)
    assert "--pin-stdin or --badge" in refusal(add, "Lò Thử", pin=None, badge=None)
    assert "not a name" in refusal(add, "", pin="4821", badge=None)

    add("Lò Thử", pin="4821", badge=None)
    add("Lò Thử", pin=None, badge="guard-7")

    guard = Guard.objects.get()
    assert guards.is_pin("4821", guard.pin_hash)
    assert guard.badge_hash == guards.badge_digest("guard-7")
    assert "did you mean Lò Thử?" in refusal(registering.remove_guard, PLACE, "Lò Thư")
    registering.remove_guard(PLACE, "Lò Thử")
    assert not Guard.objects.exists()


def test_the_registry_is_told_without_a_secret(road, wall):
    enrol("front", "back", notice="Mất điện", keep_days=7)
    Kiosk.objects.filter(name="back").update(revoked_at=wall.now, door="", direction="out")
    registering.set_guard(PLACE, "Lò Thử", pin="4821", badge="guard-7", right="check_in")

    assert list(listing.lines()) == [
        f"{PLACE}: checkpoint, names kept 7 days, Asia/Ho_Chi_Minh, vi",
        "  notice: Mất điện",
        "  back: out, revoked",
        "  front: Cửa front, toggle, not online",
        "  guard Lò Thử: check_in, by pin and badge",
    ]
    assert "scrypt" not in json.dumps(listing.places())


def test_the_commands_say_what_they_did_or_what_to_mend(tmp_path):
    data = ("--data", str(tmp_path / "data"))

    made = run("place", "set", PLACE, "kind=public", "--new", *data)
    assert (made.returncode, made.stdout) == (0, f"{PLACE}: its doors are told\n"), made.stderr
    refused = run("place", "set", PLACE, "kind=privat", "hours=" + "x" * 81, *data)
    assert (refused.returncode, len(refused.stderr.splitlines())) == (2, 1)
    assert "one of checkpoint, public" in refused.stderr
