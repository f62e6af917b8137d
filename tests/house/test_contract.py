"""The contract's documents say what the code does."""

import hmac
import importlib.util
import json
import re
from base64 import b32encode
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from jsonschema import Draft7Validator, Draft202012Validator

from kiosk.entries import SealedPerson
from kiosk.model import Format, Visitor
from kiosk.sealing import Sealer, opened
from mqtt_bridge import wire
from mqtt_bridge.topics import NAMED, Channel
from mqtt_bridge.wire.tokens import office_code_key, token
from tests.contract import faults

DOCS = Path(__file__).parents[2] / "docs"
_spec = importlib.util.spec_from_file_location("make", DOCS / "schemas" / "make.py")
make = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(make)
WRITTEN = make.written()
CONTRACT = (DOCS / "mqtt.md").read_text(encoding="utf-8")
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
        for field, says in part.get("properties", {}).items():
            speaks_for_itself = {"$ref", "enum"} & says.keys() or "$ref" in says.get("items", {})
            assert says.get("description") or speaks_for_itself, f"{name}.{field}"


def resolved(node):
    """The document with the schemas in place of what refers to them, as readers of AsyncAPI see it."""
    if isinstance(node, list):
        return [resolved(one) for one in node]
    if not isinstance(node, dict):
        return node
    if str(node.get("$ref", "")).startswith("./"):
        return json.loads((DOCS / node["$ref"]).read_text(encoding="utf-8"))
    return {key: resolved(value) for key, value in node.items()}


def test_the_document_is_what_asyncapi_itself_takes_for_one():
    official = json.loads(Path(__file__).with_name("asyncapi-3.0.0.json").read_text(encoding="utf-8"))

    faults = [
        f"{one.json_path}: {one.message[:200]}"
        for one in Draft7Validator(official).iter_errors(resolved(DOCUMENT))
    ]

    assert faults == []


@pytest.mark.parametrize(
    "spoil",
    [
        lambda document: document["info"].pop("version"),
        lambda document: document["operations"]["sendVisit"].update(action="publish"),
        lambda document: document["operations"]["sendVisit"]["bindings"]["mqtt"].update(qos=3),
        lambda document: document["channels"]["visit"].update(adress="x"),
        lambda document: document["components"]["messages"]["visits"]["payload"].update(discriminator={}),
        lambda document: document["servers"]["broker"].pop("host"),
    ],
)
def test_a_document_that_is_none_would_be_noticed(spoil):
    official = json.loads(Path(__file__).with_name("asyncapi-3.0.0.json").read_text(encoding="utf-8"))
    document = resolved(DOCUMENT)
    spoil(document)

    assert not Draft7Validator(official).is_valid(document)


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
    """The JSON examples in the contract for people, in their order: a visit first, a health message last."""
    return re.findall(r"```json\n(.*?)```", CONTRACT, re.DOTALL)


def test_the_example_of_a_visit_is_one():
    assert faults("doors/v1/kiosk-1/visit", examples()[0].encode()) == []
    assert wire.decode(examples()[0].encode())[0].kiosk == "kiosk-1"


def test_the_example_of_a_visit_is_as_the_code_writes_it():
    example = examples()[0].encode()

    assert json.loads(wire.encode(wire.decode(example))) == json.loads(example)


def test_the_person_in_the_example_is_sealed_and_known_as_the_contract_says():
    """With the keys `k` and `p`, 32 times each."""
    (visit,) = wire.decode(examples()[0].encode())
    sealed = SealedPerson(visit.data.person.key, visit.data.person.box)
    known = Sealer("kiosk-1", b"p" * 32).pseudonyms(Visitor(Format.CCCD, document="014099000001"))

    assert opened(sealed, b"k" * 32, kiosk="kiosk-1", visit=str(visit.id)) == {
        "document": "014099000001",
        "name": "Nguyễn Văn Thử",
        "birth": "1999-02-01",
    }
    assert visit.data.pseudonyms.document == known.document
    digest = hmac.new(b"p" * 32, b"document:014099000001", "sha256").digest()
    assert visit.data.pseudonyms.document == digest


def test_the_token_in_the_document_is_worked_out_as_it_says():
    """By HKDF and HMAC as their RFCs write them, not as the code does."""
    info, head = b"entrance-kiosk office code key v1", "entrance-kiosk office code v1"
    key = hmac.digest(hmac.digest(bytes(32), b"p" * 32, "sha256"), info + b"\x01", "sha256")
    minutes = int(datetime(2026, 11, 23, 1, 5, tzinfo=UTC).timestamp()) // 60
    digest = hmac.digest(key, f"{head}\nkiosk-1\n{minutes}".encode(), "sha256")
    told = b32encode(digest[:5]).decode().lower()

    assert f"?t={told}`" in CONTRACT
    assert info.decode() in CONTRACT
    assert head in CONTRACT
    assert told == token(office_code_key(b"p" * 32), "kiosk-1", datetime(2026, 11, 23, 1, 5, 59, tzinfo=UTC))


def test_the_example_of_a_receipt_is_signed_over_the_text_that_stands_there():
    """By the key of `s`, 32 times."""
    example = next(one for one in examples() if "signature" in one).encode()
    receipt = wire.decode_receipt(example)
    (text,) = re.findall(r"```\n(entrance-kiosk receipt.*?)\n```", CONTRACT, re.DOTALL)
    public = Ed25519PrivateKey.from_private_bytes(b"s" * 32).public_key()

    public.verify(receipt.signature, text.encode())
    assert wire.is_genuine(receipt, "kiosk-1", {receipt.key: public.public_bytes_raw()})
    assert faults("doors/v1/kiosk-1/receipt", example) == []


def test_the_example_of_health_is_one():
    assert faults("doors/v1/kiosk-1/health", examples()[-1].encode()) == []
