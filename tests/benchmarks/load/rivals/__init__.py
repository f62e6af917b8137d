"""What others use to bring MQTT into a database, each in a process of its own."""

TABLE = "events"
COLUMNS = "(id {text} PRIMARY KEY, source {text} NOT NULL, epoch {text} NOT NULL, sequence {text} NOT NULL, time {text} NOT NULL, data {json} NOT NULL)"
"""What any of them can fill from a visit as it travels: `data` whole, and the envelope in columns."""


def schema(*, text: str = "TEXT", json: str = "TEXT") -> tuple[str, ...]:
    """Statements that make the rivals' table, with the indexes that ours has."""
    return (
        f"CREATE TABLE {TABLE} {COLUMNS.format(text=text, json=json)}",
        f"CREATE UNIQUE INDEX events_place ON {TABLE} (source, epoch, sequence)",
        f"CREATE INDEX events_time ON {TABLE} (time)",
    )
