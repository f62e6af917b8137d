"""
A plain nats-py consumer into a database, as one writes it after reading the manual: `python -m … URL DURABLE DATABASE`.

Pulls a thousand messages, stores them in one transaction, and acknowledges each by hand. DATABASE is a path of an
SQLite file, or an address of PostgreSQL.
"""

import asyncio
import json
import sqlite3
import sys
from collections.abc import Callable, Sequence

import nats
import psycopg
from nats.errors import TimeoutError as NothingCame
from nats.js.api import AckPolicy, ConsumerConfig

BATCH = 1000
STREAM = "$MQTT_msgs"
SUBJECTS = ["$MQTT.msgs.doors.v1.*.visit", "$MQTT.msgs.doors.v1.*.visits"]
_NAMES = ("id", "source", "epoch", "sequence", "time")
_INSERT = "INSERT INTO events VALUES ({0}, {0}, {0}, {0}, {0}, {0}) ON CONFLICT DO NOTHING"

Row = tuple[str, ...]


def main() -> None:
    """Store until killed."""
    url, durable, database = sys.argv[1:]
    asyncio.run(_run(url, durable, _postgresql(database) if "://" in database else _sqlite(database)))


async def _run(url: str, durable: str, store: Callable[[Sequence[Row]], None]) -> None:
    client = await nats.connect(url)
    jetstream = client.jetstream()
    wanted = ConsumerConfig(
        durable_name=durable,
        filter_subjects=SUBJECTS,
        ack_policy=AckPolicy.EXPLICIT,
        ack_wait=30,
        max_ack_pending=20 * BATCH,
    )
    await jetstream.add_consumer(STREAM, wanted)
    subscription = await jetstream.pull_subscribe_bind(durable, STREAM)
    while True:
        try:
            messages = await subscription.fetch(BATCH, timeout=5)
        except NothingCame:
            continue
        store([row for message in messages for row in _rows(message.data)])
        for message in messages:
            await message.ack()


def _rows(payload: bytes) -> list[Row]:
    said = json.loads(payload)
    return [
        (*(event[name] for name in _NAMES), json.dumps(event["data"], ensure_ascii=False))
        for event in (said if isinstance(said, list) else [said])
    ]


def _sqlite(path: str) -> Callable[[Sequence[Row]], None]:
    database = sqlite3.connect(path, isolation_level=None)
    database.execute("PRAGMA synchronous = FULL")

    def store(rows: Sequence[Row]) -> None:
        database.execute("BEGIN IMMEDIATE")
        database.executemany(_INSERT.format("?"), rows)
        database.execute("COMMIT")

    return store


def _postgresql(url: str) -> Callable[[Sequence[Row]], None]:
    database = psycopg.connect(url)

    def store(rows: Sequence[Row]) -> None:
        with database.transaction(), database.cursor() as cursor:
            cursor.executemany(_INSERT.format("%s"), rows)

    return store


if __name__ == "__main__":
    main()
