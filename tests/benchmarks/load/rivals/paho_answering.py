"""
The least that a centre can be: paho, one SQLite commit a message, and an answer. `python -m … PORT DATABASE`.

Hears `bare/visit` and answers on `bare/receipt`.
"""

import sqlite3
import sys
from queue import SimpleQueue

from paho.mqtt import client as paho
from paho.mqtt.enums import CallbackAPIVersion


def main() -> None:
    """Answer until killed."""
    port, path = int(sys.argv[1]), sys.argv[2]
    arrived: SimpleQueue[bytes] = SimpleQueue()
    client = paho.Client(CallbackAPIVersion.VERSION2, client_id="answering")
    client.on_message = lambda _client, _data, message: arrived.put(message.payload)
    client.on_connect = lambda *_: client.subscribe("bare/visit", qos=1)
    client.connect("127.0.0.1", port)
    client.loop_start()
    database = sqlite3.connect(path, isolation_level=None)
    database.executescript(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE visits (row BLOB)"
    )
    while True:
        payload = arrived.get()
        database.execute("INSERT INTO visits VALUES (?)", [payload])
        client.publish("bare/receipt", payload[:16])


if __name__ == "__main__":
    main()
