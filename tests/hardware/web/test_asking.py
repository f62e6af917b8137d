"""What pages ask for, over the real application."""

import json

import pytest

from hardware.simulated.panel import wire
from hardware.simulated.web import live
from tests.hardware.test_pictures import jpeg_of_scans
from tests.hardware.web.site import as_jpeg, np, showing
from tests.programs import eventually

FRAME = np.random.default_rng(3).integers(90, 150, (480, 640), np.uint8)


def test_a_key_reaches_the_door_and_is_seen_pressed_on_all_pages(site, page, other):
    page.ask("key", key="5")

    site.door.hears(wire.Pressed, key="5")
    assert page.hears("key") == other.hears("key") == {"happened": "key", "key": "5"}


def test_the_button_in_the_housing_reaches_the_door(site, page):
    page.ask("button")

    site.door.hears(wire.ButtonHeld)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no JSON",
        "[]",
        "{}",
        '{"do":"quit"}',
        '{"do":"key"}',
        '{"do":"key","key":"E"}',
        '{"do":"key","key":"5\\n"}',
        '{"do":"key","key":5}',
        '{"do":"key","key":"5","more":1}',
        '{"do":"show","visitor":"nobody"}',
        '{"do":"show","visitor":"../setup"}',
        '{"do":"hold","visitor":"lo","x":1.5,"y":0}',
        '{"do":"hold","visitor":"lo","x":NaN,"y":0}',
        '{"do":"lever","lever":"door","on":true}',
        '{"do":"lever","lever":"line","on":"no"}',
        '{"do":"key","key":"' + "5" * 5000 + '"}',
        "[" * 900,
        "\ud7ff" * 900,
    ],
)
def test_what_may_not_be_asked_is_a_fault_told_to_that_page_alone(site, page, other, text):
    page.send(text)

    fault = page.hears("fault")
    what = fault["what"]
    page.ask("key", key="1")
    site.door.hears(wire.Pressed, key="1")
    other.hears("key")
    assert what
    assert "\n" not in what
    assert fault["code"] in {"not_understood", "no_such_thing"}
    assert [one["happened"] for one in other.happened] == ["key"]


def test_levers_and_boxes_reach_the_stand_in_their_order(site, page):
    page.ask("lever", lever="line", on=False)
    page.ask("lever", lever="line", on=True)
    page.ask("new_box")
    page.ask("in_service")

    eventually(lambda: site.stand.asked == [("line", False), ("line", True), "new box", "in service"])


def test_a_lever_that_takes_its_time_holds_up_no_picture_and_outlives_its_page(site, page, other):
    site.do(site.stand.free.clear)
    page.ask("lever", lever="power", on=False)
    eventually(lambda: site.stand.asked == [("power", False)])
    page.ask("lever", lever="power", on=True)
    page.ask("key", key="7")
    site.door.hears(wire.Pressed, key="7")

    page.close()
    site.do(site.stand.free.set)

    eventually(lambda: site.stand.asked == [("power", False), ("power", True)])


@pytest.mark.parametrize(
    ("lever", "code", "what"),
    [
        ("disk", "unknown", "disk: cannot be filled here"),
        ("clock", "failed", "look into the log of the stand"),
        ("camera", "opening", "the door opens as yet"),
    ],
)
def test_a_lever_that_cannot_be_pulled_is_a_fault_and_the_next_one_works(site, page, lever, code, what):
    page.ask("lever", lever=lever, on=False)
    fault = page.hears("fault")
    assert (fault["code"], what in fault["what"]) == (code, True)

    page.ask("lever", lever="line", on=False)

    eventually(lambda: ("line", False) in site.stand.asked)


def test_more_levers_than_can_be_pulled_are_refused(site, page):
    site.do(site.stand.free.clear)
    for _ in range(60):
        page.ask("lever", lever="line", on=False)

    fault = page.hears("fault")
    assert (fault["code"], "still to be done" in fault["what"]) == ("busy", True)
    site.do(site.stand.free.set)
    eventually(lambda: len(site.stand.asked) >= 30)


