"""What a door stands on, as `kiosk check` tells it: clock, power, watchdog, services, disk, Wi-Fi."""

import os
import stat
import time
from datetime import UTC, datetime, timedelta

import pytest

from kiosk import machine
from kiosk.checking import conditions, network, programs, storage
from kiosk.checking.screening import pages, show
from kiosk.commands import chosen_settings
from kiosk.findings import PAGE_ROWS, Finding, State
from kiosk.words import load
from tests.kiosk.books import fill


@pytest.fixture
def say(tmp_path, monkeypatch):
    """Programs of the system that say what a test wants: `say(systemctl="active")`."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")

    def written(**says):
        for name, text in says.items():
            program = folder / name
            program.write_text(f"#!/bin/sh\n{text}\n")
            program.chmod(program.stat().st_mode | stat.S_IXUSR)

    return written


def test_a_clock_that_nobody_has_set_is_told_with_a_remedy(tmp_path):
    found = conditions.clock(str(tmp_path / "none"))

    assert found.state is State.WARNING
    assert "nobody has set it since the boot; let NTP (UDP 123) through" in found.says


def test_a_clock_that_was_set_is_told_with_by_whom(tmp_path, monkeypatch):
    monkeypatch.setattr(conditions, "drift_ppm", lambda: 12.4)
    (flag := tmp_path / "synchronized").touch()

    found = conditions.clock(str(flag))

    assert found.state is State.OK
    assert found.says.endswith(f"set by {flag}, runs 12 ppm slow by itself")


def test_a_clock_that_was_not_set_for_days_or_runs_away_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr(conditions, "drift_ppm", lambda: -250.0)
    (flag := tmp_path / "synchronized").touch()
    assert (
        "runs 250 ppm fast by itself; right as long as the network is there"
        in conditions.clock(str(flag)).says
    )

    then = time.time() - 50 * 3600
    os.utime(flag, (then, then))
    assert conditions.clock(str(flag)).says.endswith("not for 50 h: see the network")


def test_the_kernel_tells_how_well_the_clock_runs():
    drift = conditions.drift_ppm()

    assert drift is None or abs(drift) < 1000


@pytest.mark.parametrize(
    ("bits", "state", "says"),
    [
        (0, "ok", "enough, now and since the boot"),
        (0x1, "warning", "too little power now; use the Pi's own power supply"),
        (0x10000, "warning", "too little power since the boot; use the Pi's own power supply"),
        (0x50005, "warning", "too little power now, processor slowed down now; use the Pi's own"),
        (0x80008, "warning", "too hot for full speed now; give it air and shade"),
        (0x20000, "warning", "processor held back since the boot; give it air"),
    ],
)
def test_the_bits_of_the_firmware_become_words(bits, state, says):
    found = conditions.power(bits)

    assert (found.state, found.says[: len(says)]) == (state, says)


def test_heat_is_told_with_a_remedy(monkeypatch):
    monkeypatch.setattr(machine, "temperature_c", lambda: 84.6)
    assert next(conditions.processor()) == Finding(
        "processor", State.WARNING, "85 °C; too hot: give it air and shade, dust its cooler off"
    )

    monkeypatch.setattr(machine, "temperature_c", lambda: 48.3)
    assert next(conditions.processor()) == Finding("processor", State.OK, "48 °C")


@pytest.mark.parametrize(
    ("span", "seconds"),
    [("14s", 14), ("1min 30s", 90), ("500ms", 0.5), ("0", 0), ("infinity", 0), ("", 0), ("1h", 3600)],
)
def test_spans_are_read_as_systemd_prints_them(span, seconds):
    assert conditions.seconds(span) == seconds


@pytest.mark.parametrize(
    ("armed", "timer", "told"),
    [
        ("14s", "active", ("ok", "starts the machine anew after 14 s of silence")),
        ("0", "inactive", ("warning", "not armed; RuntimeWatchdogSec=14s")),
        ("infinity", "inactive", ("warning", "not armed")),
        ("1min", "active", ("warning", "set to 60 s, too long for a Pi")),
        ("14s", "inactive", ("warning", "set to 14 s, but does not run")),
        ("14s", None, ("warning", "this machine has none")),
    ],
)
def test_a_watchdog_that_cannot_bite_is_told(say, tmp_path, armed, timer, told):
    say(systemctl=f"echo {armed}")
    file = tmp_path / "watchdog0" / "state"
    if timer is not None:
        file.parent.mkdir()
        file.write_text(f"{timer}\n")

    found = conditions.watchdog(file)

    state, says = told
    assert (found.state, found.says[: len(says)]) == (state, says)


@pytest.mark.parametrize(
    ("said", "state", "says"),
    [
        ("printf 'active\\nactive\\n'", "ok", "kiosk active, mqtt-bridge active"),
        ("printf 'active\\nfailed\\n'; exit 3", "warning", "kiosk active, mqtt-bridge failed; sudo systemctl enable --now mqtt-bridge;"),
    ],
)  # fmt: skip
def test_services_that_do_not_run_are_told(say, monkeypatch, said, state, says):
    say(systemctl=said)
    monkeypatch.setattr(programs, "SYSTEMD", programs.Path("/"))

    *_, found = conditions.services()

    assert (found.part, found.state) == ("services", state)
    assert found.says.startswith(says)


def test_where_no_systemd_runs_nobody_misses_services(monkeypatch, tmp_path):
    monkeypatch.setattr(programs, "SYSTEMD", tmp_path / "none")

    assert list(conditions.services()) == []


def test_a_program_that_hangs_is_not_waited_for(say, monkeypatch):
    monkeypatch.setattr(programs, "ANSWERS_WITHIN_S", 0.2)
    say(systemctl="exec sleep 30")

    assert programs.answer("systemctl") is None
    assert programs.answer("no-such-program") is None


def disk(tmp_path, device, **files):
    """The kernel's folders about the disk of a folder."""
    number = tmp_path.stat().st_dev
    blocks = tmp_path / "blocks"
    real = tmp_path / "mmcblk0" / device
    real.mkdir(parents=True)
    blocks.mkdir()
    (blocks / f"{os.major(number)}:{os.minor(number)}").symlink_to(real)
    for path, text in files.items():
        (file := tmp_path / path.replace("__", "/")).parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return blocks


