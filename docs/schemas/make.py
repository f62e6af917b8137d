"""
Makes the contract's documents from the code: `python docs/schemas/make.py`.

A JSON Schema (2020-12) for each message beside this file, and `docs/mqtt.yaml`, an AsyncAPI 3 document that
refers to them. What the fields mean is taken from the docstrings of `mqtt_bridge.wire`.
"""

# ruff: noqa: E501 - a table reads best with a line for each

import inspect
import json
import re
from pathlib import Path
from typing import Any

import msgspec
import yaml

from kiosk import __version__
from mqtt_bridge import wire
from mqtt_bridge.topics import KIOSK_NAME, NAMED, ROOT, Channel
from mqtt_bridge.wire.events import MAX_BATCH, Event
from mqtt_bridge.wire.health import Health
from mqtt_bridge.wire.orders import Reply
from mqtt_bridge.wire.signed import CommandClaims, ConfigClaims, NeighboursClaims

SCHEMAS = Path(__file__).parent
DOCUMENT = SCHEMAS.parent / "mqtt.yaml"
DIALECT = "https://json-schema.org/draft/2020-12/schema"

Batch = msgspec.Meta(min_length=1, max_length=MAX_BATCH)
TYPES: dict[str, Any] = {
    "visit": wire.VisitEvent,
    "clock": wire.ClockEvent,
    "gap": wire.GapEvent,
    "receipt": wire.Receipt,
    "health": Health,
    "config": ConfigClaims,
    "neighbours": NeighboursClaims,
    "command": CommandClaims,
    "reply": Reply,
}
"""Messages whose structure is one of ours, by the name of their schema."""

UP, DOWN = "send", "receive"
CHANNELS: dict[Channel, tuple[str, int, bool, str, tuple[str, ...], str]] = {
    Channel.VISIT: (UP, 1, False, "application/cloudevents+json", ("visit", "clock", "gap"), "One entry of the journal."),
    Channel.VISITS: (UP, 1, False, "application/cloudevents-batch+json", ("visits",), "A backlog, oldest first."),
    Channel.RECEIPT: (DOWN, 0, False, "application/json", ("receipt",), "How far the centre has committed."),
    Channel.AVAILABILITY: (UP, 1, True, "text/plain", ("availability",), "Whether the box is there; also its last will."),
    Channel.HEALTH: (UP, 1, True, "application/json", ("health",), "How the box is: each minute, and on change."),
    Channel.CONFIG: (DOWN, 1, True, "application/jose", ("config",), "How the door is to behave."),
    Channel.NEIGHBOURS: (DOWN, 1, False, "application/jose", ("neighbours",), "Visits at the place's other doors."),
    Channel.COMMAND: (DOWN, 1, False, "application/jose", ("command",), "What the door is to do at once."),
    Channel.REPLY: (UP, 1, False, "application/json", ("reply",), "What became of a command."),
    Channel.SUPPORT: (UP, 1, False, "application/gzip", ("support",), "What helps to find out what ails the box."),
    Channel.RENEWAL: (UP, 1, False, "application/x-pem-file", ("renewal",), "A request for a new certificate."),
    Channel.CERTIFICATE: (DOWN, 1, False, "application/x-pem-file", ("certificate",), "The new certificate."),
}  # fmt: skip
"""Of each channel: way as the box sees it, QoS, whether retained, content type, its messages, what it is."""

PLAIN = {
    "availability": {"type": "string", "enum": ["online", "offline"]},
    "support": {
        "type": "string",
        "description": "JSON in gzip (RFC 1952), 256 KiB at most. Nothing in it tells of a person.",
    },
    "renewal": {"type": "string", "description": "PKCS #10 (RFC 2986) in PEM."},
    "certificate": {"type": "string", "description": "X.509 (RFC 5280) in PEM."},
}
"""Messages that are no JSON."""


def schemas() -> dict[str, dict[str, Any]]:
    """The JSON Schemas by name."""
    made = {name: _schema(name, msgspec.json.schema(kind), _structs(kind)) for name, kind in TYPES.items()}
    event = _schema("visits", msgspec.json.schema(Event), _structs(Event))
    definitions = event.pop("$defs")
    head = {key: event.pop(key) for key in ("$schema", "title")}
    batch = {"type": "array", "items": event, "minItems": 1, "maxItems": MAX_BATCH, "$defs": definitions}
    return {**made, "visits": {**head, "description": "A backlog: a CloudEvents JSON batch.", **batch}}


def document() -> dict[str, Any]:
    """The AsyncAPI document."""
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Entrance kiosk: between a door and the centre",
            "version": __version__,
            "description": "As the box sees it: it sends what goes up, and receives what comes down. See mqtt.md.",
            "license": {"name": "Apache-2.0", "url": "https://www.apache.org/licenses/LICENSE-2.0"},
        },
        "defaultContentType": "application/json",
        "servers": {
            "broker": {
                "host": "broker.example:8883",
                "protocol": "secure-mqtt",
                "description": "MQTT 5 or 3.1.1; TLS with a certificate of the centre, or on the box itself. By TLS on"
                " 3.1.1 a client id goes on with a hyphen and 16 digits made from the private key.",
                "security": [{"$ref": "#/components/securitySchemes/certificate"}],
                "bindings": {
                    "mqtt": {
                        "clientId": "kiosk-{kiosk}",
                        "cleanSession": True,
                        "keepAlive": 30,
                        "lastWill": {
                            "topic": f"{ROOT}/{{kiosk}}/{Channel.AVAILABILITY}",
                            "qos": 1,
                            "retain": True,
                            "message": "offline",
                        },
                        "bindingVersion": "0.2.0",
                    }
                },
            }
        },
        "channels": {str(channel): _channel(channel) for channel in Channel},
        "operations": {_operation(channel): _action(channel) for channel in Channel},
        "components": {
            "messages": {
                name: _message(name, channel) for channel in Channel for name in CHANNELS[channel][4]
            },
            "securitySchemes": {
                "certificate": {"type": "X509", "description": "Its common name is the kiosk's name."}
            },
        },
    }


