"""A day at the door, through every room of the house."""

import sqlite3
from contextlib import closing

from kiosk.store.opening import FILE_NAME
from tests import people
from tests.programs import eventually

CARDS = [
    f"0140990000{number:02}||{name} Thử|0102{1950 + number}|Nam|Bản Mòn, Phường Chiềng An, Sơn La|15042021"
    for number, name in enumerate(
        ["Nguyễn", "Lò", "Hoàng", "Cầm", "Quàng", "Trần", "Phạm", "Vũ", "Đặng", "Bùi"], start=10
    )
]


def journal_ids(house):
    with closing(sqlite3.connect(house.door_data / FILE_NAME)) as journal:
        return [row[0] for row in journal.execute("SELECT id FROM entries ORDER BY sequence")]


def test_ten_visitors_while_the_broker_is_killed_and_comes_back(house):
    """Confirmed on the screen is in the database, once each; the screens come in the right order."""
    house.open_centre()
    house.open_bridge()
    door = house.open_door()
    door.next(signs=[])
    for number, card in enumerate(CARDS):
        if number == 4:
            house.broker.kill()
            door.next(signs=["line_down"])
        if number == 8:
            house.broker.start()
        door.say(f"show {house.card(card)}")
        shown = door.next(cue="welcome")
        assert (shown["state"], shown["reason"], shown["direction"]) == ("showing", "welcome", "in")
        assert shown["lamp"] == "green"

    house.until_collected(10)

    seen = house.collected()
    assert sorted(seen["ids"]) == sorted(journal_ids(house))
    assert (seen["in"], seen["out"], seen["set_aside"]) == (10, 0, 0)


def test_each_kind_of_visitor_comes_and_goes(house):
    house.open_centre()
    house.open_bridge()
    door = house.open_door("--set=door.same_code_s=0.5")
    for card in (people.CCCD, people.CAN_CUOC, people.PERSONAL_QR, people.ID_NUMBER):
        for way in ("in", "out"):
            # Far longer than one showing: on a busy machine a door hears late of what was read.
            door.say(f"show {house.card(card)}", "wait 1.5")
            door.next(state="showing", direction=way)
    door.say(f"key {people.PHONE}#")
    door.next(state="showing", direction="in")

    house.until_collected(9)

    assert (house.collected()["in"], house.collected()["out"]) == (5, 4)


def test_a_kiosk_that_is_killed_keeps_what_it_confirmed_and_the_centre_gets_it(house):
    door = house.open_door()
    door.say(f"show {house.card(people.CCCD)}")
    door.next(cue="welcome")
    door.kill()

    house.open_bridge()
    house.open_centre()

    house.until_collected(1)


def test_a_collector_that_is_killed_loses_nothing_and_doubles_nothing(house):
    centre = house.open_centre()
    house.open_bridge()
    door = house.open_door()
    for number, card in enumerate(CARDS[:6]):
        if number == 2:
            centre.kill()
        if number == 4:
            house.open_centre()
        door.say(f"show {house.card(card)}")
        door.next(cue="welcome")

    house.until_collected(6)

    assert sorted(house.collected()["ids"]) == sorted(journal_ids(house))


def test_a_broker_whose_disk_is_wiped_costs_nothing(house):
    house.open_bridge()
    door = house.open_door()
    for card in CARDS[:3]:
        door.say(f"show {house.card(card)}")
        door.next(cue="welcome")
    eventually(lambda: house.journal_counts()["sent"] == 3)
    house.broker.kill()
    for file in (house.folder / "broker").glob("*.db*"):
        file.unlink()
    house.broker.start()
    house.open_centre()

    house.until_collected(3)


def test_no_program_tells_of_anybody_in_its_log_or_lines(house):
    programs = [house.open_centre(), house.open_bridge(), house.open_door()]
    door = programs[-1]
    door.say(f"show {house.card(people.CCCD)}", f"key {people.PHONE}#", f"show {house.card(people.PAYMENT)}")
    lines = [door.next(reason=reason) for reason in ("welcome", "welcome", "payment_code")]
    house.until_collected(2)

    said = str(lines) + "\n".join(line for program in programs for line in program.errors)

    for personal in ("014099000001", "Thử", "912345678", "1999"):
        assert personal not in said
