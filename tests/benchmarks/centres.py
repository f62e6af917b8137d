"""The real centre side by side: as many `collector ingest` as are wanted, on a database that is ready when they start."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from collector.keyring import Keyring
from tests.benchmarks import consumers
from tests.benchmarks.consumers import OUR_TABLE, Consumer
from tests.benchmarks.road import PATIENCE_S, running
from tests.postgresql import Server
from tests.programs import BIN, Program, eventually

SQLITE, POSTGRESQL = "SQLite", "PostgreSQL"


@dataclass(frozen=True)
class Home:
    """
    Where a centre keeps everything.

    Attributes:
        data: Its folder.
        url: Its database; empty for the file in the folder.
    """

    data: Path
    url: str = ""

    @property
    def options(self) -> tuple[str, ...]:
        """As the command `collector` wants it."""
        return ("--data", str(self.data), *(("--database", self.url) if self.url else ()))

    def consumer(self, programs: list[Program]) -> Consumer:
        """Whoever fills its table of visits."""
        if self.url:
            return consumers.on_postgresql(programs, self.url, OUR_TABLE)
        return consumers.on_sqlite(programs, self.data / "collector.sqlite3", OUR_TABLE)


class Homes:
    """
    Makes homes, each a copy of one that was made before, with all its tables.

    Args:
        folder: For the one that is copied.
        server: Where their databases are; `None` for SQLite.

    Attributes:
        server: The same.
    """

    def __init__(self, folder: Path, server: Server | None = None) -> None:
        self.server = server
        self._name = server.create() if server else ""
        self._model = self._at(folder, self._name)
        subprocess.run([BIN / "collector", "migrate", *self._model.options], check=True, capture_output=True)
        # As `collector attend` would, which collectors side by side wait for.
        Keyring(folder).signing()

    @contextmanager
    def home(self, folder: Path) -> Iterator[Home]:
        """A new one in a folder that is not there yet; its database goes with the block."""
        shutil.copytree(self._model.data, folder)
        if self.server is None:
            yield self._at(folder)
            return
        with consumers.database_of(self.server, self._name) as name:
            yield self._at(folder, name)

    def _at(self, folder: Path, name: str = "") -> Home:
        return Home(folder, self.server.url(name) if self.server else "")


@contextmanager
def homes(folder: Path) -> Iterator[dict[str, Homes]]:
    """Homes on SQLite and on a PostgreSQL server, which ends with the block."""
    with ExitStack() as ending:
        server = Server()
        ending.callback(server.close)
        server.start()
        yield {
            SQLITE: Homes(folder / "sqlite"),
            POSTGRESQL: Homes(folder / "postgresql", server),
        }


@contextmanager
def ingests(home: Home, *source: str, processes: int = 1) -> Iterator[Consumer]:
    """
    Real `collector ingest`, which all fill one home, and listen.

    Args:
        home: Where they store.
        source: The options that say where visits come from.
        processes: How many there are.
    """
    with ExitStack() as ending:
        programs = [
            ending.enter_context(running(Program(BIN / "collector", "ingest", *home.options, *source)))
            for _ in range(processes)
        ]
        try:
            eventually(lambda: all(map(_listens, programs)), PATIENCE_S)
            yield home.consumer(programs)
        except Exception as error:
            for program in programs:
                error.add_note(f"{program.process.pid}, {program.process.poll()}: {program.errors[-20:]}")
            raise


def _listens(program: Program) -> bool:
    if program.process.poll() is not None:
        raise RuntimeError(f"ended: {program.errors[-20:]}")
    return any("connected, listening" in line for line in program.errors)
