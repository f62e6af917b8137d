"""The command `kiosk` as its users type it."""

import json
import os
import re
import stat
import subprocess
from pathlib import Path

import pytest

from tests import people
from tests.mqtt_bridge.centre import enrol
from tests.programs import BIN


def kiosk(*arguments, **more):
    return subprocess.run(
        [BIN / "kiosk", *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        stdin=subprocess.DEVNULL,
        **more,
    )


def complaints(done):
    """What the user is to mend, without the log."""
    return [line for line in done.stderr.splitlines() if line.startswith("kiosk: ")]


def without_time(lines):
    return re.sub(r", \d+ ms$", "", lines, flags=re.MULTILINE)


@pytest.fixture
def card(tmp_path):
    from hardware.simulated.codes import write_code

    path = tmp_path / "card.png"
    write_code(people.CCCD, path)
    return path


def test_bare_kiosk_starts_nothing_and_says_what_there_is():
    done = kiosk()

    assert "Usage: kiosk" in done.stdout + done.stderr


def test_pictures_are_read_one_a_line(card, tmp_path):
    (empty := tmp_path / "empty.png").write_bytes(card.read_bytes())
    from hardware.simulated.codes import write_code

    write_code(people.PAYMENT, empty)

    done = kiosk("read", card, empty)

    assert without_time(done.stdout) == f"{card}: visitor cccd\n{empty}: not for here payment_code\n"


def test_the_text_is_printed_only_when_asked_for(card):
    assert "014099000001" not in kiosk("read", card).stdout
    assert "Nguyễn Văn Thử" in kiosk("read", "--text", card).stdout


@pytest.mark.parametrize("content", [b"", b"no picture", b"\x89PNG\r\n\x1a\nbroken"])
def test_a_file_that_is_no_picture_is_one_line_with_a_remedy(tmp_path, content):
    (bad := tmp_path / "bad.png").write_bytes(content)

    done = kiosk("read", bad)

    assert (done.returncode, done.stdout) == (2, "")
    assert str(bad) in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_bad_picture_does_not_keep_the_others_from_being_read(card, tmp_path):
    done = kiosk("read", tmp_path / "none.png", card)

    assert (done.returncode, without_time(done.stdout)) == (2, f"{card}: visitor cccd\n")


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (
            ["run", "--simulated", "--set", "door.directio=in"],
            "door.directio: no such setting; did you mean door.direction?",
        ),
        (["run", "--simulated", "--set", "mqtt.port=x"], "mqtt.port = 'x': input should be a valid integer"),
        (
            ["run", "--simulated", "--config", "/none.toml"],
            "settings file /none.toml: No such file or directory",
        ),
        (["run", "--simulated", "--set", 'devices.lamp="rgbb"'], 'did you mean "rgb"?'),
        (["run", "--simulated", "--data", "/proc/none"], "choose another folder with --data"),
        (["run", "--screens", "x"], "--screens: only with --simulated"),
        (["run", "--simulated", "--screens", "/proc/none"], "--screens"),
        (["journal", "--data", "/none"], "holds no journal; name the door's folder with --data"),
        (["run", "--nonsense"], "--nonsense"),
        (["run", "--simulated", "--data", ""], "--data: empty; name a folder"),
        (["run", "--simulated", "--set", "devices.keypad=matrix"], "plays scanner and keypad itself"),
        (["run", "--simulated", "--set", "lamp.red_pin=18"], "GPIO 18 is buzzer.pin and lamp.red_pin"),
    ],
)
def test_what_the_user_can_mend_is_told_in_a_line_with_the_remedy(arguments, complaint):
    done = kiosk(*arguments)

    assert done.returncode == 2
    assert complaint in done.stderr
    assert "Traceback" not in done.stderr


def test_a_read_only_disk_is_waited_for_and_the_screen_says_so(tmp_path):
    folder = tmp_path / "read-only"
    folder.mkdir()
    sudo = [] if os.geteuid() == 0 else ["sudo", "-n"]
    subprocess.run([*sudo, "mount", "-t", "tmpfs", "-o", "ro,size=1m", "tmpfs", folder], check=True)
    try:
        done = kiosk("run", "--simulated", "--data", folder)
    finally:
        subprocess.run([*sudo, "umount", folder], check=True)

    assert (done.returncode, json.loads(done.stdout.splitlines()[-1])["state"]) == (0, "out_of_order")
    assert "Read-only file system; look at the disk's space and health" in done.stderr