def written() -> dict[Path, str]:
    """What every file should hold."""
    files = {
        SCHEMAS / f"{name}.json": json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
        for name, schema in schemas().items()
    }
    text = yaml.safe_dump(document(), sort_keys=False, allow_unicode=True, width=110)
    return {**files, DOCUMENT: f"# Made by docs/schemas/make.py from the code.\n{text}"}


def main() -> None:
    """Write all of them."""
    for path, text in written().items():
        path.write_text(text, encoding="utf-8")


def _channel(channel: Channel) -> dict[str, Any]:
    _, _, _, _, messages, says = CHANNELS[channel]
    parameters = {"kiosk": {"description": f"The kiosk's name: {KIOSK_NAME.pattern}"}}
    address = f"{ROOT}/{{kiosk}}/{channel}"
    if channel in NAMED:
        address += "/{name}"
        of = "The command's name." if channel is Channel.COMMAND else "The command's id."
        parameters["name"] = {"description": of}
    return {
        "address": address,
        "description": says,
        "parameters": parameters,
        "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in messages},
    }


def _operation(channel: Channel) -> str:
    return f"{CHANNELS[channel][0]}{str(channel).capitalize()}"


def _action(channel: Channel) -> dict[str, Any]:
    way, qos, retain, *_ = CHANNELS[channel]
    action: dict[str, Any] = {
        "action": way,
        "channel": {"$ref": f"#/channels/{channel}"},
        "bindings": {"mqtt": {"qos": qos, "retain": retain, "bindingVersion": "0.2.0"}},
    }
    if channel is Channel.COMMAND:
        action["reply"] = {"channel": {"$ref": f"#/channels/{Channel.REPLY}"}}
    return action


def _message(name: str, channel: Channel) -> dict[str, Any]:
    content = CHANNELS[channel][3]
    message: dict[str, Any] = {"name": name, "contentType": content}
    if name in PLAIN:
        return {**message, "payload": PLAIN[name]}
    if content == "application/jose":
        says = f"Compact JWS (RFC 7515, EdDSA), typ door-{name}+jwt; its claims are schemas/{name}.json."
        return {
            **message,
            "description": says,
            "payload": {"type": "string", "pattern": r"^[\w-]+\.[\w-]+\.[\w-]+$"},
        }
    return {**message, "payload": {"$ref": f"./schemas/{name}.json"}}


def _schema(name: str, schema: dict[str, Any], structs: dict[str, type]) -> dict[str, Any]:
    for title, definition in schema.get("$defs", {}).items():
        _describe(definition, structs.get(title))
    return {"$schema": DIALECT, "title": name, **_plain(schema)}


def _plain(node: Any) -> Any:
    """
    A schema without what only some readers know: OpenAPI's discriminators, which AsyncAPI takes for its own, and
    a look behind the end of a text, which is its end wherever expressions are those of ECMA-262.
    """
    if isinstance(node, list):
        return [_plain(one) for one in node]
    if not isinstance(node, dict):
        return node
    kept = {key: _plain(value) for key, value in node.items() if key != "discriminator"}
    if isinstance(kept.get("pattern"), str):
        kept["pattern"] = kept["pattern"].removesuffix(r"(?!\n)")
    return kept


def _describe(definition: dict[str, Any], struct: type | None) -> None:
    """Give a structure, and its fields, the words of the docstrings."""
    if struct is None or "properties" not in definition:
        return
    says = inspect.getdoc(struct) or ""
    definition["description"] = " ".join(re.split(r"\n\n?Attributes:", says)[0].split())
    told: dict[str, str] = {}
    for base in reversed(struct.__mro__):
        section = re.split(r"\n\s*Attributes:\n", base.__doc__ or "", maxsplit=1)[1:]
        for field in re.findall(r"^ +(\w+): ((?:.*\n?)(?:^ {12,}.*\n?)*)", "".join(section), re.MULTILINE):
            told[field[0]] = re.sub(r"\bNone\b", "null", " ".join(field[1].split()))
    for name, property_ in definition["properties"].items():
        if name in told:
            property_["description"] = told[name]


def _structs(kind: Any) -> dict[str, type]:
    """Every structure in a type, by its name."""
    found: dict[str, type] = {}

    def walk(node: Any) -> None:
        if isinstance(node, msgspec.inspect.StructType) and node.cls.__name__ not in found:
            found[node.cls.__name__] = node.cls
            for field in node.fields:
                walk(field.type)
        for inner in (
            *getattr(node, "types", ()),
            getattr(node, "item_type", None),
            getattr(node, "type", None),
        ):
            if inner is not None:
                walk(inner)

    walk(msgspec.inspect.type_info(kind))
    return found


if __name__ == "__main__":
    main()
