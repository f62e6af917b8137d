"""Rules of the house that no tool knows."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MODULES = [
    path
    for package in ("kiosk", "hardware", "mqtt_bridge", "collector")
    for path in sorted((ROOT / package).rglob("*.py"))
    if "migrations" not in path.parts
]

SCRIPTS = sorted(
    script
    for package in ("hardware", "collector")
    for script in (ROOT / package).rglob("static/**/*.js")
    if "vendor" not in script.parts
)


def names(paths):
    return [str(path.relative_to(ROOT)) for path in paths]


@pytest.mark.parametrize("module", [*MODULES, *SCRIPTS], ids=names([*MODULES, *SCRIPTS]))
def test_a_module_can_be_read_in_one_sitting(module):
    assert len(module.read_text(encoding="utf-8").splitlines()) <= 300


@pytest.mark.parametrize("module", MODULES, ids=names(MODULES))
def test_nothing_promises_instead_of_doing(module):
    promise = re.compile(r"\b(TODO|FIXME|XXX|HACK|NotImplementedError)\b")

    assert not promise.search(module.read_text(encoding="utf-8"))


def test_a_box_needs_nothing_of_the_centre():
    """Door and bridge import no Django, installed or not."""
    code = "import sys, kiosk.__main__, mqtt_bridge.__main__; sys.exit('django' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_centre_needs_no_device():
    code = "import sys, collector.__main__; sys.exit(any(n in sys.modules for n in ('pygame', 'gpiozero', 'pyzbar')))"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
