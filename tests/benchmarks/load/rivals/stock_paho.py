"""
Stock paho into SQLite, as one writes it after reading the manual: `python -m … PORT DATABASE`.

Each message is acknowledged by hand once the transaction that holds it is committed.
"""

import json
import sqlite3
import sys
from queue import Empty, SimpleQueue

from paho.mqtt import client as paho
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

BATCH = 1000
_INSERT = "INSERT INTO events VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"


def main() -> None:
    """Store until killed."""
    port, path = int(sys.argv[1]), sys.argv[2]
    arrived: SimpleQueue[paho.MQTTMessage] = SimpleQueue()
    client = paho.Client(
        CallbackAPIVersion.VERSION2, client_id="stock", protocol=MQTTProtocolVersion.MQTTv5, manual_ack=True
    )
    client.on_message = lambda _client, _data, message: arrived.put(message)
    client.on_connect = lambda *_: client.subscribe("doors/v1/+/visit", qos=1)
    properties = Properties(PacketTypes.CONNECT)
    properties.SessionExpiryInterval = 3600
    properties.ReceiveMaximum = BATCH
    client.connect("127.0.0.1", port, clean_start=False, properties=properties)
    client.loop_start()
    database = sqlite3.connect(path, isolation_level=None)
    database.execute("PRAGMA synchronous = FULL")
    while True:
        batch = _batch(arrived)
        database.execute("BEGIN IMMEDIATE")
        database.executemany(_INSERT, [_row(json.loads(message.payload)) for message in batch])
        database.execute("COMMIT")
        for message in batch:
            client.ack(message.mid, message.qos)


def _batch(arrived: "SimpleQueue[paho.MQTTMessage]") -> list[paho.MQTTMessage]:
    batch = [arrived.get()]
    while len(batch) < BATCH:
        try:
            batch.append(arrived.get_nowait())
        except Empty:
            break
    return batch


def _row(event: dict) -> tuple:
    envelope = tuple(event[name] for name in ("id", "source", "epoch", "sequence", "time"))
    return (*envelope, json.dumps(event["data"], ensure_ascii=False))


if __name__ == "__main__":
    main()
