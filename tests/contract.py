"""The contract, held against every message that the tests see: its JSON Schema, and the CloudEvents SDK."""

import gzip
import json
from base64 import urlsafe_b64decode
from functools import cache
from pathlib import Path

import paho.mqtt.client as paho
import yaml
from cloudevents.core.formats.json import JSONFormat
from jsonschema import Draft202012Validator, FormatChecker
from paho.mqtt.enums import MQTTProtocolVersion
from paho.mqtt.subscribeoptions import SubscribeOptions

from mqtt_bridge import topics
from mqtt_bridge.topics import Channel

UP = (
    *(Channel.VISIT, Channel.VISITS, Channel.AVAILABILITY, Channel.HEALTH),
    *(Channel.REPLY, Channel.SUPPORT, Channel.RENEWAL),
)
DOWN = tuple(channel for channel in Channel if channel not in UP)
DOCS = Path(__file__).parents[1] / "docs"
SCHEMAS = DOCS / "schemas"
BY_TYPE = {f"vn.entrance-kiosk.{name}.v1": name for name in ("visit", "clock", "gap")}
SIGNED = {Channel.CONFIG, Channel.NEIGHBOURS, Channel.COMMAND}


@cache
def bindings():
    """QoS, and whether the broker keeps it, of what is said on each channel, as the document has them."""
    document = yaml.safe_load((DOCS / "mqtt.yaml").read_text(encoding="utf-8"))
    found = {}
    for operation in document["operations"].values():
        channel = Channel(operation["channel"]["$ref"].removeprefix("#/channels/"))
        found[channel] = (operation["bindings"]["mqtt"]["qos"], operation["bindings"]["mqtt"]["retain"])
    return found


@cache
def schema(name):
    """A validator of the messages of this name."""
    return Draft202012Validator(
        json.loads((SCHEMAS / f"{name}.json").read_text()), format_checker=FormatChecker()
    )


def faults(topic: str, payload: bytes) -> list[str]:
    """What is wrong with a message of the road; an empty one takes a retained message away, and is right."""
    known = topics.parse(topic)
    if known is None:
        return [f"{topic}: no topic of the contract"]
    if not payload:
        return []
    match known.channel:
        case Channel.AVAILABILITY:
            return [] if payload in {b"online", b"offline"} else [f"{topic}: {payload!r}"]
        case Channel.RENEWAL | Channel.CERTIFICATE:
            return [] if payload.startswith(b"-----BEGIN CERTIFICATE") else [f"{topic}: no PEM"]
        case Channel.SUPPORT:
            return [] if isinstance(json.loads(gzip.decompress(payload)), dict) else [f"{topic}: no object"]
        case Channel.VISIT:
            return _event_faults(topic, json.loads(payload))
        case Channel.VISITS:
            events = json.loads(payload)
            return [
                *_faults(topic, "visits", events),
                *(fault for one in events for fault in _event_faults(topic, one)),
            ]
        case channel if channel in SIGNED:
            claims = payload.split(b".")[1]
            return _faults(
                topic, str(channel), json.loads(urlsafe_b64decode(claims + b"=" * (-len(claims) % 4)))
            )
        case channel:
            return _faults(topic, str(channel), json.loads(payload))


def _event_faults(topic, event):
    found = _faults(topic, BY_TYPE.get(event.get("type"), "visit"), event)
    try:
        parsed = JSONFormat().read(None, json.dumps(event))
    except Exception as error:  # noqa: BLE001 (whatever it says, the SDK does not take it)
        return [*found, f"{topic}: the CloudEvents SDK says {error!r}"]
    if parsed.get_id() != event["id"] or parsed.get_extension("sequence") != event["sequence"]:
        found.append(f"{topic}: the CloudEvents SDK reads something else")
    return found


def _faults(topic, name, document):
    return [f"{topic}: {error.json_path}: {error.message}" for error in schema(name).iter_errors(document)]


class Watch:
    """
    Listens to a broker on loopback, and holds the contract against what is said there.

    Args:
        port: The broker's.
        channels: What to listen to: what boxes say, unless told otherwise, for a test may play the centre.
    """

    def __init__(self, port: int, channels: tuple[Channel, ...] = UP) -> None:
        self.seen: list[paho.MQTTMessage] = []
        self._channels = channels
        self._client = paho.Client(paho.CallbackAPIVersion.VERSION2, protocol=MQTTProtocolVersion.MQTTv5)
        self._client.on_connect = self._subscribe
        self._client.on_message = lambda _client, _data, message: self.seen.append(message)
        self._client.reconnect_delay_set(1, 1)
        self._client.connect("127.0.0.1", port)
        self._client.loop_start()

    def _subscribe(self, client, *_):
        """At the highest QoS, and as it was published: so that both are seen."""
        as_it_is = SubscribeOptions(qos=2, retainAsPublished=True)
        client.subscribe([(topics.everyone(one), as_it_is) for one in self._channels])

    def end(self) -> None:
        """Stop listening; fails when anything was not of the contract."""
        self._client.disconnect()
        self._client.loop_stop()
        found = [fault for message in self.seen for fault in self._faults(message)]
        assert not found, found[:5]

    def _faults(self, message):
        found = faults(message.topic, message.payload)
        known = topics.parse(message.topic)
        if known is not None and (message.qos, message.retain) != (told := bindings()[known.channel]):
            found.append(
                f"{message.topic}: QoS {message.qos}, retained {message.retain}; the document says {told}"
            )
        return found
