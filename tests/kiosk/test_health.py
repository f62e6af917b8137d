"""What systemd is told."""

import socket

import pytest

from kiosk.health import Health


@pytest.fixture
def systemd(tmp_path):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
        line.bind(str(tmp_path / "notify"))
        line.settimeout(5)
        yield line


def test_ready_and_status_reach_the_service_manager(systemd):
    health = Health(systemd.getsockname())
    health.ready()
    health.status("line up")

    assert [systemd.recv(100), systemd.recv(100)] == [b"READY=1", b"STATUS=line up"]


def test_a_status_is_told_on_change_only(systemd):
    health = Health(systemd.getsockname())
    for _ in range(3):
        health.status("line up")
    health.stopping()

    assert [systemd.recv(100), systemd.recv(100)] == [b"STATUS=line up", b"STOPPING=1"]


def test_the_watchdog_is_fed_at_most_once_a_second(systemd):
    health = Health(systemd.getsockname())
    for _ in range(5):
        health.alive()
    health.stopping()

    assert [systemd.recv(100), systemd.recv(100)] == [b"WATCHDOG=1", b"STOPPING=1"]


def test_nobody_listening_is_fine():
    Health(None).ready()


def test_a_service_manager_that_does_not_listen_does_not_close_the_door(tmp_path, caplog):
    health = Health(str(tmp_path / "nobody"))
    health.ready()
    health.status("line up")

    assert [record.levelname for record in caplog.records] == ["WARNING"], "told once"
