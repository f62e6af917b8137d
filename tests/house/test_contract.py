"""The contract's documents say what the code does."""

import importlib.util
import json
import re
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator

from mqtt_bridge import wire
from mqtt_bridge.topics import NAMED, Channel
from tests.contract import faults

DOCS = Path(__file__).parents[2] / "docs"
_spec = importlib.util.spec_from_file_location("make", DOCS / "schemas" / "make.py")
make = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(make)
WRITTEN = make.written()
DOCUMENT = yaml.safe_load((DOCS / "mqtt.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", WRITTEN, ids=lambda path: path.name)
def test_every_document_is_what_the_code_says(path):
    assert path.read_text(encoding="utf-8") == WRITTEN[path], "run `python docs/schemas/make.py`"


def test_no_schema_is_left_over():
    assert set((DOCS / "schemas").glob("*.json")) == WRITTEN.keys() - {DOCS / "mqtt.yaml"}


@pytest.mark.parametrize("path", sorted((DOCS / "schemas").glob("*.json")), ids=lambda path: path.name)
def test_every_schema_is_a_schema_and_says_what_it_is_about(path):
    schema = json.loads(path.read_text(encoding="utf-8"))

    Draft202012Validator.check_schema(schema)
    for name, part in schema["$defs"].items():
        assert "properties" not in part or part.get("description"), name


def references(node):
    if isinstance(node, dict):
        if "$ref" in node:
            yield node["$ref"]
        for value in node.values():
            yield from references(value)
    elif isinstance(node, list):
        for value in node:
            yield from references(value)


@pytest.mark.parametrize("reference", sorted(set(references(DOCUMENT))))
def test_every_reference_leads_somewhere(reference):
    file, _, pointer = reference.partition("#/")
    if file:
        assert (DOCS / file).is_file()
        return
    node = DOCUMENT
    for key in pointer.split("/"):
        node = node[key]


@pytest.mark.parametrize("channel", Channel)
def test_every_channel_is_there_with_an_operation_and_its_messages(channel):
    said = DOCUMENT["channels"][str(channel)]
    operations = [
        one for one in DOCUMENT["operations"].values() if one["channel"]["$ref"] == f"#/channels/{channel}"
    ]

    assert said["address"] == f"doors/v1/{{kiosk}}/{channel}" + ("/{name}" if channel in NAMED else "")
    assert set(said["parameters"]) == ({"kiosk", "name"} if channel in NAMED else {"kiosk"})
    assert said["messages"]
    assert len(operations) == 1
    assert operations[0]["bindings"]["mqtt"]["qos"] in {0, 1}


def test_it_has_the_head_that_asyncapi_3_wants():
    assert DOCUMENT["asyncapi"] == "3.0.0"
    assert {"title", "version"} <= DOCUMENT["info"].keys()
    for server in DOCUMENT["servers"].values():
        assert {"host", "protocol"} <= server.keys()
    for operation in DOCUMENT["operations"].values():
        assert operation["action"] in {"send", "receive"}


def examples():
    """The JSON examples in the contract for people, in their order: a visit, a configuration, a health message."""
    return re.findall(r"```json\n(.*?)```", (DOCS / "mqtt.md").read_text(encoding="utf-8"), re.DOTALL)


def test_the_example_of_a_visit_is_one():
    assert faults("doors/v1/kiosk-1/visit", examples()[0].encode()) == []
    assert wire.decode(examples()[0].encode())[0].kiosk == "kiosk-1"


def test_the_example_of_health_is_one():
    assert faults("doors/v1/kiosk-1/health", examples()[-1].encode()) == []
