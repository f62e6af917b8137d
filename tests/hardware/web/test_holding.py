"""What the door's camera sees of what is held up, and its keypad of numbers."""

import io
import socket
import time

import cv2
import numpy as np
import pytest
from PIL import Image

from hardware.simulated.demo.people import STRAY_CODE, VISITORS
from hardware.simulated.panel import wire
from hardware.simulated.web import app, hand
from hardware.simulated.web.facts import Facts
from hardware.simulated.web.scene import HEIGHT_PX, WIDTH_PX, Room
from hardware.simulated.web.scene import hold as made
from hardware.simulated.web.tray import Tray
from hardware.zxing import Zxing
from tests.hardware.test_pictures import png_head
from tests.hardware.web.site import decoded, now_s, showing
from tests.programs import eventually

CODES = {visitor.id: visitor.code for visitor in VISITORS if visitor.code} | {"payment": STRAY_CODE}
READER = Zxing()


def read(seen: wire.Seen):
    luma = np.frombuffer(seen.luma, np.uint8).reshape(seen.height_px, seen.width_px)
    return [content.decode() for content in READER.read(luma)]


def png(luma) -> bytes:
    return cv2.imencode(".png", luma)[1].tobytes()


@pytest.mark.parametrize("name", CODES)
def test_what_is_shown_is_read_and_put_down_once_the_door_has_answered(site, page, name):
    page.ask("show", visitor=name)

    assert read(site.door.hears(wire.Seen)) == [CODES[name]]
    site.door.say(showing(2, name="LÒ T. T. · 1950"))
    site.door.hears(wire.NothingSeen)
    page.sees(hand=None)


def test_views_that_answer_nobody_let_it_be_held_until_time_is_up(site, page, monkeypatch):
    monkeypatch.setattr(hand, "SHOWN_S", 0.5)
    page.ask("show", visitor="lo")
    began_s = now_s()
    site.door.hears(wire.Seen)
    site.door.say(wire.Shown(2, "waiting", "neutral", "Mời", "", "", "", "", "Giữ yên", "", "", "vi", ()))
    site.door.say(wire.Shown(3, "saving", "neutral", "…", "", "", "", "", "", "", "", "vi", ()))

    site.door.hears(wire.NothingSeen)

    assert 0.5 <= now_s() - began_s < 3


def test_an_answer_that_stood_there_before_is_none(site, page):
    site.door.say(showing(2, name="NGUYỄN V. T. · 1999"))
    eventually(lambda: page.facts["view"]["state"] == "showing")
    page.ask("show", visitor="lo")
    site.door.hears(wire.Seen)
    site.door.say(showing(3, name="NGUYỄN V. T. · 1999", note="another minute"))
    eventually(lambda: page.facts["view"]["number"] == 3)
    assert not site.door.of(wire.NothingSeen)

    site.door.say(showing(4, name="LÒ T. T. · 1950"))

    site.door.hears(wire.NothingSeen)


def test_what_is_shown_next_takes_the_place_of_what_was(site, page):
    page.ask("show", visitor="lo")
    site.door.hears(wire.Seen)
    page.ask("show", visitor="payment")

    eventually(lambda: read(site.door.of(wire.Seen)[-1]) == [STRAY_CODE])

    assert not site.door.of(wire.NothingSeen)


def test_somebody_with_a_number_has_it_keyed_in(site, page):
    began_s = now_s()
    page.ask("show", visitor="cam")

    site.door.hears(wire.Pressed, key="#")

    assert "".join(pressed.key for pressed in site.door.of(wire.Pressed)) == "0982000084#"
    assert now_s() - began_s > 10 * hand.KEY_S
    assert not site.door.of(wire.Seen)


def test_what_is_dragged_is_seen_where_the_visitor_sees_it_in_the_mirror(site, page):
    page.ask("hold", visitor="lo", x=0.25, y=0.75)

    seen = site.door.hears(wire.Seen)

    luma = np.frombuffer(seen.luma, np.uint8).reshape(HEIGHT_PX, WIDTH_PX)
    rows, columns = np.nonzero(abs(luma.astype(int) - 118) > 50)
    assert columns.mean() == pytest.approx(0.75 * WIDTH_PX, abs=12)
    assert rows.min() > 0.45 * HEIGHT_PX
    page.ask("put_down")
    site.door.hears(wire.NothingSeen)


def test_something_still_is_seen_anew_some_times_a_second_and_something_moving_15_times_at_most(site, page):
    def seen_in(count: int) -> float:
        first = len(site.door.of(wire.Seen))
        began_s = now_s()
        eventually(lambda: len(site.door.of(wire.Seen)) >= first + count)
        return now_s() - began_s

    page.ask("hold", visitor="lo", x=0.5, y=0.5)
    assert seen_in(4) < 2.5
    stills = site.door.of(wire.Seen)
    assert stills[-1].luma != stills[-2].luma

    first, began_s = len(site.door.of(wire.Seen)), now_s()
    while now_s() < began_s + 0.8:
        page.ask("hold", visitor="lo", x=(now_s() - began_s), y=0.5)
        time.sleep(0.01)
    moves = len(site.door.of(wire.Seen)) - first
    assert 5 <= moves <= 15 * 0.8 + 2