def test_the_laptops_camera_becomes_the_doors(site, page):
    page.ask("laptop", on=True)
    page.sees(hand={"held": "laptop", "x": 0.5, "y": 0.5})

    page.send(as_jpeg(FRAME))

    page.hears("taken")
    seen = site.door.hears(wire.Seen, width_px=640, height_px=480)
    assert abs(np.frombuffer(seen.luma, np.uint8).astype(int) - FRAME.ravel()).mean() < 12
    page.ask("laptop", on=False)
    page.sees(hand=None)
    site.door.sees_nobody()


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"no picture", "no picture"),
        (b"", "no picture"),
        (jpeg_of_scans(10), "more than 4 scans"),
        (as_jpeg(FRAME)[:2000], "broken"),
        (as_jpeg(np.zeros((1081, 1920), np.uint8)), "scale it down"),
        (as_jpeg(np.zeros((100, 4000), np.uint8)), "scale it down"),
        (b"\x89PNG\r\n\x1a\n" + b"x" * 60, "no picture"),
        (b"\xff\xd8" + b"\0" * live.LARGEST_FRAME_BYTES, "at most"),
    ],
    ids=["text", "nothing", "many scans", "half", "too many pixels", "too wide", "png", "too many bytes"],
)
def test_a_frame_that_is_none_is_a_fault_and_the_next_is_seen(site, page, content, what):
    page.ask("laptop", on=True)
    page.send(content)
    assert what in page.hears("fault")["what"]
    page.hears("taken")

    page.send(as_jpeg(FRAME))

    site.door.hears(wire.Seen, width_px=640)


def test_frames_of_a_camera_that_is_not_the_doors_are_passed_over(site, page, other):
    other.ask("laptop", on=True)
    other.sees(hand={"held": "laptop", "x": 0.5, "y": 0.5})

    page.send(as_jpeg(FRAME))

    page.hears("taken")
    assert not site.door.held_up()


def test_a_camera_that_lost_to_another_is_told_so_alone(site, page, other):
    page.ask("laptop", on=True)
    page.sees(hand={"held": "laptop", "x": 0.5, "y": 0.5})

    other.ask("laptop", on=True)
    page.hears("laptop_lost")
    other.ask("laptop", on=False)
    other.sees(hand=None)

    other.ask("key", key="1")
    other.hears("key")
    assert [one["happened"] for one in other.happened] == ["key"]


def test_a_camera_gives_way_to_a_card(site, page, other):
    page.ask("laptop", on=True)
    page.sees(hand={"held": "laptop", "x": 0.5, "y": 0.5})

    other.ask("show", visitor="lo")

    page.hears("laptop_lost")
    site.door.sees()


def test_a_page_that_goes_puts_down_what_it_held(site, page, other):
    page.ask("hold", visitor="lo", x=0.25, y=0.5)
    other.sees(hand={"held": "lo", "x": 0.25, "y": 0.5})

    page.close()

    other.sees(hand=None)
    site.door.sees_nobody()


def test_a_page_that_goes_leaves_what_was_shown_by_a_click(site, page, other):
    page.ask("show", visitor="tran")
    other.sees(hand={"held": "tran", "x": 0.5, "y": 0.5})

    page.close()
    other.ask("key", key="1")

    other.hears("key")
    assert other.facts["hand"]
    site.door.say(showing())
    other.sees(hand=None)


def test_a_page_that_asks_faster_than_it_is_served_fills_no_memory(site, other):
    site.opens(listens=False)
    page = site.page(draws=False)
    flood = json.dumps({"do": "key", "key": "5"})
    for _ in range(3000):
        page.send(flood)
        page.send("garbage")
    page.send(json.dumps({"do": "hold", "visitor": "lo", "x": 0.5, "y": 0.5}))

    other.sees(hand={"held": "lo", "x": 0.5, "y": 0.5})
    assert len(site.link._unsent) <= 200
    assert all(queue.qsize() <= 500 for queue in site.facts._listeners)
    page.close()