def test_all_faults_of_the_settings_come_at_once():
    done = kiosk("settings", "--set", "mqtt.port=x", "--set", "door.direction=up", "--set", "dor.name=x")

    assert len(done.stderr.splitlines()) == 3


def test_the_settings_in_force_are_printed():
    done = kiosk("settings", "--set", "door.direction=in")

    assert json.loads(done.stdout)["door"]["direction"] == "in"


def test_a_real_box_without_its_devices_says_which_and_what_to_do(tmp_path):
    done = kiosk("run", "--data", tmp_path, env={"PATH": os.environ["PATH"], "HOME": str(tmp_path)})

    assert (done.returncode, len(complaints(done))) == (2, 1)
    assert "Traceback" not in done.stderr


def test_the_journal_is_counted(tmp_path, card):
    subprocess.run(
        [BIN / "kiosk", "run", "--simulated", "--data", tmp_path],
        input=f"show {card}\nwait 0.2\nquit\n",
        text=True,
        check=True,
        capture_output=True,
    )

    assert json.loads(kiosk("journal", "--json", "--data", tmp_path).stdout) == {
        "waiting": 1,
        "sent": 0,
        "stored": 0,
        "set_aside": 0,
        "total": 1,
        "aside": [],
    }
    assert (
        kiosk("journal", "--data", tmp_path).stdout == "1 visits: 1 waiting, 0 sent, 0 stored, 0 set aside\n"
    )


def test_a_simulated_door_leaves_the_real_journal_alone(tmp_path):
    real = Path("/var/lib/entrance-kiosk/journal.sqlite3")
    before = real.exists() and real.stat().st_mtime_ns

    done = kiosk("run", "--simulated", env={**os.environ, "XDG_STATE_HOME": str(tmp_path)})

    assert done.returncode == 0, done.stderr
    journal = tmp_path / "entrance-kiosk" / "simulated" / "journal.sqlite3"
    assert stat.S_ISREG(journal.stat().st_mode)
    assert before == (real.exists() and real.stat().st_mtime_ns)


def test_the_words_of_a_script_stand_in_a_table_in_the_help():
    assert "\n      show PICTURE  " in kiosk("run", "--help").stdout


def test_a_door_without_any_input_closes(tmp_path):
    done = subprocess.run(
        f"{BIN}/kiosk run --simulated --data {tmp_path} <&-",
        shell=True,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )

    assert (done.returncode, json.loads(done.stdout)["state"]) == (0, "waiting")


def test_a_door_whose_output_nobody_takes_says_so_in_a_line(tmp_path):
    done = subprocess.run(
        f"{BIN}/kiosk run --simulated --data {tmp_path} > /dev/full < /dev/null",
        shell=True,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )

    assert done.returncode == 2
    assert "cannot be written down" in done.stderr


def test_a_journal_that_is_none_is_kept_aside_and_the_door_opens(tmp_path):
    (tmp_path / "journal.sqlite3").write_bytes(b"no database" * 1000)

    done = kiosk("run", "--simulated", "--data", tmp_path)

    (kept,) = tmp_path.glob("journal-*.damaged.sqlite3")
    assert kept.read_bytes() == b"no database" * 1000
    assert done.returncode == 0
    assert "journal damaged: file is not a database; 0 entries are saved" in done.stderr
    assert str(kept) in done.stderr


def test_a_box_that_was_never_enrolled_says_that_no_names_are_kept(tmp_path):
    done = kiosk("run", "--simulated", "--data", tmp_path)

    assert "not enrolled at a centre: names are not kept" in done.stderr


def test_credentials_of_another_box_are_told_with_the_remedy(tmp_path):
    enrol(tmp_path, kiosk="kiosk-2")

    done = kiosk("run", "--simulated", "--data", tmp_path)

    (said,) = complaints(done)
    assert done.returncode == 2
    assert said.startswith(
        f"kiosk: kiosk.name = kiosk-1: the credentials in {tmp_path / 'credentials'} are those of"
    )
    assert "set that name, or enrol the box anew" in said
