"""What the door's camera sees of what is held up, and its keypad of numbers."""

import asyncio
import contextlib
import io
import json
import signal
import socket
import time

import cv2
import numpy as np
import pytest
from PIL import Image

from hardware.simulated.demo.people import STRAY_CODE, VISITORS
from hardware.simulated.panel import wire
from hardware.simulated.web import app, decoding, hand
from hardware.simulated.web.facts import Facts
from hardware.simulated.web.faults import Fault
from hardware.simulated.web.scene import HEIGHT_PX, WIDTH_PX, Room
from hardware.simulated.web.scene import thing_of as made
from hardware.simulated.web.tray import Tray
from hardware.zxing import Zxing
from tests.hardware.test_pictures import jpeg_of_scans, png_head
from tests.hardware.web.site import decoded, luma_of, now_s, showing
from tests.programs import eventually

CODES = {visitor.id: visitor.code for visitor in VISITORS if visitor.code} | {"payment": STRAY_CODE}
READER = Zxing()


def read(seen: wire.Seen):
    return [content.decode() for content in READER.read(luma_of(seen))]


def png(luma) -> bytes:
    return cv2.imencode(".png", luma)[1].tobytes()


@pytest.mark.parametrize("name", CODES)
def test_what_is_shown_is_read_and_put_down_once_the_door_has_answered(site, page, name):
    page.ask("show", visitor=name)

    assert read(site.door.sees()) == [CODES[name]]
    site.door.say(showing(2, name="LÒ T. T. · 1950"))
    page.sees(hand=None)
    site.door.sees_nobody()


def test_views_that_answer_nobody_let_it_be_held_until_time_is_up(site, page, monkeypatch):
    monkeypatch.setattr(hand, "SHOWN_S", 0.5)
    page.ask("show", visitor="lo")
    began_s = now_s()
    site.door.sees()
    site.door.say(wire.Shown(2, "waiting", "neutral", "Mời", "", "", "", "", "Giữ yên", "", "", "vi", ()))
    site.door.say(wire.Shown(3, "saving", "neutral", "…", "", "", "", "", "", "", "", "vi", ()))

    page.sees(hand=None)
    assert now_s() - began_s >= 0.5


def test_an_answer_that_stood_there_before_is_none(site, page):
    site.door.say(showing(2, name="NGUYỄN V. T. · 1999"))
    eventually(lambda: page.facts["view"]["state"] == "showing")
    page.ask("show", visitor="lo")
    site.door.sees()
    site.door.say(showing(3, name="NGUYỄN V. T. · 1999", note="another minute"))
    eventually(lambda: page.facts["view"]["number"] == 3)
    assert page.facts["hand"]

    site.door.say(showing(4, name="LÒ T. T. · 1950"))

    page.sees(hand=None)
    site.door.sees_nobody()


def test_what_is_shown_next_takes_the_place_of_what_was(site, page):
    page.ask("show", visitor="lo")
    first = site.door.sees()
    page.ask("show", visitor="payment")

    eventually(lambda: read(site.door.of(wire.Seen)[-1]) == [STRAY_CODE])

    seen = site.door.of(wire.Seen)
    assert site.door.held_up() == seen[seen.index(first) :]


def test_somebody_with_a_number_has_it_keyed_in(site, page):
    began_s = now_s()
    page.ask("show", visitor="cam")

    site.door.hears(wire.Pressed, key="#")

    assert "".join(pressed.key for pressed in site.door.of(wire.Pressed)) == "0982000084#"
    assert now_s() - began_s > 10 * hand.KEY_S
    assert not site.door.held_up()


def test_what_is_dragged_is_seen_where_the_visitor_sees_it_in_the_mirror(site, page):
    page.ask("hold", visitor="lo", x=0.25, y=0.75)

    seen = site.door.sees()

    rows, columns = np.nonzero(abs(luma_of(seen).astype(int) - 118) > 52)
    assert columns.mean() == pytest.approx(0.75 * WIDTH_PX, abs=12)
    assert rows.min() > 0.45 * HEIGHT_PX
    page.ask("put_down")
    site.door.sees_nobody()


@pytest.mark.parametrize("holds", [False, True], ids=["nobody", "something still"])
def test_the_camera_goes_on_seeing_where_nothing_moves(site, page, holds):
    if holds:
        page.ask("hold", visitor="lo", x=0.5, y=0.5)
        site.door.sees()
    first = len(site.door.of(wire.Seen))

    eventually(lambda: len(site.door.of(wire.Seen)) >= first + 3)

    assert len({seen.luma for seen in site.door.of(wire.Seen)[first:]}) >= 3
    assert bool(read(site.door.of(wire.Seen)[-1])) is holds


def test_something_that_moves_is_seen_where_it_is_and_15_times_a_second_at_most(site, page):
    began_s = now_s()
    first = len(site.door.of(wire.Seen))
    while now_s() < began_s + 0.5:
        page.ask("hold", visitor="lo", x=0.2 + now_s() - began_s, y=0.5)
        time.sleep(0.01)
    page.ask("hold", visitor="lo", x=0.5, y=0.75)

    def is_there():
        rows, columns = np.nonzero(luma_of(site.door.of(wire.Seen)[-1]) > 200)
        return rows.size and abs(columns.mean() - 0.5 * WIDTH_PX) < 12 and rows.min() > 0.45 * HEIGHT_PX

    eventually(is_there)
    assert len(site.door.of(wire.Seen)) - first <= 15 * (now_s() - began_s) + 2


def test_who_keys_in_a_number_after_a_card_was_shown_puts_the_card_down(site, page):
    page.ask("show", visitor="lo")
    site.door.sees()

    page.ask("show", visitor="cam")

    page.sees(hand=None)
    site.door.sees_nobody()


