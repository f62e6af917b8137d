"""The services as they are shipped."""

import configparser
from pathlib import Path

import pytest

UNITS = sorted((Path(__file__).parents[2] / "systemd").glob("*/*.service"))


@pytest.mark.parametrize("unit", UNITS, ids=[unit.stem for unit in UNITS])
def test_no_service_leaves_an_image_of_its_memory(unit):
    """There may be a name in it, or a key."""
    found = configparser.ConfigParser(strict=False, interpolation=None)
    found.optionxform = str
    found.read(unit, encoding="utf-8")

    assert found["Service"]["LimitCORE"] == "0"


def test_these_are_all_services():
    assert [unit.stem for unit in UNITS] == [
        *("collector-attend", "collector-backup", "collector-ingest@", "collector-retain", "collector-web"),
        "collector",
        *("kiosk", "mqtt-bridge"),
    ]
