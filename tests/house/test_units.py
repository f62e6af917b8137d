"""The services as they are shipped."""

import configparser
import re
from pathlib import Path

import pytest

SYSTEMD = Path(__file__).parents[2] / "systemd"
UNITS = sorted(SYSTEMD.glob("*/*.service"))


def read(unit):
    found = configparser.ConfigParser(strict=False, interpolation=None)
    found.optionxform = str
    found.read(unit, encoding="utf-8")
    return found


def started(which):
    """Whom a package starts by itself, and whom the owner may choose instead."""
    text = (SYSTEMD / "deb" / "build.sh").read_text(encoding="utf-8")
    part = text.partition(f"        {which})\n")[2].partition(";;\n")[0]
    return tuple(
        re.sub(r"[\"'*]", "", re.search(rf"\b{kind}=(\"[^\"]*\")?", part)[1] or "").split()
        for kind in ("units", "chosen")
    )


@pytest.mark.parametrize("unit", UNITS, ids=[unit.stem for unit in UNITS])
def test_no_service_leaves_an_image_of_its_memory(unit):
    """There may be a name in it, or a key."""
    found = read(unit)

    assert found["Service"]["LimitCORE"] == "0"


def test_these_are_all_services():
    assert [unit.stem for unit in UNITS] == [
        *("collector-attend", "collector-backup", "collector-ingest@", "collector-retain", "collector-web"),
        "collector",
        *("kiosk", "mqtt-bridge"),
    ]


@pytest.mark.parametrize("which", ["door", "centre"])
def test_a_package_starts_nobody_who_pushes_out_another(which):
    """Who wants several collectors chooses them; a centre of one process must outlive each upgrade."""
    units, _ = started(which)
    found = [read(SYSTEMD / which / unit)["Unit"] for unit in units]

    assert units
    assert not {other for unit in found for other in unit.get("Conflicts", "").split()} & set(units)
    assert not [unit for unit in units if "@." in unit], "a template by itself is nobody"


@pytest.mark.parametrize("which", ["door", "centre"])
def test_whoever_can_be_enabled_is_started_by_the_package_or_chosen_by_the_owner(which):
    there = [unit for kind in ("service", "timer") for unit in (SYSTEMD / which).glob(f"*.{kind}")]
    wanted = {unit.name for unit in there if "Install" in read(unit)}

    units, chosen = started(which)
    assert sorted(units + chosen) == sorted(wanted)