def test_who_keys_in_a_number_after_a_card_was_shown_puts_the_card_down(site, page):
    page.ask("show", visitor="lo")
    site.door.hears(wire.Seen)

    page.ask("show", visitor="cam")

    site.door.hears(wire.NothingSeen)
    page.sees(hand=None)


@pytest.mark.parametrize(("x", "reads"), [(0.5, True), (0.15, True), (0.0, False), (1.0, False)])
def test_a_card_at_the_edge_is_partly_out_of_the_picture(x, reads):
    thing = Tray(Facts())["lo"]
    room = Room()

    contents = READER.read(room.see(made(thing.luma, thing.kind), x, 0.5, at_s=0.4))

    assert (contents == [CODES["lo"].encode()]) is reads


def test_a_picture_is_held_up(site, page):
    photo = np.full((900, 1600, 3), 180, np.uint8)
    code = decoded(site.tray["tran"].png)
    photo[100 : 100 + len(code), 200 : 200 + len(code)] = code

    assert site.answer("POST", "/picture", png(photo))[0] == 204

    assert read(site.door.hears(wire.Seen)) == [CODES["tran"]]
    page.sees(hand={"held": "picture", "x": 0.5, "y": 0.5})
    site.door.say(showing(2))
    page.sees(hand=None)


@pytest.mark.parametrize("kind", ["GIF", "BMP", "WEBP", "TIFF"])
def test_any_kind_of_picture_will_do_and_what_is_transparent_is_white(site, kind):
    content = io.BytesIO()
    code = Image.open(io.BytesIO(site.tray["hoang"].png)).convert("L")
    seen_through = Image.new("RGBA", code.size)
    seen_through.putalpha(code.point(lambda level: 255 - level))
    (seen_through if kind == "WEBP" else code).save(
        content, kind, **({"lossless": True} if kind == "WEBP" else {})
    )

    assert site.answer("POST", "/picture", content.getvalue())[0] == 204

    assert read(site.door.hears(wire.Seen)) == [CODES["hoang"]]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "no picture; give a PNG or JPEG"),
        (b"<svg onload=alert(1)>", "no picture; give a PNG or JPEG"),
        (png_head(30000, 30000), "scale it down to less than 80 megapixels"),
        (png(np.zeros((400, 400), np.uint8))[:200], "a broken picture"),
        (b"\x89PNG" + bytes(app.LARGEST_PICTURE_BYTES), "give one of 20 MB at most"),
    ],
    ids=["nothing", "text", "a bomb", "half", "too large"],
)
def test_what_is_no_good_picture_is_refused_with_the_reason(site, content, why):
    status, headers, body = site.answer("POST", "/picture", content)

    assert (status, headers["content-type"]) == (400, "application/json")
    assert why.encode() in body
    assert b"\\n" not in body
    assert not site.door.of(wire.Seen)


def test_one_picture_is_taken_at_a_time_and_one_that_breaks_off_is_in_nobodys_way(site):
    origin = f"http://127.0.0.1:{site.port}"
    with socket.create_connection(("127.0.0.1", site.port)) as half:
        half.sendall(
            f"POST /picture HTTP/1.1\r\nHost: {origin[7:]}\r\nOrigin: {origin}\r\n"
            "Content-Length: 100\r\n\r\nhalf".encode()
        )
        eventually(lambda: b"another is being looked at" in site.answer("POST", "/picture", b"x")[2])

    eventually(lambda: site.answer("POST", "/picture", site.tray["lo"].png)[0] == 204)

    site.door.hears(wire.Seen)


def test_what_is_laid_into_the_tray_is_shown_until_it_is_taken_out(site, page, tmp_path):
    (tmp_path / "setup.png").write_bytes(site.tray["hoang"].png)
    site.do(site.tray.add, "setup", "setup", tmp_path / "setup.png")
    eventually(lambda: page.facts["tray"][-1]["id"] == "setup")
    thing = page.facts["tray"][-1]
    assert (thing["kind"], thing["number"]) == ("setup", None)
    assert site.answer("GET", thing["picture"])[2] == site.tray["setup"].png

    site.do(site.tray.add, "setup", "setup", tmp_path / "setup.png")
    eventually(lambda: page.facts["tray"][-1]["picture"] != thing["picture"])
    site.do(site.tray.remove, "setup")

    eventually(lambda: page.facts["tray"][-1]["id"] == "payment")
    assert site.answer("GET", "/tray/setup.png")[0] == 404