@pytest.mark.parametrize(
    ("told", "tenths"), [("0x01 0x02\n", 2), ("0x0b 0x01\n", 11), ("0x00 0x00\n", None), ("?\n", None)]
)
def test_a_disk_that_knows_how_worn_it_is_is_heard(tmp_path, told, tenths):
    blocks = disk(tmp_path, "mmcblk0p2", mmcblk0__device__life_time=told)

    assert storage.wear_tenths(tmp_path, blocks) == tenths


def test_a_card_that_does_not_know_how_worn_it_is_tells_nothing(tmp_path):
    assert storage.wear_tenths(tmp_path, disk(tmp_path, "mmcblk0p2")) is None


def test_errors_of_the_file_system_are_counted(tmp_path):
    blocks = disk(tmp_path, "mmcblk0p2", ext4__mmcblk0p2__errors_count="3\n")

    assert storage.file_system_errors(tmp_path, blocks, tmp_path / "ext4") == 3
    assert storage.file_system_errors(tmp_path, blocks, tmp_path / "none") == 0


@pytest.mark.parametrize(
    ("function", "gives", "told"),
    [
        ("file_system_errors", 3, ("warning", "errors of the file system: 3; the card is going bad")),
        ("wear_tenths", 10, ("warning", "worn to 10 tenths; give it another soon")),
        ("wear_tenths", 4, ("ok", "worn to 4 tenths")),
    ],
)
def test_a_disk_that_grows_old_is_told(tmp_path, monkeypatch, function, gives, told):
    monkeypatch.setattr(storage, function, lambda folder: gives)

    *_, found = storage.storage(tmp_path, running=False)

    assert (found.part, found.state) == ("disk", told[0])
    assert told[1] in found.says


def test_visits_that_have_waited_long_are_told(tmp_path):
    fill(tmp_path, 3)

    (found,) = (one for one in storage.storage(tmp_path, running=False) if one.part == "queue")

    assert found.state is State.WARNING
    days = (datetime.now(UTC) - datetime(2026, 11, 23, tzinfo=UTC)) // timedelta(days=1)
    assert found.says.startswith("visits waiting: 3, the oldest for ")
    assert days < 2 or found.says.endswith(" days; none is lost: mend the line to the centre")


WIRELESS = """Inter-| sta-|   Quality        |   Discarded packets               | Missed | WE
 face | tus | link level noise |  nwid  crypt   frag  retry   misc | beacon | 22
 wlan0: 0000   54.  {level}.  -256        0      0      0      3      0        0
"""


@pytest.mark.parametrize(
    ("level", "state", "says"), [("-56", "ok", "-56 dBm"), ("-81", "warning", "weak: -81 dBm; move the box")]
)
def test_a_wifi_that_is_weak_is_told(tmp_path, level, state, says):
    (file := tmp_path / "wireless").write_text(WIRELESS.format(level=level))

    (found,) = network.wifi(file)

    assert (found.part, found.state) == ("wifi", state)
    assert found.says.startswith(says)


def test_a_box_without_a_network_says_so_and_a_wifi_that_is_not_joined(tmp_path, monkeypatch):
    monkeypatch.setattr(network, "own_address", lambda: "")
    (tmp_path / "wlan0" / "wireless").mkdir(parents=True)

    assert next(network.network()).says.startswith("no address; the door works without")
    (found,) = network.wifi(tmp_path / "none", tmp_path)
    assert found.says == "not joined; hold a set-up code with the Wi-Fi to the camera"


def test_an_unused_wifi_beside_a_cable_is_no_news(tmp_path, monkeypatch):
    monkeypatch.setattr(network, "own_address", lambda: "192.0.2.7")
    (tmp_path / "wlan0" / "wireless").mkdir(parents=True)

    assert list(network.wifi(tmp_path / "none", tmp_path)) == []


FINDINGS = [Finding("camera", State.OK, "gives pictures")] * PAGE_ROWS + [
    Finding("broker", State.WARNING, "does not answer; start it"),
    Finding("keypad", State.MISSING, "its pins are taken"),
]


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_screen_shows_all_parts_and_then_each_that_is_ill(language):
    words = load(language)
    lists, more, broker, keypad = pages(FINDINGS, words)

    assert [len(lists.rows), len(more.rows)] == [PAGE_ROWS, 2]
    assert (lists.headline, lists.turn) == (words.say("check.headline_ill"), "1/4")
    assert (lists.rows[0].text, lists.rows[0].detail, lists.rows[0].done) == (
        "Camera",
        words.say("check.state.ok"),
        True,
    )
    assert (broker.headline, broker.note) == (words.say("check.part.broker"), "does not answer; start it")
    assert (broker.mood, keypad.mood) == ("amber", "red")


def test_a_box_that_can_serve_says_so():
    (page,) = pages(FINDINGS[:1], load("vi"))

    assert page.headline == "HỘP MÁY PHỤC VỤ ĐƯỢC"


def test_the_pages_end_by_themselves_on_the_doors_own_screen(tmp_path):
    began = time.monotonic()

    show(chosen_settings(None, str(tmp_path), (), simulated=True), FINDINGS, "vi", page_s=0.1)

    assert 0.3 < time.monotonic() - began < 10
