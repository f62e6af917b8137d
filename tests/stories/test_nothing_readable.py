"""
Whoever steals the box, the broker's disk, the database, or all logs, learns nobody's name.

A morning of invented people through the real door, bridge, broker and centre, all of them logging everything; then
each byte that any of them has left is looked through.
"""

import signal
import subprocess
import threading
import time
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import paho.mqtt.client as paho
import pytest

from tests import people, traces
from tests.postgresql import Server
from tests.programs import BIN, eventually
from tests.stories import browsing
from tests.stories.conftest import House

PASSWORD = "mot mat khau dai lam"
WHOLE = "Đặng Thị Phương Thử"
ROAD_WORKER = "014099000077||Quàng Văn Nghiệm|23051987|Nam|Bản Mòn, Phường Chiềng An, Sơn La|15042021"
VISITORS = (
    people.CCCD,
    people.PERSONAL_QR,
    people.BHYT,
    f"014199000078||{WHOLE}|17081990|Nữ|Bản Hìn, Phường Chiềng An, Sơn La|15092024||||",
    ROAD_WORKER,
)
KEYED = ("0987654321", "014099000079")
TRACES = set().union(
    traces.name("Nguyễn Văn Thử"),
    traces.name(WHOLE),
    traces.name("Quàng Văn Nghiệm"),
    traces.name("TRAN THI PHUONG THU"),
    traces.name("Bản Mòn, Phường Chiềng An"),
    traces.phone("0912345678"),
    traces.phone("0987654321"),
    *(
        traces.number(number)
        for number in ("014099000001", "014099000004", "014199000078", "014099000077", "014099000079")
    ),
    traces.number("4140000000001", "0000000001"),
    *(traces.day(day) for day in ("1999-02-01", "1990-02-01", "1990-08-17", "1987-05-23")),
)


class Spy:
    """Somebody who holds the broker and hears all that is said, and all that it keeps for those who come later."""

    def __init__(self, port: int) -> None:
        self.heard: list[tuple[str, bytes]] = []
        self._listening = threading.Event()
        self._client = paho.Client(paho.CallbackAPIVersion.VERSION2)
        self._client.on_connect = lambda client, *_: client.subscribe("#", qos=1)
        self._client.on_subscribe = lambda *_: self._listening.set()
        self._client.on_message = lambda _client, _data, message: self.heard.append(
            (message.topic, bytes(message.payload))
        )
        self._client.connect("127.0.0.1", port)
        self._client.loop_start()
        assert self._listening.wait(10)

    def raw(self, name: str) -> dict[str, bytes]:
        """All that was heard, by a name."""
        return {
            f"{name} {number} {topic}": topic.encode() + payload
            for number, (topic, payload) in enumerate(self.heard)
        }

    def channels(self) -> set[str]:
        return {topic.split("/")[3] for topic, _ in self.heard}

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()


@dataclass
class Left:
    """
    What a morning has left behind.

    Attributes:
        raw: Bytes, by where they were found.
        page: The manager's page.
        core_limits: Soft and hard limit of the image of memory that a crash of each program may leave.
        channels: What was said on the road.
    """

    raw: dict[str, bytes]
    page: str
    core_limits: list[list[str]]
    channels: set[str]


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def left(request, tmp_path_factory):
    """A morning, with each kind of database."""
    with pytest.MonkeyPatch.context() as patch, ExitStack() as ending:
        patch.setenv("COLLECTOR_NO_SECOND_FACTOR", "1")
        house = House(tmp_path_factory.mktemp("house"))
        ending.callback(house.close)
        if request.param == "sqlite":
            patch.setenv("COLLECTOR_DATABASE", "")
            yield play(house)
            return
        server = Server()
        ending.callback(server.close)
        server.start()
        patch.setenv("COLLECTOR_DATABASE", server.url(server.create()))
        yield play(house, server)


