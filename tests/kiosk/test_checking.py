"""The command `kiosk check`: what a technician is told of a box."""

import json
import os
import re
import socket
import sys

import pytest
from click.testing import CliRunner

from hardware.pi_camera import PicameraCamera
from kiosk import machine, words
from kiosk.__main__ import kiosk
from kiosk.checking import storage
from kiosk.errors import DeviceMissing
from kiosk.findings import Finding, State
from kiosk.store.holding import DOOR, Hold
from kiosk.store.journal import SqliteJournal
from kiosk.store.trouble import mark
from tests.kiosk.books import BOOT
from tests.ports import free_port

PARTS = [
    *("version", "settings", "reader", "camera", "screen", "keypad", "buzzer", "lamp"),
    *("light", "button"),
    *("journal", "disk", "clock", "broker"),
]


@pytest.fixture(autouse=True)
def _without_pauses(monkeypatch):
    monkeypatch.setattr("hardware.check._SHINE_S", 0)
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)


@pytest.fixture
def broker():
    """Somebody who listens."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening.getsockname()[1]


@pytest.fixture
def check(tmp_path, broker):
    """The command on a simulated box, with its exit code and its findings."""

    def run(*arguments, simulated=True, folder=tmp_path):
        words = ["check", "--json", "--data", str(folder), "--set", f"mqtt.port={broker}", *arguments]
        done = CliRunner().invoke(kiosk, [*words, *(["--simulated"] if simulated else [])])
        told = json.loads(done.stdout)
        assert told["serves"] is (done.exit_code == 0)
        return done.exit_code, {one["part"]: (one["state"], one["says"]) for one in told["parts"]}

    return run


def test_a_simulated_box_is_all_well(check):
    code, parts = check()

    assert code == 0
    assert list(parts) == PARTS
    assert {state for state, _ in parts.values()} == {"ok"}


def test_it_is_told_a_line_a_part_in_columns(tmp_path, broker):
    done = CliRunner().invoke(
        kiosk, ["check", "--simulated", "--data", str(tmp_path), "--set", f"mqtt.port={broker}"]
    )

    assert [line.split()[1] for line in done.stdout.splitlines()] == PARTS
    assert "ok       camera      gives pictures of 1280 x 720 pixels\n" in done.stdout


@pytest.mark.parametrize(
    ("state", "line"),
    [
        (State.OK, "ok       lamp        so"),
        (State.WARNING, "!        lamp        so"),
        (State.MISSING, "missing  lamp        so"),
        (State.WRONG, "wrong    lamp        so"),
    ],
)
def test_the_columns_hold_every_state(state, line):
    assert str(Finding("lamp", state, "so")) == line


@pytest.mark.parametrize(
    ("module", "says"),
    [
        ("zxingcpp", r"zbar 0\.[0-9.]+ alone; zxing-cpp is missing: pip install zxing-cpp"),
        ("pyzbar", r"zxing-cpp [0-9.]+ alone; pyzbar is missing: pip install pyzbar"),
    ],
)
def test_a_door_with_one_engine_alone_serves(check, monkeypatch, module, says):
    monkeypatch.setitem(sys.modules, module, None)

    code, parts = check()

    assert (code, parts["reader"][0], parts["camera"][0]) == (0, "warning", "ok")
    assert re.fullmatch(says, parts["reader"][1])


def test_a_door_without_any_engine_does_not_serve(check, monkeypatch):
    monkeypatch.setitem(sys.modules, "zxingcpp", None)
    monkeypatch.setitem(sys.modules, "pyzbar", None)

    code, parts = check()

    assert code == 2
    assert parts["reader"] == (
        "missing",
        "zxing-cpp is missing: pip install zxing-cpp; pyzbar is missing: pip install pyzbar",
    )
    assert parts["camera"][1] == "not tried, since nothing reads its pictures; mend the reader first"


def test_a_machine_without_devices_says_of_each_what_to_do(check, monkeypatch):
    monkeypatch.setitem(sys.modules, "picamera2", None)

    code, parts = check("--set", "screen.driver=dummy", simulated=False)

    assert code == 2
    assert parts["camera"][0] == "missing"
    assert parts["camera"][1].startswith("picamera2 cannot be used")
    assert "apt install python3-picamera2" in parts["camera"][1]
    assert parts["screen"][0] == "ok"
    assert "install python3-lgpio" in parts["keypad"][1]
    assert parts["lamp"][1].startswith("as the keypad; sudo apt install python3-lgpio")


def test_a_screen_that_is_not_there_has_one_cause_and_one_remedy(check, monkeypatch):
    monkeypatch.setattr("hardware.displays.choose", _no_display)

    _, parts = check("--set", "devices.keypad=simulated", simulated=False)

    assert parts["screen"] == ("missing", "no display; plug it in")


def _no_display():
    raise DeviceMissing("screen: no display; plug it in")


@pytest.mark.parametrize(
    ("prefix", "hint"), [("/usr", False), ("/opt/door", True)], ids=["a package", "a venv"]
)
def test_the_cameras_programs_are_installed_as_the_door_was(monkeypatch, prefix, hint):
    monkeypatch.setitem(sys.modules, "picamera2", None)
    monkeypatch.setattr(sys, "base_prefix", "/usr")
    monkeypatch.setattr(sys, "prefix", prefix)

    with pytest.raises(DeviceMissing, match="sudo apt install python3-picamera2") as caught:
        PicameraCamera().open()

    assert ("--system-site-packages" in str(caught.value)) is hint


def test_with_wrong_settings_the_devices_are_not_tried_and_it_says_so(check):
    code, parts = check("--set", "door.directio=in")

    assert (code, parts["settings"][0]) == (2, "wrong")
    assert parts["devices"] == ("warning", "not tried until the settings are right")


def test_the_terminal_speaks_the_technicians_language(tmp_path):
    asked = ["check", "--simulated", "--language", "vi", "--data", str(tmp_path)]
    done = CliRunner().invoke(kiosk, asked)

    assert re.search(r"^tốt +Bàn phím +its pins answer$", done.stdout, re.MULTILINE)


def test_a_device_that_the_table_does_not_know_is_missing(check):
    code, parts = check("--set", "devices.lamp=rgbb")

    assert (code, parts["lamp"]) == (
        2,
        ("missing", 'devices.lamp = "rgbb": no such device; did you mean "rgb"?'),
    )


def test_only_chosen_devices_are_tried(check, tmp_path):
    _, parts = check(
        "--set", 'devices.scanner=["wedge", "serial"]', "--set", 'devices.keypad=["usb"]',
        "--set", f"serial.device={tmp_path}/none", "--set", "screen.driver=dummy",
        simulated=False,
    )  # fmt: skip

    tried = list(parts)[1:-4]
    assert tried[:8] == ["settings", "wedge", "serial", "screen", "usb", "buzzer", "lamp", "journal"]
    assert parts["wedge"][0] == parts["usb"][0] == "missing"
    assert parts["serial"][1].startswith(f'serial.device = "{tmp_path}/none": No such file')


def test_each_of_several_keypads_is_tried(check):
    _, parts = check(
        "--set", 'devices.keypad=["simulated", "usb"]', "--set", "usb.device=none", simulated=False
    )

    assert parts["keypad"] == ("ok", "its pins answer")
    assert parts["usb"] == (
        "missing",
        'usb.device = "none": No such file or directory; plug it in; its name is in /dev/input/by-id',
    )


def test_all_faults_of_the_settings_come_at_once_and_the_reader_is_tried(tmp_path):
    arguments = ["check", "--set", "mqtt.port=x", "--set", "dor.name=x"]
    done = CliRunner().invoke(kiosk, arguments)

    wrong = [line for line in done.stdout.splitlines() if line.startswith("wrong    settings ")]
    assert (done.exit_code, len(wrong)) == (2, 2)
    assert "did you mean door?" in done.stdout
    assert "ok       reader " in done.stdout


def test_the_file_of_the_settings_is_named(check, tmp_path):
    (file := tmp_path / "kiosk.toml").write_text("", encoding="utf-8")

    _, parts = check("--config", str(file))

    assert parts["settings"] == ("ok", str(file))


def test_a_voice_without_its_phrases_is_told_and_the_door_serves(check, tmp_path):
    spoken = tmp_path / "phrases"
    said = "--set=devices.voice=files", f"--set=voice.folder={spoken}", '--set=place.languages=["vi"]'
    names = list(words.phrases("vi"))
    assert check(*said)[1]["voice"] == (
        "warning",
        f"{len(names)} of {len(names)} phrases are not recorded; run `kiosk phrases`",
    )

    (spoken / "vi").mkdir(parents=True)
    for number, name in enumerate(names):
        (spoken / "vi" / f"{name}{('.wav', '.ogg')[number % 2]}").touch()
    assert check(*said)[1]["voice"] == ("ok", f"{len(names)} phrases are recorded")


def test_a_door_whose_broker_is_down_serves(check):
    port = free_port()

    code, parts = check("--set", f"mqtt.port={port}")

    assert (code, parts["broker"][0]) == (0, "warning")
    assert parts["broker"][1].startswith(f"127.0.0.1:{port} does not answer (Connection refused); ")


def test_waiting_visits_are_counted(check, tmp_path):
    SqliteJournal(tmp_path, boot=BOOT).close()

    _, parts = check()

    assert parts["journal"] == ("ok", f"{tmp_path}: whole")
    assert parts["queue"] == ("ok", "visits waiting: 0")


def test_nothing_is_made_where_no_door_has_been(check, tmp_path):
    code, parts = check(folder=tmp_path / "new" / "door")

    assert (code, parts["journal"][0]) == (0, "ok")
    assert "the door will make it" in parts["journal"][1]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("folder", ["/proc/none", "/dev/null/none"])
def test_a_folder_that_cannot_be_written_is_wrong(check, folder):
    code, parts = check(folder=folder)

    assert (code, parts["journal"][0]) == (2, "wrong")
    assert parts["journal"][1].startswith(f"{folder}: ")
    assert "choose another data.folder" in parts["journal"][1]


def test_a_damaged_journal_is_told_and_left_to_the_door(check, tmp_path):
    (tmp_path / "journal.sqlite3").write_bytes(b"no database" * 1000)

    code, parts = check()

    assert (code, parts["journal"][0]) == (0, "warning")
    assert "file is not a database; the door mends it when it starts anew" in parts["journal"][1]


def test_a_disk_that_has_damaged_a_journal_before_is_told(check, tmp_path):
    mark(tmp_path)
    SqliteJournal(tmp_path, boot=BOOT).close()
    SqliteJournal(tmp_path, boot=BOOT, door=True).close()

    code, parts = check()

    assert (code, parts["journal"][0]) == (0, "warning")
    assert "damaged and mended: 1; give it another disk" in parts["journal"][1]


def test_a_disk_that_is_nearly_full_is_told(check, monkeypatch):
    monkeypatch.setattr(machine, "disk_free_mb", lambda folder: 3)

    code, parts = check()

    assert (code, parts["disk"]) == (0, ("warning", "3 MB free; make room on it"))


def test_a_disk_that_takes_nothing_any_more_is_wrong(check, monkeypatch):
    monkeypatch.setattr(machine, "disk_read_only", lambda folder: True)

    code, parts = check()

    assert (code, parts["disk"][0]) == (2, "wrong")
    assert "give it another" in parts["disk"][1]


def test_a_full_disk_is_wrong(check, monkeypatch):
    def full(number):
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr(storage.os, "fsync", full)

    code, parts = check()

    assert (code, parts["journal"][0]) == (2, "wrong")
    assert "No space left on device" in parts["journal"][1]


def test_the_devices_of_a_running_door_are_left_alone(check, tmp_path):
    SqliteJournal(tmp_path, boot=BOOT).close()
    hold = Hold(tmp_path, DOOR)
    try:
        code, parts = check(simulated=False)
    finally:
        hold.release()

    assert code == 0
    assert {parts[part] for part in ("camera", "screen", "keypad", "buzzer", "lamp")} == {
        ("warning", "in use by the running door; to try it, stop the door: sudo systemctl stop kiosk")
    }
    assert parts["journal"][0] == "ok"
    assert parts["journal"][1].endswith("in use by the running door")
