"""The command `collector`: what it says, and how it ends."""

import contextlib
import json
import os
import socket
import sqlite3
import stat
import sys
import time
import urllib.request
from importlib.metadata import version

import pytest

from tests.collector.conftest import Centre, Door, run, wait_until
from tests.ports import free_port


def complaint(done):
    """The one line that a mistake gets."""
    assert done.returncode == 2, done
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1, done.stderr
    assert done.stderr.startswith("collector: ")
    return done.stderr


@pytest.fixture
def data(tmp_path):
    return str(tmp_path / "data")


def test_alone_it_only_prints_help():
    done = run()

    assert done.returncode == 0
    assert "Commands:" in done.stdout


def test_it_tells_its_version():
    assert version("entrance-kiosk") in run("--version").stdout


@pytest.mark.parametrize("command", ["serve", "ingest", "web", "migrate", "visits", "user", "unit"])
def test_every_command_has_help(command):
    assert "--" in run(command, "--help").stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("serve", "--mqtt-port", "0"), "--mqtt-port"),
        (("serve", "--mqtt-port", "70000"), "70000"),
        (("serve", "--web-port", "eight"), "--web-port"),
        (("serve", "--protocol", "4"), "--protocol"),
        (("serve", "--mqtt-host", ""), "--mqtt-host"),
        (("serve", "--time-zone", "Asia/Nowhere"), "Asia/Nowhere"),
        (("web", "--address", "vao.example.vn"), "vao.example.vn"),
        (("web", "--no-second-factor", "--behind-proxy"), "--no-second-factor"),
        (("web", "--no-second-factor", "--web-host", "0.0.0.0"), "--no-second-factor"),
        (("web", "--cookie-suffix", "a=b"), "letters and digits"),
        (("user", "add", "an"), "--role"),
        (("user", "add", "an", "--role", "king"), "king"),
        (("command", "front", "out-of-order"), "on or off"),
        (("command", "front", "log-level"), "debug or info or warning"),
        (("command", "front", "log-level", "on"), "debug or info or warning"),
        (("command", "front", "identify", "on"), "on: not with identify"),
        (("command", "front", "restart", "--minutes", "5"), "--minutes"),
        (("command", "front", "log-level", "debug", "--minutes", "0"), "--minutes"),
        (("command", "front", "support-bundle", "--file", "x"), "--file"),
        (("command", "front", "identify", "--notice", "x"), "--notice"),
        (("dance",), "dance"),
        (("serve", "--loud"), "--loud"),
    ],
)
def test_a_wrong_option_gets_one_line(arguments, words):
    told = complaint(run(*arguments))

    assert words in told
    assert "--help" in told


def test_a_wrong_value_in_the_environment_gets_one_line(data):
    assert "COLLECTOR" in complaint(run("serve", "--data", data, COLLECTOR_MQTT_PORT="many")).upper()


def test_a_busy_port_gets_one_line(data):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]

        told = complaint(run("serve", "--data", data, "--web-port", str(port)))

    assert f"127.0.0.1:{port}" in told
    assert "--web-port" in told


def test_an_address_of_another_machine_gets_one_line(data):
    assert "--web-host" in complaint(
        run("serve", "--data", data, "--web-port", "0", "--web-host", "192.0.2.1")
    )


def test_a_folder_that_cannot_be_made_gets_one_line(tmp_path):
    (tmp_path / "file").write_text("")

    assert "--data" in complaint(run("migrate", "--data", str(tmp_path / "file" / "data")))


def test_a_file_that_is_no_database_gets_one_line(tmp_path):
    (tmp_path / "collector.sqlite3").write_text("x" * 5000)

    assert "collector.sqlite3" in complaint(run("migrate", "--data", str(tmp_path)))


def test_a_traceback_comes_only_when_asked_for(data):
    assert "Traceback" in run("visits", "--data", data, "--debug").stderr


def test_what_a_box_is_told_here_stands_in_the_audit(data, tmp_path):
    assert (
        run("enrol", "front", "--place", "UBND", "--folder", str(tmp_path / "f"), "--data", data).returncode
        == 0
    )

    done = run("command", "front", "log-level", "debug", "--minutes", "5", "--data", data)

    assert done.stdout.startswith("front: asked, ")
    with contextlib.closing(sqlite3.connect(os.path.join(data, "collector.sqlite3"))) as db:  # noqa: PTH118
        (told,) = db.execute(
            "SELECT subject, detail FROM collector_auditentry WHERE action = 'door_commanded'"
        ).fetchall()
        (asked,) = db.execute("SELECT name, arguments FROM collector_order").fetchall()
    assert (told[0], json.loads(told[1])) == ("front", {"command": "log_level"})
    assert (asked[0], json.loads(asked[1])) == ("log_level", {"level": "debug", "minutes": 5})


