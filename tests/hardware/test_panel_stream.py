"""What a door hears from its panel and tells it, message by message."""

import socket
from threading import Event, Thread

import numpy as np
import pytest

from hardware.layout import Box
from hardware.simulated.panel import wire
from hardware.simulated.panel.outlook import Outlook
from hardware.simulated.panel.stream import Garbled, Stream
from hardware.simulated.screen import Painted
from kiosk.errors import SettingsError
from kiosk.signals import Choice, Mood, Picture, Row, View
from tests.panels import heard

WHOLE, PANE = Box(0, 0, 40, 30), Box(10, 10, 20, 10)
SOON_S = 10
NEVER = Event()


@pytest.fixture
def ends():
    """The panel's end, and the door's."""
    here, there = socket.socketpair()
    stream = Stream(there.detach())
    with here, stream._socket:
        yield here, stream


def view(**other):
    return View(
        **{"state": "waiting", "mood": Mood.NEUTRAL, "picture": Picture.NONE, "headline": "Mời"} | other
    )


def painted(box, value, *, is_camera=False):
    return Painted(box, np.full((box.height, box.width), value, np.uint32), is_camera)


def at_last(ends, outlook):
    """All that the panel gets of what was told to an outlook, and no more."""
    here, stream = ends
    sending = Thread(target=outlook.send, args=(stream,))
    sending.start()
    got = []
    outlook.shines(True)
    for message in heard(here):
        got.append(message)
        if message == wire.Shining(is_on=True):
            # What was painted comes after the words that were ready with it; and what comes now, after both.
            if wire.Shining(is_on=True) in got[:-1]:
                break
            outlook.shines(True)
    outlook.end()
    sending.join(SOON_S)
    assert not sending.is_alive()
    return [message for message in got if not isinstance(message, wire.Shining)]


def pictures(ends, *shown):
    outlook = Outlook()
    for one in shown:
        outlook.shows(one)
    return [
        (message.number, message.x, message.y, message.width_px, message.height_px, message.is_camera)
        for message in at_last(ends, outlook)
        if isinstance(message, wire.Pixels)
    ]


def test_words_come_before_their_picture(ends):
    outlook = Outlook()
    outlook.shows(view())
    outlook.shows(painted(WHOLE, 0x00FF8001))

    words, picture = at_last(ends, outlook)

    assert (words.number, words.headline) == (1, "Mời")
    assert picture == wire.Pixels(1, 0, 0, 40, 30, is_camera=False, bgr=b"\x01\x80\xff" * 1200)


def test_of_two_screens_that_nobody_took_the_newest_is_sent(ends):
    shown = (view(), painted(WHOLE, 1), view(state="showing"), painted(WHOLE, 2))

    assert pictures(ends, *shown) == [(2, 0, 0, 40, 30, False)]


def test_the_cameras_newest_picture_lies_over_the_screen_before_it(ends):
    shown = (view(), painted(WHOLE, 1), *(painted(PANE, value, is_camera=True) for value in (2, 3)))

    assert pictures(ends, *shown) == [(1, 0, 0, 40, 30, False), (1, 10, 10, 20, 10, True)]


def test_only_what_has_changed_is_sent(ends):
    outlook = Outlook()
    outlook.shows(view())
    outlook.shows(painted(WHOLE, 1))
    sent = Thread(target=outlook.send, args=(ends[1],))
    sent.start()
    messages = heard(ends[0])
    assert [type(next(messages)) for _ in range(2)] == [wire.Shown, wire.Pixels]
    other = painted(WHOLE, 1)
    other.pixels[7:9, 3] = 5

    outlook.shows(view(state="showing"))
    outlook.shows(other)

    next(messages)
    changed = next(messages)
    assert (changed.x, changed.y, changed.width_px, changed.height_px) == (3, 7, 1, 2)
    # One that looks the same is told too, and as little as can be.
    outlook.shows(view(state="asking"))
    outlook.shows(other)
    next(messages)
    changed = next(messages)
    assert (changed.number, changed.width_px, changed.height_px, changed.bgr) == (3, 1, 1, b"\x01\x00\x00")
    outlook.end()
    sent.join(SOON_S)


def test_rows_and_what_keys_do_are_told_as_they_are_shown(ends):
    outlook = Outlook()
    outlook.shows(
        view(
            rows=(Row("LÒ T. THỬ", "VÀO 08:05"), Row("Mạng")),
            choices=(Choice("1", "Có"),),
            keys=(Choice("#", "Xong"),),
        )
    )

    (words,) = at_last(ends, outlook)

    assert words.rows == ("LÒ T. THỬ – VÀO 08:05", "Mạng", "1 Có", "# Xong")


def test_who_takes_nothing_for_long_gets_the_newest_words_only(ends):
    outlook = Outlook()
    for _ in range(3000):
        outlook.shows(view())

    numbers = [message.number for message in at_last(ends, outlook)]

    assert numbers[-1] == 3000
    assert len(numbers) < 1001


def test_a_message_that_comes_in_pieces_is_heard_whole(ends):
    here, stream = ends
    said = wire.packed(wire.Pressed("5"))

    def dribble():
        for piece in (said[:3], said[3:7], said[7:]):
            here.sendall(piece)
            Event().wait(0.01)

    Thread(target=dribble).start()

    assert stream.next(NEVER) == wire.Pressed("5")


def test_a_panel_that_is_gone_says_nothing(ends):
    here, stream = ends
    here.sendall(wire.packed(wire.Pressed("5"))[:-1])
    here.close()

    assert stream.next(NEVER) is None


@pytest.mark.parametrize(
    "said",
    [
        b"\xff\xff\xff\xff",
        wire.LENGTH.pack(5) + b"hello",
        wire.LENGTH.pack(0),
        wire.packed(wire.Seen(1921, 1, bytes(1921))),
        wire.packed(wire.Seen(0, 1, b"")),
        wire.packed(wire.WallSet(float("nan"))),
        wire.packed(wire.WallSet(float("inf"))),
        wire.packed(wire.Shining(is_on=True)),
    ],
    ids=["endless", "no message", "empty", "too wide", "too narrow", "no time", "no end", "the door's own"],
)
def test_what_is_no_message_to_a_door_is_told_apart_and_kept_to_itself(said, ends):
    here, stream = ends
    here.sendall(said)

    with pytest.raises(Garbled) as told:
        stream.next(NEVER)
    assert told.value.args == ()


def test_whoever_waits_for_a_panel_that_takes_nothing_is_let_go_at_the_end(ends):
    _, stream = ends
    refused = Event()

    def say():
        try:
            stream.say(wire.Pixels(1, 0, 0, 1, 1, is_camera=False, bgr=bytes(1 << 24)))
        except OSError:
            refused.set()

    Thread(target=say).start()
    assert not refused.wait(0.05)

    stream.end()

    assert refused.wait(SOON_S)


def test_a_socket_that_is_no_connected_stream_is_refused_with_the_remedy():
    datagrams, other = socket.socketpair(type=socket.SOCK_DGRAM)
    with other, socket.socket() as alone:
        for sock, why in ((datagrams, "no stream"), (alone, "not connected")):
            number = sock.detach()
            with pytest.raises(
                SettingsError, match=rf"--panel {number}: .*{why}; hand down a connected stream"
            ):
                Stream(number)
