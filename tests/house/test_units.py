"""The services as they are shipped."""

import configparser
import os
import re
import subprocess
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
        *("collector", "nats-node@"),
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
    # A node of NATS runs no file of the package: when that is upgraded, it goes on.
    assert sorted(units + chosen) == sorted(wanted - {"nats-node@.service"})


def test_nodes_elsewhere_get_their_own_folder_and_whoever_is_away_is_named(tmp_path):
    here, there = tmp_path / "here", tmp_path / "there"
    for name in ("n1", "n2"):
        (here / "broker" / "nodes" / name / "state").mkdir(parents=True)
        (here / "broker" / "nodes" / name / "nats-users.conf").write_text(f"of {name}")
        (here / "broker" / "nodes" / name / "state" / "kept").touch()
    (tmp_path / "ssh").write_text(
        f'#!/bin/sh\n[ "$5" != away ] || exit 255\neval "$(echo "$6" | sed s#{here}#{there}#g)"\n'
    )
    (tmp_path / "ssh").chmod(0o755)
    environ = {**os.environ, "COLLECTOR_DATA": str(here), "PATH": f"{tmp_path}:{os.environ['PATH']}"}

    told = subprocess.run(
        [SYSTEMD / "centre" / "tell-nodes", "n1=away", "n2=10.0.0.12"],
        check=False,
        capture_output=True,
        text=True,
        env=environ,
    )

    found = {path.relative_to(there): path.read_text() for path in there.rglob("*") if path.is_file()}
    assert (told.returncode, told.stderr) == (1, "node n1=away: not told\n")
    assert found == {Path("broker/nodes/n2/nats-users.conf"): "of n2"}
