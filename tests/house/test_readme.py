"""The README holds what its readers look for, and what it shows is true."""

import doctest
import importlib.util
import json
import os
import re
import subprocess
from pathlib import Path

import pytest

from collector.commands import collector
from hardware.simulated.web import levers
from kiosk import cues, devices, settings
from kiosk.__main__ import kiosk
from kiosk.model import Format, Reason
from kiosk.signals import SignKind
from mqtt_bridge.__main__ import bridge
from mqtt_bridge.topics import Channel
from tests.programs import BIN

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
GUARDS = (ROOT / "docs" / "guard.vi.md").read_text(encoding="utf-8")
CONTRACT = (ROOT / "docs" / "mqtt.md").read_text(encoding="utf-8")
VIRTUAL = (ROOT / "docs" / "virtual-door.md").read_text(encoding="utf-8")
PAGE = ROOT / "hardware" / "simulated" / "web" / "static"

COMMANDS = [f"{group.name} {name}" for group in (kiosk, bridge, collector) for name in group.commands]
LISTED = {"questions": settings.Question, "guards": settings.Guard}
SETTINGS = [
    (section, name)
    for section, info in settings.Settings.model_fields.items()
    for name in LISTED.get(section, info.annotation).model_fields
]
RECIPES = re.findall(r"```console\n(.*?)```", README, re.DOTALL)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_told(command):
    assert f"`{command}`" in README


@pytest.mark.parametrize(("section", "name"), SETTINGS)
def test_every_setting_is_told(section, name):
    (row,) = re.findall(rf"^\| `{section}` \|(.*)\|$", README, re.MULTILINE)

    assert f"`{name}`" in row


@pytest.mark.parametrize("word", [*Reason, *cues.CUES, *SignKind, *Format])
def test_every_reason_cue_sign_and_format_is_told(word):
    assert f"`{word}`" in README


@pytest.mark.parametrize(
    ("kind", "name"), [(kind, name) for kind in settings.Devices.model_fields for name in devices.names(kind)]
)
def test_every_device_is_told(kind, name):
    assert re.search(rf"`{kind}` \([^)]*`{name}`", README)


@pytest.mark.parametrize("channel", Channel)
def test_every_topic_is_in_the_contract(channel):
    assert f"| `{channel}` |" in CONTRACT


@pytest.mark.parametrize("lever", levers.NAMES)
def test_what_each_lever_of_the_virtual_door_really_does_is_told(lever):
    words = json.loads((PAGE / "words" / "en.json").read_text(encoding="utf-8"))

    assert f"\n| {words[f'lever.{lever}']} | " in VIRTUAL


@pytest.mark.parametrize("picture", re.findall(r'<(?:img|source)\b[^>]* src(?:set)?="([^"]+)"', README))
def test_every_picture_is_there(picture):
    assert (ROOT / picture).is_file()


def test_the_pictures_are_drawn_by_the_doors_own_screen(tmp_path):
    drawing = importlib.util.spec_from_file_location("draw", ROOT / "docs" / "pictures" / "draw.py")
    draw = importlib.util.module_from_spec(drawing)
    drawing.loader.exec_module(draw)

    draw.main(tmp_path)

    drawn = {file.name for file in tmp_path.iterdir()}
    shown = {Path(picture).name for picture in re.findall(r'<img src="([^"]+\.png)"', README + GUARDS)}
    assert shown <= drawn == {file.name for file in (ROOT / "docs" / "pictures").glob("*.png")}


@pytest.mark.parametrize("recipe", RECIPES)
def test_every_recipe_does_what_it_shows(recipe, tmp_path):
    checker = doctest.OutputChecker()
    environment = {**os.environ, "PATH": f"{BIN}:{os.environ['PATH']}"}
    for command, shown in re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", recipe, re.MULTILINE):
        done = subprocess.run(
            command,
            shell=True,
            cwd=tmp_path,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=60,
            check=False,
        )
        assert checker.check_output(shown, done.stdout, doctest.ELLIPSIS), done.stdout
