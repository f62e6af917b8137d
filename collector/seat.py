"""
The seat of the one who attends: of all machines of a centre, one process has it at a time.

Two would push each other off the broker, and say all twice. The seat is a lock in the PostgreSQL that the
centre's machines share: it goes with the connection that holds it, so nobody has to tidy up after a machine
that is gone. A file in a data folder is one machine's, whose service manager sees to it.
"""

import logging
import os
import signal
from contextlib import suppress
from threading import Event
from time import monotonic
from typing import Any

from django.db import DatabaseError, InterfaceError, connection

from collector.errors import SeatTaken

log = logging.getLogger(__name__)

PATIENCE_S = 5.0
"""How long the seat is waited for: of whoever was killed just now, PostgreSQL hears in a moment."""
AGAIN_S = 0.25
LOOK_S = 5.0
"""How often it is looked whether it is still ours: a server that was started anew knows no lock."""
_ID = 0x73656174
_SILENT = "SET tcp_keepalives_idle = 10; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 2"
"""After 20 s the server lets go of whoever has no power any more; as delivered, after two hours."""
_TAKEN = (
    "seat: another `collector attend` of this database has it, here or on another machine; one is enough, so"
    " stop one of the two"
)
_TROUBLES = (DatabaseError, InterfaceError)


class Seat:
    """
    The seat in the database that Django is set to; `collector.serving` runs it beside the intake.

    Args:
        patience_s: How long `take()` waits for another to leave it.
    """

    def __init__(self, patience_s: float = PATIENCE_S) -> None:
        self._patience_s = patience_s
        self._line: Any = None
        self._stopped = Event()

    def take(self) -> None:
        """
        Take the seat. A database that does not answer has none: `run()` takes it when it does.

        Raises:
            SeatTaken: If another process has it.
        """
        ends = monotonic() + self._patience_s
        with suppress(*_TROUBLES):
            while not self._is_ours():
                if monotonic() > ends:
                    raise SeatTaken(_TAKEN)
                self._stopped.wait(AGAIN_S)

    def run(self) -> None:
        """Keep it until `stop()`; if another took it while the database was away, end this process."""
        while not self._stopped.wait(LOOK_S):
            try:
                if self._is_ours():
                    continue
            except _TROUBLES:
                self._let_go()
                continue
            log.error(_TAKEN)
            os.kill(os.getpid(), signal.SIGTERM)
            return

    def stop(self) -> None:
        """Let `run()` end soon, and the seat to others. Any thread may call this."""
        self._stopped.set()
        self._let_go()

    def _is_ours(self) -> bool:
        if connection.vendor != "postgresql":
            return True
        with connection.wrap_database_errors:
            if (held := self._line) is not None:
                held.execute("SELECT 1")
                return True
            line = connection.get_new_connection(connection.get_connection_params())
            line.autocommit = True
            line.execute(_SILENT)
            (taken,) = line.execute("SELECT pg_try_advisory_lock(%s)", (_ID,)).fetchone()
            if taken:
                self._line = line
            else:
                line.close()
        return bool(taken)

    def _let_go(self) -> None:
        line, self._line = self._line, None
        if line is not None:
            line.close()
