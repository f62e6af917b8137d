"""Whoever takes visits off the broker into a database: our centre, and what others use."""

import json
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

from tests.benchmarks import load
from tests.benchmarks.load import rivals
from tests.benchmarks.road import PATIENCE_S, running, wait_until
from tests.postgresql import Server
from tests.programs import BIN, Collector, Program

VISIT, VISITS = "doors/v1/+/visit", "doors/v1/+/visits"
OUR_TABLE = "collector_visit"
MQ_BRIDGE = "mq-bridge==1.2.0"
SLOWEST_PER_S = 500
"""What stores fewer visits a second is given up."""
_IN_FLIGHT = 1000


@dataclass(frozen=True)
class Consumer:
    """
    One that is running.

    Attributes:
        pids: Its processes.
        finish: Waits until so many visits are committed, and tells when that was (monotonic seconds).
        database: Where they are: a path, or an address; empty when it keeps none.
    """

    pids: tuple[int, ...]
    finish: Callable[[int], float]
    database: str = ""


Start = Callable[[Path, int], AbstractContextManager[Consumer]]
"""Starts one in a folder, on a broker's port."""


@contextmanager
def ours_sqlite(folder: Path, port: int) -> Iterator[Consumer]:
    """The real `collector ingest` with the database it has by itself."""
    subprocess.run([BIN / "collector", "migrate", "--data", folder], check=True, capture_output=True)
    with running(Collector(folder, port, "ingest")) as program:
        yield on_sqlite([program], folder / "collector.sqlite3", OUR_TABLE)


@contextmanager
def ours_postgresql(folder: Path, port: int, *, server: Server) -> Iterator[Consumer]:
    """The real `collector ingest` with a database of a PostgreSQL server."""
    with database_of(server) as name:
        where = ("--database", server.url(name))
        subprocess.run(
            [BIN / "collector", "migrate", "--data", folder, *where], check=True, capture_output=True
        )
        with running(Collector(folder, port, "ingest", *where)) as program:
            yield on_postgresql([program], server.url(name), OUR_TABLE)


@contextmanager
def counter(_folder: Path, port: int, *, messages: int) -> Iterator[Consumer]:
    """A subscriber in C that only acknowledges and counts: how fast the broker can be."""
    with running(load.Counter(port, messages, [VISIT, VISITS])) as program:
        yield Consumer((program.process.pid,), lambda _visits: program.done().ended_s)


@contextmanager
def stock_paho(folder: Path, port: int) -> Iterator[Consumer]:
    """Paho as its manual says, into SQLite."""
    path = rivals_file(folder)
    with running(Program(sys.executable, "-m", f"{rivals.__name__}.stock_paho", port, path)) as program:
        yield on_sqlite([program], path, rivals.TABLE)


@contextmanager
def stock_nats(url: str, durable: str, database: str) -> Iterator[Consumer]:
    """Plain nats-py, as its manual says, into a rivals' table: of a file, or of a PostgreSQL database."""
    script = (sys.executable, "-m", f"{rivals.__name__}.stock_nats", url, durable, database)
    with running(Program(*script)) as program:
        fills = on_postgresql if "://" in database else on_sqlite
        yield fills([program], database, rivals.TABLE)


@contextmanager
def mq_bridge_sqlite(folder: Path, port: int) -> Iterator[Consumer]:
    """mq-bridge into SQLite: visits sent again are updated in place."""
    path = rivals_file(folder)
    with running(_mq_bridge(port, f"sqlite://{path}")) as program:
        yield on_sqlite([program], path, rivals.TABLE)


@contextmanager
def mq_bridge_postgresql(_folder: Path, port: int, *, server: Server) -> Iterator[Consumer]:
    """mq-bridge into PostgreSQL, likewise."""
    with rivals_database(server) as url, running(_mq_bridge(port, url)) as program:
        yield on_postgresql([program], url, rivals.TABLE)


def mq_bridge_python() -> Path:
    """The Python that has mq-bridge: an environment of its own, made at first use."""
    home = load.CACHE / MQ_BRIDGE
    python = home / "bin" / "python"
    if not (home / "installed").exists():
        subprocess.run([sys.executable, "-m", "venv", "--clear", home], check=True)
        subprocess.run(
            [python, "-m", "pip", "install", "--quiet", MQ_BRIDGE], check=True, stderr=subprocess.DEVNULL
        )
        (home / "installed").touch()
    return python


def _mq_bridge(port: int, database: str) -> Program:
    source = {
        "url": f"tcp://127.0.0.1:{port}",
        "topic": VISIT,
        "client_id": "mq-bridge",
        "qos": 1,
        "session_expiry_interval": 3600,
        "queue_capacity": _IN_FLIGHT,
        "max_inflight": _IN_FLIGHT,
    }
    route = {
        "input": {"mqtt": source},
        "output": {"sqlx": {"url": database, "table": rivals.TABLE, "columns": "auto", "key": "id"}},
        "batch_size": _IN_FLIGHT,
    }
    script = Path(rivals.__file__).with_name("mq_bridge_route.py")
    return Program(mq_bridge_python(), script, json.dumps(route))


def rivals_file(folder: Path) -> Path:
    """A new SQLite file with the rivals' table; its path."""
    path = folder / "rival.sqlite3"
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA journal_mode = WAL")
        for statement in rivals.schema():
            database.execute(statement)
    return path


@contextmanager
def rivals_database(server: Server) -> Iterator[str]:
    """A new database of a server with the rivals' table, which goes with the block; its address."""
    with database_of(server) as name:
        for statement in rivals.schema(json="JSONB"):
            server.run(statement, name)
        yield server.url(name)


@contextmanager
def database_of(server: Server, template: str = "template1") -> Iterator[str]:
    """A database that goes with the block; its name."""
    name = server.create(template)
    try:
        yield name
    finally:
        server.drop(name)


def on_sqlite(programs: Sequence[Program], path: Path | str, table: str) -> Consumer:
    """Programs that fill a table of an SQLite file."""

    def finish(visits: int) -> float:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
            return _wait_for(visits, lambda: database.execute(_count(table)).fetchone()[0], programs)

    return Consumer(_pids(programs), finish, str(path))


def on_postgresql(programs: Sequence[Program], url: str, table: str) -> Consumer:
    """Programs that fill a table of a PostgreSQL database."""

    def finish(visits: int) -> float:
        with psycopg.connect(url, autocommit=True) as database:
            return _wait_for(visits, lambda: database.execute(_count(table)).fetchone()[0], programs)

    return Consumer(_pids(programs), finish, url)


def _count(table: str) -> str:
    return f"SELECT count(*) FROM {table}"


def _pids(programs: Sequence[Program]) -> tuple[int, ...]:
    return tuple(program.process.pid for program in programs)


def _wait_for(visits: int, stored: Callable[[], int], programs: Sequence[Program]) -> float:
    def is_done() -> bool:
        for program in programs:
            if program.process.poll() is not None:
                raise RuntimeError(f"{program.command[:3]} ended: {program.errors[-20:]}")
        return stored() >= visits

    return wait_until(is_done, patience_s=max(PATIENCE_S, visits / SLOWEST_PER_S))
