"""The proxy's levers, before anything is believed that was seen through it."""

import contextlib
import socket
import threading

import pytest

from tests.faults import frames
from tests.faults.proxy import Proxy
from tests.programs import eventually

RECEIPT = b"\x30\x1d\x00\x18doors/v1/kiosk-1/receipt{}!"
PUBACK = b"\x40\x02\x00\x07"
VISIT = b"\x30\x19\x00\x16doors/v1/kiosk-1/visitx"


class Echo:
    """A server that keeps what it hears, and says what it is told to."""

    def __init__(self):
        self.heard = b""
        self.ended = 0
        self.lines = []
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        with contextlib.suppress(OSError):
            while True:
                line, _ = self.socket.accept()
                self.lines.append(line)
                threading.Thread(target=self._hear, args=(line,), daemon=True).start()

    def _hear(self, line):
        with line, contextlib.suppress(OSError):
            while data := line.recv(100):
                self.heard += data
        self.ended += 1


@pytest.fixture
def server():
    server = Echo()
    yield server
    server.socket.shutdown(socket.SHUT_RDWR)
    server.socket.close()


@pytest.fixture
def proxy(server):
    proxy = Proxy(server.port)
    yield proxy
    proxy.close()


@pytest.fixture
def client(server, proxy):
    client = socket.create_connection(("127.0.0.1", proxy.port), 5)
    eventually(lambda: server.lines)
    yield client
    client.close()


def test_bytes_go_both_ways(server, client):
    client.sendall(b"up")
    server.lines[0].sendall(PUBACK)

    assert client.recv(100) == PUBACK
    eventually(lambda: server.heard == b"up")


def test_a_cut_line_is_reset_at_both_ends(server, proxy, client):
    proxy.cut()

    with pytest.raises(ConnectionResetError):
        client.recv(1)
    eventually(lambda: server.ended)


def test_a_line_breaks_in_mid_packet(server, proxy, client):
    proxy.cut_after(3)
    client.sendall(b"visit")

    with pytest.raises(ConnectionResetError):
        client.recv(1)
    eventually(lambda: server.ended)
    assert server.heard == b"vis"


def test_a_black_hole_takes_all_and_says_nothing_until_it_ends(server, proxy, client):
    proxy.swallow(True)
    client.sendall(b"visit")
    client.settimeout(0.2)
    with pytest.raises(TimeoutError):
        client.recv(1)
    stranger = socket.create_connection(("127.0.0.1", proxy.port), 5)
    stranger.sendall(b"hello")
    eventually(lambda: len(proxy._links) == 2)

    proxy.swallow(False)

    for end in (client, stranger):
        end.settimeout(5)
        with pytest.raises(ConnectionResetError):
            end.recv(1)
    stranger.close()
    assert server.heard == b""


def test_a_line_that_refuses_lets_in_again(proxy):
    proxy.refuse()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", proxy.port), 5)

    proxy.heal()

    socket.create_connection(("127.0.0.1", proxy.port), 5).close()


def test_receipts_are_lost_and_nothing_else(server, proxy, client):
    proxy.lose_receipts(True)
    # In pieces, as TCP may bring them.
    for piece in (RECEIPT[:5], RECEIPT[5:] + VISIT + RECEIPT + PUBACK):
        server.lines[0].sendall(piece)
    proxy.stopped.wait(0.1)
    proxy.lose_receipts(False)
    server.lines[0].sendall(RECEIPT)

    got = b""
    while len(got) < len(VISIT + PUBACK + RECEIPT):
        got += client.recv(100)
    assert got == VISIT + PUBACK + RECEIPT
    assert proxy.lost == 2


def test_a_slow_line_is_slow_and_keeps_its_order(server, proxy, client):
    proxy.delay(0.05)
    for piece in (b"a", b"b", b"c"):
        client.sendall(piece)

    eventually(lambda: server.heard == b"abc")


def test_frames_are_told_apart_however_they_come():
    long = b"\x32\xc8\x01" + bytes(200)
    stream = RECEIPT + PUBACK + long

    for size in (1, 2, 7, 300):
        cutter = frames.Frames()
        pieces = [stream[at : at + size] for at in range(0, len(stream), size)]
        assert [frame for piece in pieces for frame in cutter.feed(piece)] == [RECEIPT, PUBACK, long]


def test_the_topic_of_a_frame_is_known():
    assert frames.topic(RECEIPT) == "doors/v1/kiosk-1/receipt"
    assert frames.topic(PUBACK) == ""
    assert frames.topic(b"\x32\xc8\x01\x00\x01t" + bytes(197)) == "t"