@pytest.mark.parametrize("command", ["ingest", "web", "visits"])
def test_commands_that_only_look_do_not_make_a_database(command, data):
    assert "collector migrate" in complaint(run(command, "--data", data))
    assert not os.path.exists(data)  # noqa: PTH110


def test_what_is_made_is_for_its_owner_only(data):
    assert run("migrate", "--data", data).returncode == 0

    for name in ("collector.sqlite3", "secret.key"):
        assert stat.S_IMODE(os.stat(os.path.join(data, name)).st_mode) == 0o600  # noqa: PTH116, PTH118


def test_the_secret_key_stays(data):
    keys = []
    for _ in range(2):
        run("migrate", "--data", data)
        with open(os.path.join(data, "secret.key")) as file:  # noqa: PTH118, PTH123
            keys.append(file.read())

    assert keys[0] == keys[1]
    assert len(keys[0]) >= 50


def test_no_visits_yet(data):
    run("migrate", "--data", data)

    assert json.loads(run("visits", "--json", "--data", data).stdout) == {
        "total": 0,
        "in": 0,
        "out": 0,
        "kiosks": {},
        "unverified": 0,
        "taken_back": 0,
        "set_aside": 0,
    }
    assert run("visits", "--data", data).stdout == (
        "visits: 0 (in 0, out 0)\nunverified: 0\ntaken back: 0\nset aside: 0\n"
    )


def test_a_day_that_is_none_gets_one_line(data):
    run("migrate", "--data", data)

    assert "2026-02-30" in complaint(run("visits", "--date", "2026-02-30", "--data", data))


def test_the_service_says_when_it_is_ready_and_ends_quickly(tmp_path):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(tmp_path / "notify"))
        manager.settimeout(20)
        os.environ["NOTIFY_SOCKET"] = str(tmp_path / "notify")
        centre = Centre(tmp_path, free_port())
        try:
            centre.start(alone=True)
        finally:
            del os.environ["NOTIFY_SOCKET"]
        assert manager.recv(100) == b"READY=1"

        began_s = time.monotonic()
        assert centre.end() == 0
        assert time.monotonic() - began_s < 2
        assert manager.recv(100) == b"STOPPING=1"
    assert "Traceback" not in centre.log.read_text()


def test_machines_can_ask_how_it_is(tmp_path):
    centre = Centre(tmp_path, free_port())
    centre.start(alone=True)
    try:
        with urllib.request.urlopen(f"{centre.address}health") as answer:
            assert json.load(answer) == {"status": "ok", "database": True, "line_up": False}
    finally:
        centre.kill()


def test_intake_and_page_can_be_two_processes(tmp_path, broker):
    """The intake alone stores; the page alone shows."""
    import signal
    import subprocess

    data = str(tmp_path / "data")
    run("migrate", "--data", data)
    command = [sys.executable, "-m", "collector"]
    ingest = subprocess.Popen(
        [*command, "ingest", "--data", data, "--mqtt-port", str(broker.port)],
        stdout=subprocess.PIPE,
        text=True,
    )
    web = subprocess.Popen(
        [*command, "web", "--data", data, "--web-port", "0"], stdout=subprocess.PIPE, text=True
    )
    try:
        assert "listening" in ingest.stdout.readline()
        address = web.stdout.readline().split()[-1]
        door = Door(broker.port)
        event = door.event(1)

        def resend():
            door.post(event)
            return door.through == 1

        wait_until(resend, "stored")
        door.close()
        with urllib.request.urlopen(f"{address}health") as answer:
            assert json.load(answer)["line_up"] is None
    finally:
        for process in (ingest, web):
            process.send_signal(signal.SIGTERM)
            assert process.wait(10) == 0
            process.stdout.close()


def test_a_bug_ends_the_process(data):
    """A thread that died must not leave a centre that only looks alive."""
    import subprocess

    code = (
        "from collector import commands, folder; from pathlib import Path; import sys\n"
        "commands._open(Path(sys.argv[1]), make=True)\n"
        "from collector import serving\n"
        "class Broken:\n"
        "    def run(self): raise RuntimeError('a bug')\n"
        "    def stop(self): pass\n"
        "serving.run(intake=Broken())\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, data],
        capture_output=True, text=True, timeout=30, check=False, env={**os.environ, "COLLECTOR_DATA": data},
    )  # fmt: skip

    assert done.returncode == 1
    assert "a bug" in done.stderr
