"""Settings: in layers, and every fault told at once."""

import tomllib
from pathlib import Path

import pytest

from kiosk import config
from kiosk.errors import SettingsError
from kiosk.rules import Way

COMMENTED = Path(__file__).parents[2] / "systemd" / "kiosk.toml"


def faults(*layers, file=None):
    with pytest.raises(SettingsError) as caught:
        config.load(file, *layers)
    return str(caught.value).splitlines()


def test_a_box_without_settings_has_defaults():
    assert config.load(None).door.direction is Way.TOGGLE


def test_a_later_layer_wins_and_leaves_the_rest():
    settings = config.load(None, {"mqtt": {"port": 1, "host": "a"}}, {"mqtt": {"port": 2}})

    assert (settings.mqtt.host, settings.mqtt.port) == ("a", 2)


def test_an_unknown_setting_is_named_with_a_suggestion():
    assert faults({"door": {"directio": "in"}}) == [
        "door.directio: no such setting; did you mean door.direction?"
    ]


def test_all_faults_are_told_at_once_with_path_and_value():
    said = faults({"mqtt": {"port": "x"}, "door": {"direction": "up"}, "place": {"zone": "Asia/Ho_Chi_Min"}})

    assert said == [
        "place.zone = 'Asia/Ho_Chi_Min': no such time zone; did you mean Asia/Ho_Chi_Minh?",
        "door.direction = 'up': input should be 'in', 'out' or 'toggle'",
        "mqtt.port = 'x': input should be a valid integer",
    ]


def test_a_language_that_the_door_does_not_speak_is_told_with_those_it_does():
    assert faults({"place": {"language": "fr"}}) == [
        "place.language = 'fr': no such language; there are en, vi"
    ]


def test_a_file_that_is_not_there_is_named(tmp_path):
    (said,) = faults(file=tmp_path / "kiosk.toml")

    assert said.endswith("No such file or directory; name another with --config")


def test_a_file_that_is_no_toml_is_named(tmp_path):
    path = tmp_path / "kiosk.toml"
    path.write_text("door = [")

    assert "not TOML" in faults(file=path)[0]


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("door.direction=in", {"door": {"direction": "in"}}),
        ('door.direction="in"', {"door": {"direction": "in"}}),
        ("mqtt.port=1884", {"mqtt": {"port": 1884}}),
        ("place.name=UBND phường A = B", {"place": {"name": "UBND phường A = B"}}),
    ],
)
def test_one_setting_can_be_given_on_the_command_line(text, tree):
    assert config.assignment(text) == tree


def test_a_setting_without_a_value_is_refused():
    with pytest.raises(SettingsError, match="not path=value"):
        config.assignment("door.direction")


def test_the_commented_file_holds_every_setting_with_its_default():
    text = COMMENTED.read_text(encoding="utf-8")
    uncommented = "\n".join(line.removeprefix("#") for line in text.splitlines() if not line.startswith("# "))

    tree = tomllib.loads(uncommented)

    assert config.load(None, tree) == config.load(None)
    for section, info in config.Settings.model_fields.items():
        assert set(tree[section]) == set(info.annotation.model_fields), section