@pytest.mark.parametrize(("x", "reads"), [(0.5, True), (0.15, True), (0.0, False), (1.0, False)])
def test_a_card_at_the_edge_is_partly_out_of_the_picture(x, reads):
    thing = Tray(Facts())["lo"]
    room = Room()

    contents = READER.read(room.see_held(made(thing.luma, thing.kind), x, 0.5, at_s=0.4))

    assert (contents == [CODES["lo"].encode()]) is reads


def test_a_picture_is_held_up(site, page):
    photo = np.full((900, 1600, 3), 180, np.uint8)
    code = decoded(site.tray["tran"].png)
    photo[100 : 100 + len(code), 200 : 200 + len(code)] = code

    assert site.answer("POST", "/picture", png(photo))[0] == 204

    assert read(site.door.sees()) == [CODES["tran"]]
    page.sees(hand={"held": "picture", "x": 0.5, "y": 0.5})
    site.door.say(showing(2))
    page.sees(hand=None)


@pytest.mark.parametrize("kind", ["GIF", "BMP", "WEBP"])
def test_any_common_kind_of_picture_will_do_and_what_is_transparent_is_white(site, kind):
    content = io.BytesIO()
    code = Image.open(io.BytesIO(site.tray["hoang"].png)).convert("L")
    seen_through = Image.new("RGBA", code.size)
    seen_through.putalpha(code.point(lambda level: 255 - level))
    (seen_through if kind == "WEBP" else code).save(
        content, kind, **({"lossless": True} if kind == "WEBP" else {})
    )

    assert site.answer("POST", "/picture", content.getvalue())[0] == 204

    assert read(site.door.sees()) == [CODES["hoang"]]


@pytest.mark.parametrize(
    ("content", "code", "why"),
    [
        (b"<svg onload=alert(1)>", "not_a_picture", "no picture; give a PNG or JPEG"),
        (b"II*\0" + bytes(100), "not_a_picture", "no picture; give a PNG or JPEG"),
        (b"\0\0\0\x18ftypheic\0\0\0\0", "heic", "save it as JPEG, or take a screenshot"),
        (png_head(6000, 5000), "too_large", "scale it down to less than 25 megapixels"),
        (png(np.zeros((400, 400), np.uint8))[:200], "broken_picture", "a broken picture"),
        (jpeg_of_scans(1000), "broken_picture", "more than 20 scans"),
        (b"\x89PNG" + bytes(app.LARGEST_PICTURE_BYTES), "too_large", "give one of 20 MB at most"),
    ],
    ids=["text", "TIFF", "HEIC", "a bomb", "half", "a thousand scans", "too large"],
)
def test_what_is_no_good_picture_is_refused_with_the_reason(site, content, code, why):
    status, headers, body = site.answer("POST", "/picture", content)

    assert (status, headers["content-type"]) == (400, "application/json")
    told = json.loads(body)
    assert (told["code"], why in told["error"], "\n" in told["error"]) == (code, True, False)
    assert not site.door.held_up()


def test_pictures_that_arrive_slowly_are_in_nobodys_way_until_there_are_many(site):
    origin = f"http://127.0.0.1:{site.port}"
    head = f"POST /picture HTTP/1.1\r\nHost: {origin[7:]}\r\nOrigin: {origin}\r\nContent-Length: 100\r\n\r\n"
    with contextlib.ExitStack() as slow:
        for _ in range(3):
            half = slow.enter_context(socket.create_connection(("127.0.0.1", site.port)))
            half.sendall(head.encode() + b"half")
        assert site.answer("POST", "/picture", site.tray["lo"].png)[0] == 204
        half = slow.enter_context(socket.create_connection(("127.0.0.1", site.port)))
        half.sendall(head.encode() + b"half")
        eventually(lambda: b'"busy"' in site.answer("POST", "/picture", b"x")[2])

    eventually(lambda: site.answer("POST", "/picture", site.tray["lo"].png)[0] == 204)
    site.door.sees()


def test_a_picture_that_takes_too_long_is_given_up_and_no_process_is_left(monkeypatch):
    monkeypatch.setattr(decoding, "LONGEST_S", 0.01)
    begun = []
    begin = asyncio.create_subprocess_exec

    async def noted(*command, **options):
        begun.append(await begin(*command, **options))
        return begun[0]

    monkeypatch.setattr(decoding.asyncio, "create_subprocess_exec", noted)

    with pytest.raises(Fault, match="it takes too much to decode") as told:
        asyncio.run(decoding.decoded(png(np.zeros((40, 40), np.uint8))))

    assert told.value.code == "broken_picture"
    assert begun[0].returncode == -signal.SIGKILL


def test_what_cannot_be_drawn_is_put_down_and_the_next_is_seen(site, page, monkeypatch, caplog):
    with monkeypatch.context() as patch:
        patch.setattr(site.hand._room, "see_held", lambda *_: 1 / 0)
        page.ask("hold", visitor="lo", x=0.5, y=0.5)
        eventually(lambda: "cannot be drawn" in caplog.text)
        page.sees(hand=None)

    page.ask("show", visitor="lo")

    assert read(site.door.sees()) == [CODES["lo"]]


def test_what_is_taken_out_of_the_tray_is_put_down(site, page, tmp_path):
    (tmp_path / "setup.png").write_bytes(site.tray["hoang"].png)
    site.do(site.tray.add, "setup", "setup", tmp_path / "setup.png")
    page.ask("hold", visitor="setup", x=0.5, y=0.5)
    site.door.sees()

    site.do(site.tray.remove, "setup")

    page.sees(hand=None)
    site.door.sees_nobody()


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
