"""What `mqtt-bridge fleet` refuses, and how it says so."""

import resource

import pytest
from click.testing import CliRunner

from mqtt_bridge.fleet.commands import fleet
from mqtt_bridge.fleet.ledger import Ledger, LedgerUnusable, confirmed, ids
from mqtt_bridge.fleet.script import Script


def refused(tmp_path, *options):
    done = CliRunner().invoke(
        fleet, ["--doors", "3", "--ledger", str(tmp_path / "ledger"), "--clear", *options]
    )
    assert done.exit_code in {1, 2}
    return f"{done.output}{done.exception}"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--hosts", ""), "names no broker"),
        (("--hosts", "localhost"), "localhost: not HOST:PORT"),
        (("--hosts", "localhost:1 ::1:2"), "::1:2: not HOST:PORT; an address of IPv6 stands in brackets"),
        (("--hosts", "localhost:70000"), "localhost:70000: not HOST:PORT"),
        (("--certificates", "/tmp"), "Give --certificates DIR, or --clear"),
        (("--prefix", "Fleet"), "--prefix Fleet: only lower-case letters"),
        (("--trust", "key:AAAA"), "key: its key is not 32 bytes in base64"),
        (("--trust", "/nowhere"), "/nowhere: No such file"),
        (("--trust", __file__), "no centre.json as a centre writes it"),
        (("--doors", "20001"), "20001 is not in the range"),
        (("--ledger", "/nowhere/ledger"), "--ledger /nowhere/ledger: "),
    ],
)
def test_what_cannot_be_played_is_said(tmp_path, options, said):
    assert said in refused(tmp_path, *options)


def test_a_door_without_a_certificate_is_named(tmp_path):
    options = ("--doors", "1", "--ledger", str(tmp_path / "ledger"), "--certificates", str(tmp_path))

    assert f"{tmp_path}/ca.crt: No such file" in str(CliRunner().invoke(fleet, options).exception)


def test_more_doors_than_files_may_be_open_are_too_many(tmp_path, monkeypatch):
    monkeypatch.setattr(resource, "getrlimit", lambda _: (100, 1000))

    assert (
        "--doors 1000: this process may have 1000 files open (ulimit -Hn), enough for 936 doors"
        in refused(tmp_path, "--doors", "1000")
    )


def test_a_ledger_that_is_none_is_said(tmp_path):
    (tmp_path / "ledger").write_text("no ledger")
    with pytest.raises(LedgerUnusable, match="name one that `mqtt-bridge fleet` has written"):
        confirmed(tmp_path / "ledger")


def test_a_kiosk_that_is_not_in_a_ledger_is_said(tmp_path):
    Ledger(tmp_path / "ledger", Script(seed=1, started_ms=0, doors=1, rate=1)).close()
    with pytest.raises(LedgerUnusable, match="has no kiosk fleet-00009"):
        ids(tmp_path / "ledger", "fleet-00009")
