"""The support bundle: it helps, and whatever was planted on the box, it names nobody."""

import gzip
import json
import os
import stat
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from click.testing import CliRunner

from kiosk.__main__ import kiosk
from kiosk.store.journal import SqliteJournal
from kiosk.supporting import bundle, cleaning, logs
from tests.kiosk.books import BOOT, SEALER, visit

NAME, NUMBER, PHONE = "Lò Văn Thử", "014099000001", "0912 345 678"
SECRET = "q3Vx" * 16
LOG = (
    "INFO kiosk.loop: door is open",
    f"WARNING kiosk.serial: read {NUMBER} of {PHONE}",
    "Traceback (most recent call last):",
    '  File "/opt/entrance-kiosk/lib/kiosk/loop.py", line 120, in turn',
    f"    raise ValueError('{NAME}')",
    f"ValueError: {NAME} has no number",
    f"kiosk.errors.BadPicture: {NAME}",
    f"{NAME}: came in",
    f"Error {NAME}",
    f"INFO kiosk.wifi: joined by a4:5e:60:c1:02:fe with {SECRET}",
)


@pytest.fixture
def planted(tmp_path, monkeypatch):
    """A box with names wherever somebody could have written them; its data folder and settings file."""
    with closing(SqliteJournal(tmp_path, boot=BOOT, sealer=SEALER, door=True)) as book:
        book.append(replace(visit(), operator=NAME))
    (file := tmp_path / "kiosk.toml").write_text(
        f"""
        [place]
        name = "UBND phường Thử"
        notice = "Gặp {NAME}"
        hours = "{NAME} 8-17"
        help_desk = "{PHONE}"
        [[questions]]
        id = "who"
        text = {{ vi = "Gặp {NAME}?" }}
        [[guards]]
        name = "{NAME}"
        """,
        encoding="utf-8",
    )
    journalctl = tmp_path / "bin" / "journalctl"
    journalctl.parent.mkdir()
    entries = [
        {"MESSAGE": line, "__REALTIME_TIMESTAMP": "1795478400000000", "_SYSTEMD_UNIT": "kiosk.service"}
        for line in LOG
    ]
    entries.append(
        {"MESSAGE": list(NAME.encode()), "__REALTIME_TIMESTAMP": "x", "_SYSTEMD_UNIT": "kiosk.service"}
    )
    entries.append({"MESSAGE": "kiosk.service: Watchdog timeout (limit 30s)!", "SYSLOG_IDENTIFIER": "systemd",
                    "__REALTIME_TIMESTAMP": "1795478400000000", "UNIT": "kiosk.service"})  # fmt: skip
    said = tmp_path / "said"
    said.write_text("\n".join(map(json.dumps, entries)), encoding="utf-8")
    journalctl.write_text(f"#!/bin/sh\ncat {said}\n")
    journalctl.chmod(journalctl.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{journalctl.parent}:{os.environ['PATH']}")
    return tmp_path, file


def made(folder, file, *more):
    target = folder / "box.json.gz"
    arguments = ["support", "--file", str(target), "--config", str(file), "--data", str(folder), *more]
    done = CliRunner().invoke(kiosk, arguments)
    assert done.exit_code == 0, done.output
    return json.loads(gzip.decompress(target.read_bytes()))


def test_nobody_is_named_wherever_names_were_planted(planted):
    told = json.dumps(made(*planted), ensure_ascii=False)

    for word in (*NAME.split()[:2], NUMBER, PHONE, PHONE.replace(" ", ""), "a4:5e", SECRET, "Gặp"):
        assert word not in told


def test_what_helps_is_there(planted):
    told = made(*planted)

    assert told["form"] == bundle.FORM
    assert told["settings"]["guards"] == 1
    assert told["settings"]["questions"] == ["who"]
    assert told["settings"]["place"]["notice"] == "…"
    assert {"version", "disk", "clock", "network", "broker"} <= {
        one["part"] for one in told["check"]["parts"]
    }
    assert told["journal"]["aside"] == 0
    assert told["log"][0] == f"{datetime.fromtimestamp(1795478400, UTC):%Y-%m-%dT%H:%M:%SZ} kiosk: {LOG[0]}"
    assert "line 120, in turn" in told["log"][3]
    assert told["log"][5].endswith("kiosk: ValueError: …")
    assert told["log"][6].endswith("kiosk: kiosk.errors.BadPicture: …")
    assert told["log"][-1].endswith("kiosk (systemd): kiosk.service: Watchdog timeout (limit 30s)!")


def test_a_box_whose_settings_are_wrong_is_told_without_what_stands_in_them(planted):
    folder, file = planted
    told = made(folder, file, "--set", f"door.directin={NAME}", "--set", f"mqtt.port={NAME}")

    said = json.dumps(told, ensure_ascii=False)
    assert "Thử" not in said.replace("UBND phường Thử", "")
    assert "mqtt.port = …: input should be" in said
    assert told["log"]


def test_a_bundle_that_is_too_long_loses_the_oldest_lines():
    lines = [f"{number} {os.urandom(40).hex()}" for number in range(500)]

    payload = bundle.packed({"log": lines}, most=8000)

    kept = json.loads(gzip.decompress(payload))["log"]
    assert len(payload) <= 8000
    assert kept == lines[-len(kept) :]
    assert kept


def test_a_machine_without_a_journal_says_so(monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")

    assert logs.last_lines() == ([], "no journalctl here, or it did not answer")


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("2026-11-30T08:05:00Z 12 visits", "2026-11-30T08:05:00Z 12 visits"),
        ("0912.345.678 and 014099000001", "… and …"),
        ("08:05:00 at fe80::a65e:60ff:fec1:2fe", "08:05:00 at fe80::/64"),
        ("2001:db8:1:2:a65e:60ff:fec1:2fe", "2001:db8:1:2::/64"),
        ("192.168.1.20:8883", "192.168.1.20:8883"),
        ("0912\u00a0345\u00a0678, 0912/345/678", "…"),
        ("1.099.012.345 and 912.345.678.9", "… and …"),
        ("84.91.234.567", "…"),
        ("joined with psk=mat khau 12", "joined with psk=…"),
    ],
)
def test_a_text_keeps_what_is_nobodys(said, kept):
    assert cleaning.text(said) == kept


def test_a_name_that_a_stranger_put_into_a_line_of_ours_is_hidden():
    said = f"WARNING mqtt_bridge.enrolling.working: not enrolled: {NAME}"

    assert cleaning.line(said) == "WARNING mqtt_bridge.enrolling.working: not enrolled: … … …"