def play(house, server=None):
    began_s = time.time()
    folder = house.door_data / "credentials"
    said = collector(house, "enrol", "kiosk-1", "--place", "UBND phường Thử", "--folder", folder)
    said += collector(
        house, "user", "add", "quanly", "--role", "manager", "--password-stdin", stdin=f"{PASSWORD}\n"
    )
    centre = house.open_centre(debug=True)
    eventually(lambda: any("listening to all doors" in line for line in centre.errors))
    centre.stop()  # From now on the broker keeps what the centre misses.
    spy = Spy(house.broker.port)
    bridge = house.open_bridge(debug=True)
    door = house.open_door("--set=door.same_code_s=1", debug=True)
    come(house, door)
    eventually(lambda: house.journal_counts()["sent"] == len(VISITORS) + len(KEYED))
    kept = broker_store(house) | dict(traces.files(house.door_data))

    centre = house.open_centre(debug=True)
    eventually(lambda: house.journal_counts()["stored"] == len(VISITORS) + len(KEYED))
    latecomer = Spy(house.broker.port)
    eventually(lambda: {"availability", "health", "config"} <= latecomer.channels())
    limits = [core_limit(program) for program in (door, bridge, centre)]
    page = browsing.page(f"http://127.0.0.1:{house.web_port}/", "quanly", PASSWORD)
    spy.close()
    latecomer.close()
    kept |= dict(traces.files(house.centre_data))
    for program in house.programs:
        program.stop()

    kept |= dict(traces.files(house.door_data, house.centre_data))
    if server is not None:
        server.run("CHECKPOINT")
        kept |= dict(traces.files(server.folder, since_s=began_s))
    logs = "\n".join(line for program in house.programs for line in (*program.errors, *program.lines.queue))
    raw = {str(path): content for path, content in kept.items()}
    raw |= {"commands": said.encode(), "logs": logs.encode(), **spy.raw("road"), **latecomer.raw("kept")}
    return Left(raw, page, limits, spy.channels() | latecomer.channels())


def come(house, door):
    """Everybody comes: with a card, with a number, and with codes that are refused."""
    for card in VISITORS:
        door.say(f"show {house.card(card)}")
        door.next(cue="welcome")
    for number in KEYED:
        door.say(f"key {number}#")
        door.next(cue="welcome")
    for card in (people.CONTACT, people.DECLARATION):
        door.say(f"show {house.card(card)}")
        door.next(cue="refused")


def broker_store(house):
    """The broker's folder, once it has saved what it keeps for the centre."""
    house.broker.process.send_signal(signal.SIGUSR1)
    store = house.folder / "broker" / "mosquitto.db"
    eventually(lambda: store.exists() and b"/visit" in store.read_bytes())
    return dict(traces.files(house.folder / "broker"))


def collector(house, *arguments, stdin=""):
    command = [BIN / "collector", *arguments, "--data", house.centre_data]
    done = subprocess.run(command, input=stdin, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


def core_limit(program):
    limits = Path(f"/proc/{program.process.pid}/limits").read_text()
    return next(line for line in limits.splitlines() if line.startswith("Max core file size")).split()[4:6]


@pytest.mark.timeout(300)
def test_no_byte_that_is_left_tells_of_anybody(left):
    told = {where: found for where, raw in left.raw.items() if (found := traces.found(TRACES, raw))}

    assert told == {}


def test_everything_was_looked_through(left):
    """A test that looks for nothing finds nothing."""
    names = {Path(where).name for where in left.raw}
    stores = {"journal.sqlite3", "mosquitto.db", "sealing.keys"}
    databases = [raw for where, raw in left.raw.items() if "collector.sqlite3" in where or "/base/" in where]

    assert names >= stores
    assert any(b"kiosk-1" in raw for raw in databases)
    assert b"DEBUG" in left.raw["logs"]
    assert left.channels >= {"visit", "receipt", "availability", "health", "config"}


def test_a_crash_leaves_no_image_of_any_memory(left):
    assert left.core_limits == [["0", "0"]] * 3


def test_the_manager_sees_who_came(left):
    for shown in (
        "Nguyễn Văn Thử",
        WHOLE,
        "TRAN THI PHUONG THU",
        "014099000079",
        "0987 654 321",
        "17/08/1990",
    ):
        assert shown in left.page


@pytest.mark.parametrize(
    "text",
    [
        '{"name": "Nguyễn Văn Thử"}'.encode(),
        b'{"name": "Nguy\\u1ec5n V\\u0103n Th\\u1eed"}',
        "NGUYỄN VĂN THỬ".encode("utf-16-le"),
        b"nguyen van thu",
        b"4e677579e1bb856e2056c4836e205468e1bbad",
        b"xxTmd1eeG7hW4gVsSDbiBUaOG7rQ==",
        b"tel:+84912345678",
        b"0912.345.678",
        b"\x0001021999\x00",
    ],
)
def test_what_is_looked_for_would_be_found(text):
    assert traces.found(TRACES, text)
