"""Settings: in layers, and every fault told at once."""

import tomllib
from datetime import time
from pathlib import Path

import pytest

from kiosk import config, settings
from kiosk.errors import SettingsError
from kiosk.pins import hashed
from kiosk.rules import Way

COMMENTED = Path(__file__).parents[2] / "systemd" / "kiosk.toml"


def faults(*layers, file=None):
    with pytest.raises(SettingsError) as caught:
        config.load(file, *layers)
    return str(caught.value).splitlines()


def test_a_box_without_settings_has_defaults():
    assert config.load(None).door.direction is Way.TOGGLE


def test_a_later_layer_wins_and_leaves_the_rest():
    settings = config.load(None, {"mqtt": {"port": 1, "host": "::1"}}, {"mqtt": {"port": 2}})

    assert (settings.mqtt.host, settings.mqtt.port) == ("::1", 2)


def test_the_nodes_of_a_cluster_are_several_hosts():
    settings = config.load(None, {"mqtt": {"host": "node-1.example  node-2.example", "tls": True}})

    assert settings.mqtt.hosts == ("node-1.example", "node-2.example")


def test_one_host_on_another_machine_is_enough_to_need_tls():
    (said,) = faults({"mqtt": {"host": "localhost node-2.example"}})

    assert said.endswith("a broker on another machine needs mqtt.tls = true")


def test_a_broker_must_be_somewhere():
    (said,) = faults({"mqtt": {"host": " "}})

    assert said == "mqtt.host = ' ': names no machine; leave it out for a broker on the box itself"


@pytest.mark.parametrize(
    ("hosts", "wrong"),
    [
        ("node-1,node-2", "node-1,node-2"),
        ("node-1 node-2:8883", "node-2:8883"),
        ("10.0.0.11:8883", "10.0.0.11:8883"),
        ("[::1]:8883", "[::1]:8883"),
        ("mqtt://node-1", "mqtt://node-1"),
    ],
)
def test_a_broker_with_its_port_and_several_with_commas_are_refused(hosts, wrong):
    assert faults({"mqtt": {"host": hosts, "tls": True}}) == [
        f"mqtt.host = {hosts!r}: {wrong}: give names or addresses, with spaces between; the port is mqtt.port"
    ]


def test_a_broker_may_be_named_by_an_address_of_either_kind():
    hosts = ("10.0.0.11", "2001:db8::1", "fe80::1%eth0")

    assert config.load(None, {"mqtt": {"host": " ".join(hosts), "tls": True}}).mqtt.hosts == hosts


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


def test_what_is_wrong_in_a_file_names_it_and_what_is_laid_over_does_not(tmp_path):
    file = tmp_path / "door.toml"
    file.write_text('[mqtt]\nport = "x"\n[door]\ndirectio = "in"\ndirection = "up"\n')

    said = faults({"door": {"direction": "down"}}, file=file)

    assert said == [
        "door.direction = 'down': input should be 'in', 'out' or 'toggle'",
        f"settings file {file}: door.directio: no such setting; did you mean door.direction?",
        f"settings file {file}: mqtt.port = 'x': input should be a valid integer",
    ]


def test_a_broker_elsewhere_is_refused_while_visits_travel_in_clear():
    (said,) = faults({"mqtt": {"host": "192.0.2.2"}})

    assert said.endswith("a broker on another machine needs mqtt.tls = true")


def test_a_broker_elsewhere_is_welcome_over_tls():
    settings = config.load(None, {"mqtt": {"host": "192.0.2.2", "tls": True}})

    assert settings.mqtt.host == "192.0.2.2"


@pytest.mark.parametrize("days", [0, 1, 3651])
def test_visits_are_kept_for_two_days_at_least_and_ten_years_at_most(days):
    (said,) = faults({"data": {"keep_days": days}})

    assert said.startswith(f"data.keep_days = {days}: ")


