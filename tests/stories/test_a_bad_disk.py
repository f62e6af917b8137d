"""A disk that loses pages while door and bridge work: both begin anew, and the centre gets what is left."""

from kiosk.store import salvage
from kiosk.store.opening import FILE_NAME
from tests import people
from tests.kiosk import books
from tests.programs import PATIENCE_S, eventually


def test_visits_around_a_lost_page_reach_the_centre_and_the_door_serves_on(house):
    books.fill(house.door_data, 600)
    house.open_centre()
    door = house.open_door()
    books.spoil(house.door_data / FILE_NAME, range(100, 104))

    bridge = house.open_bridge()
    assert bridge.process.wait(PATIENCE_S) == 2
    assert door.process.wait(PATIENCE_S) == 2
    for program in (bridge, door):
        eventually(lambda program=program: any("the door mends it" in line for line in program.errors))

    # As systemd does it, in any order.
    bridge = house.open_bridge()
    door = house.open_door()
    (aside,) = salvage.put_aside(house.door_data)
    if bridge.process.poll() is not None:
        house.open_bridge()
    door.say(f"show {house.card(people.CCCD_OF_A_WOMAN)}")
    door.next(reason="welcome")

    eventually(
        lambda: house.journal_counts()["waiting"] == house.journal_counts()["sent"] == 0, patience_s=60
    )
    counts = house.journal_counts()
    lost = 601 - counts["stored"]
    assert 0 < lost < 60
    house.until_collected(counts["stored"])
    assert aside.stat().st_size > 0
