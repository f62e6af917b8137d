"""What pages are told and shown, over the real application."""

import threading

import numpy as np
import pytest

from hardware.simulated.panel import wire
from hardware.simulated.web import live
from tests.hardware.web.site import HEIGHT_PX, WIDTH_PX, decoded, pixels, showing
from tests.programs import eventually


def test_a_page_that_comes_is_told_all_that_is_so_and_shown_all_of_the_screen(site):
    site.door.say(wire.Glowing("green", "steady", (0.0, 1.0, 0.0)), pixels(7, 0, 0, WIDTH_PX, HEIGHT_PX))
    eventually(site.canvas.bgr.any)

    page = site.page()
    x, y, number, picture = page.picture(1)
    page.close()

    assert (x, y, number) == (0, 0, 7)
    assert (decoded(picture) == site.canvas.bgr).all()
    assert page.facts["door"] == {
        "is_open": True,
        "width_px": WIDTH_PX,
        "height_px": HEIGHT_PX,
        "keys": "123456789*0#",
    }
    assert page.facts["lamp"] == {"colour": "green", "pattern": "steady", "shares": [0, 1, 0]}
    assert page.facts["view"]["headline"] == "Mời"
    assert page.facts["hand"] is None
    assert [thing["id"] for thing in page.facts["tray"]] == [
        "lo",
        "nguyen",
        "tran",
        "hoang",
        "cam",
        "payment",
    ]


def test_what_changes_is_shown_without_loss_where_it_changed(site, page):
    changed = pixels(9, 30, 40, 50, 60)
    site.door.say(changed)

    x, y, number, picture = page.picture(2)

    assert (x, y, number) == (30, 40, 9)
    assert picture.startswith(b"\x89PNG")
    assert decoded(picture).tobytes() == changed.bgr


def test_the_cameras_picture_alone_comes_as_a_jpeg(site, page):
    site.door.say(pixels(1, 10, 10, 64, 48, is_camera=True))

    x, y, _, picture = page.picture(2)

    assert (x, y) == (10, 10)
    assert picture.startswith(b"\xff\xd8")
    assert decoded(picture).shape == (48, 64, 3)


def test_words_come_before_their_pixels(site, page):
    for number in range(2, 30):
        site.door.say(showing(number), pixels(number, 0, 0, 8, 8, seed=number))
        *_, painted, _ = page.picture(number)

        assert page.facts["view"]["number"] >= painted


def test_a_page_that_draws_slowly_gets_all_that_changed_meanwhile_in_one(site):
    slow = site.page(draws=False)
    slow.picture(1)
    first, second = pixels(2, 10, 10, 20, 20, seed=2), pixels(3, 100, 50, 20, 20, seed=3)
    site.door.say(first, second, showing(3))
    slow.sees(view=slow.facts["view"] | {"number": 3, "state": "showing", "reason": "welcome"})
    assert len(slow.pictures) == 1

    slow.ask("drawn")
    x, y, number, picture = slow.picture(2)
    slow.close()

    assert (x, y, number) == (10, 10, 3)
    seen = decoded(picture)
    assert seen.shape == (60, 110, 3)
    assert seen[:20, :20].tobytes() == first.bgr
    assert seen[40:, 90:].tobytes() == second.bgr


def test_what_changes_beside_the_cameras_picture_does_not_make_it_come_without_loss(site):
    slow = site.page(draws=False)
    slow.picture(1)
    site.door.say(
        pixels(1, 10, 10, 64, 48, is_camera=True), pixels(1, 300, 10, 30, 12), wire.Shining(is_on=True)
    )
    slow.sees(light=True)

    slow.ask("drawn")
    clock = slow.picture(2)
    slow.ask("drawn")
    camera = slow.picture(3)
    slow.close()

    assert (clock[:2], clock[3][:4]) == ((300, 10), b"\x89PNG")
    assert (camera[:2], camera[3][:2]) == ((10, 10), b"\xff\xd8")


def test_a_page_that_draws_nothing_any_more_stops_no_other(site, page):
    stuck = site.page(draws=False)
    stuck.picture(1)
    for number in range(2, 12):
        site.door.say(pixels(number, 0, 0, WIDTH_PX, HEIGHT_PX, seed=number))
        page.picture(number)

    assert len(stuck.pictures) == 1
    stuck.close()