def test_two_devices_on_one_pin_are_told():
    (said,) = faults({"lamp": {"red_pin": 18}, "keypad": {"row_pins": [5, 6, 13, 5]}})

    assert said == (
        "GPIO 18 is buzzer.pin and lamp.red_pin; GPIO 5 is keypad.row_pins.0 and keypad.row_pins.3: "
        "give each its own pin"
    )


@pytest.mark.parametrize("name", ["light", "button"])
def test_a_part_that_is_wired_may_be_on_no_other_parts_pin(name):
    (said,) = faults({"devices": {name: "gpio"}, name: {"pin": 18}})

    assert said == f"GPIO 18 is buzzer.pin and {name}.pin: give each its own pin"


@pytest.mark.parametrize(
    "tree",
    [
        {"light": {"pin": 18}, "button": {"pin": 17}},
        {"devices": {"keypad": "usb", "light": "gpio"}, "light": {"pin": 5}},
    ],
    ids=["neither light nor button", "a keypad on USB"],
)
def test_pins_of_parts_that_a_box_has_not_are_free(tree):
    assert config.load(None, tree).light.pin == tree["light"]["pin"]


def test_a_text_that_looks_like_a_number_is_a_text():
    settings = config.load(
        None, config.assignment("place.help_desk=19001234"), config.assignment("mqtt.protocol=5")
    )

    assert (settings.place.help_desk, settings.mqtt.protocol) == ("19001234", "5")


def test_a_language_that_the_door_does_not_speak_is_told_with_those_it_does():
    assert faults({"place": {"languages": ["vi", "fr"]}}) == [
        "place.languages.1 = 'fr': no such language; there are en, vi"
    ]


def test_a_pin_where_its_hash_belongs_is_told_and_not_repeated():
    assert faults({"guards": [{"name": "Lò Văn An", "pin_hash": "264819"}]}) == [
        "guards.0.pin_hash: not a hash as `kiosk pin` and the centre make them"
    ]


def test_the_hash_of_a_pin_is_not_printed():
    kept = hashed("264819")
    settings = config.load(None, {"guards": [{"name": "Lò Văn An", "pin_hash": kept}]})

    assert kept not in settings.model_dump_json() + repr(settings)
    assert settings.model_dump()["guards"][0]["pin_hash"] == kept


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (
            {"questions": [{"id": "a", "text": {"vi": "?"}}] * 2},
            "questions: id a stands twice; give each its own",
        ),
        ({"guards": [{"name": "An"}] * 2}, "guards: name An stands twice; give each its own"),
        (
            {"questions": [{"id": "a", "text": {"vi": "?"}, "answers": [{"id": "b", "text": {"vi": "!"}}]}]},
            "question a: one answer is no choice; give two, or none",
        ),
    ],
)
def test_what_cannot_be_told_apart_is_told(wrong, told):
    assert faults(wrong) == [told]


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"questions": {"id": "a"}}, "questions: a list of tables; write it as [[questions]]"),
        ({"sound": {"quiet_from": time(19, 30)}}, "sound.quiet_from = 19:30:00: a text; write it in quotes"),
        ({"place": {"languages": ["vi", "vi"]}}, "place.languages: code vi stands twice; give each its own"),
        (
            {"devices": {"scanner": ["camera", "camera"]}},
            "devices.scanner: name camera stands twice; give each its own",
        ),
        (
            {"usb": {"device": "event3"}, "wedge": {"device": "event3"}},
            "usb.device = wedge.device = 'event3': give each its own",
        ),
        (
            {"place": {"name": "\u200b"}},
            "place.name = '\\u200b': holds a letter that cannot be seen; type it anew, in one line",
        ),
    ],
)
def test_slips_of_a_technician_are_told_with_the_remedy(wrong, told):
    assert faults(wrong) == [told]


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
    for section, info in settings.Settings.model_fields.items():
        fields = getattr(info.annotation, "model_fields", None)
        assert fields is None or set(tree[section]) == set(fields), section