def test_two_pages_agree(site, page, other):
    site.door.say(showing(5, name="LÒ T. T. · 1950"), pixels(5, 0, 0, WIDTH_PX, HEIGHT_PX))
    eventually(
        lambda: (
            page.facts.get("view")
            == other.facts.get("view")
            == site.facts["view"] | {"signs": [], "rows": []}
        )
    )

    assert page.picture(2) == other.picture(2)


def test_tones_and_phrases_are_heard_by_all(site, page, other):
    site.door.say(wire.Sounding("welcome", ((880, 90), (1320, 140)), 60), wire.Saying("welcome", "vi"))

    for one in (page, other):
        assert one.hears("cue") == {
            "happened": "cue",
            "cue": "welcome",
            "beeps": [[880, 90], [1320, 140]],
            "volume": 60,
        }
        assert one.hears("phrase")["phrase"] == "welcome"


@pytest.mark.parametrize(
    "end",
    [
        lambda door: None,
        lambda door: door.socket.sendall(wire.LENGTH.pack(1000) + b"half a mess"),
        lambda door: door.socket.sendall(wire.LENGTH.pack(5) + b"\xc1\xc1\xc1\xc1\xc1"),
        lambda door: door.socket.sendall(wire.LENGTH.pack(wire.LARGEST_BYTES + 1)),
        lambda door: door.say(pixels(1, WIDTH_PX - 5, 0, 10, 10)),
        lambda door: door.say(wire.Opened(10, 10, "")),
    ],
    ids=[
        "in order",
        "amid a message",
        "with garbage",
        "with too much",
        "painting beside its screen",
        "twice",
    ],
)
def test_a_door_that_goes_leaves_a_dark_screen(site, page, end):
    site.door.say(
        pixels(1, 0, 0, WIDTH_PX, HEIGHT_PX),
        wire.Glowing("red", "blinking", (1, 0, 0)),
        wire.Shining(is_on=True),
    )
    page.sees(light=True)

    end(site.door)
    site.door.end()

    page.sees(view=None, light=False, lamp={"colour": "off", "pattern": "steady", "shares": [0, 0, 0]})
    assert page.facts["door"]["is_open"] is False
    eventually(lambda: not decoded(page.pictures[-1][8:]).any())
    assert site.link.gone.is_set()


def test_a_door_that_opens_after_another_is_counted_and_shown_anew(site, page):
    before = page.facts["view"]["door"]

    site.opens()

    eventually(lambda: page.facts.get("view") and page.facts["view"]["door"] == before + 1)
    site.door.say(pixels(1, 0, 0, WIDTH_PX, HEIGHT_PX))
    eventually(lambda: np.array_equal(decoded(page.pictures[-1][8:]), site.canvas.bgr))


def test_a_fault_of_ours_in_what_a_door_says_is_told_and_the_door_let_go(site, page, monkeypatch, caplog):
    monkeypatch.setattr(site.canvas, "paint", lambda _pixels: 1 / 0)

    site.door.say(pixels(1, 0, 0, 8, 8))

    page.sees(view=None)
    assert site.link.gone.is_set()
    eventually(lambda: "ended by an error" in caplog.text)


def test_a_page_hears_that_the_stand_lives(site, monkeypatch):
    monkeypatch.setattr(live, "ALIVE_S", 0.05)
    page = site.page()

    eventually(lambda: page.signs_of_life >= 2)

    page.close()


def test_one_page_too_many_is_sent_away_and_let_in_once_another_has_gone(site, page, monkeypatch):
    monkeypatch.setattr(live, "_MOST_PAGES", 1)
    sent_away = site.page()
    eventually(lambda: sent_away.sent_away == 1013)

    page.close()

    def is_let_in():
        another = site.page()
        another.close()
        return another.pictures

    eventually(is_let_in)


@pytest.mark.parametrize("says", [(), (showing(),)], ids=["nothing", "something else first"])
def test_a_door_that_ends_before_it_is_open_is_no_door(site, says):
    site.door.end()
    door = type(site.door)()
    door.say(*says)
    threading.Timer(0.05, door.end).start()

    with pytest.raises(ConnectionError, match="look into its log"):
        site.run(site.link.attach(door.panel, wire.Begin()))

    assert site.facts["door"]["is_open"] is False
