"""
The running service: the intake, the page, or both in one process.

If either dies, the process ends and the service manager starts it anew.
"""

import errno
import gc
import logging
import os
import signal
import sys
import threading
import traceback
from collections.abc import Mapping
from functools import partial
from threading import Event, Thread
from typing import NoReturn, Protocol

import click
from django.conf import settings
from waitress.server import create_server

from collector import notifying
from collector.closing import Closing
from collector.enrolling.listening import Listener
from collector.enrolling.options import split
from collector.errors import AddressUnusable
from collector.exporting.worker import Exporter
from collector.figures.keeping import Keeping
from collector.ingest.intake import Intake
from collector.upkeep import Upkeep, daily
from collector.wsgi import application

log = logging.getLogger(__name__)

PAGE_THREADS = 4
MOST_BODY_BYTES = 1 << 20
"""Of a form; nobody sends files."""
CONNECTIONS, IDLE_S = 1000, 30
"""So many browsers may be connected, and so long may one say nothing: strangers must not keep others out."""
GARBAGE_THINGS, TURN_S = 20_000, 0.0005
LAST_WORDS_S = 1.5
"""How long the intake may take to end; what it has not committed by then will be sent again."""
_PROXY_HEADERS = "x-forwarded-for x-forwarded-proto x-forwarded-host"
_REMEDIES = {
    errno.EADDRINUSE: "another program listens there; choose another with --web-port (0: any free)",
    errno.EACCES: "not allowed; choose a port above 1023 with --web-port",
    errno.EADDRNOTAVAIL: "no address of this machine; choose another with --web-host",
}


class Work(Protocol):
    """Something that goes on beside the intake or the page, on a thread of its own."""

    def run(self) -> None:
        """Work until `stop()`."""
        ...

    def stop(self) -> None:
        """Let `run()` end soon. Any thread may call this."""
        ...


class Page:
    """
    The page on its address, bound at once, served by `run()`.

    Args:
        host: Address to listen on.
        port: TCP port; 0 for any free one.
        behind_proxy: Whether a proxy with TLS on this machine stands before us and tells how it was asked.

    Raises:
        AddressUnusable: If nobody can listen there.
    """

    def __init__(self, *, host: str, port: int, behind_proxy: bool) -> None:
        proxy = {"trusted_proxy": "127.0.0.1", "trusted_proxy_headers": _PROXY_HEADERS}
        try:
            self._server = create_server(
                application,
                host=host,
                port=port,
                threads=PAGE_THREADS,
                ident=None,
                max_request_body_size=MOST_BODY_BYTES,
                connection_limit=CONNECTIONS,
                channel_timeout=IDLE_S,
                asyncore_use_poll=True,
                **proxy if behind_proxy else {},
            )
        except ValueError as error:
            raise AddressUnusable(f"page at {host}: no such host; choose another with --web-host") from error
        except OSError as error:
            remedy = _REMEDIES.get(error.errno or 0, f"{error.strerror}; choose another address")
            raise AddressUnusable(f"page at {host}:{port}: {remedy}") from error
        listens = getattr(self._server, "effective_listen", None) or [(host, self._server.effective_port)]
        shown = f"[{host}]" if ":" in host else host
        self.address = f"http://{shown}:{listens[0][1]}/"

    def run(self) -> None:
        """Serve until a signal says to leave. Main thread only."""
        self._server.run()


def make_listener() -> Listener | None:
    """
    The door at which boxes are enrolled; None where no address is set for it.

    Raises:
        AddressUnusable: If nobody can listen there.
        BrokerUnusable: If the centre has no authority, or its files cannot be read or written.
    """
    if not settings.ENROLMENT:
        return None
    return Listener(*split(settings.ENROLMENT), settings.DATA)


def run(
    *,
    intake: Intake | None = None,
    rounds: bool = False,
    page: Page | None = None,
    listener: Listener | None = None,
    beside: Mapping[str, Work] | None = None,
) -> None:
    """
    Work until SIGTERM or SIGINT. Main thread only.

    Args:
        intake: Run on a thread of its own; None for no intake in this process.
        rounds: Whether this process also does what a centre has to do from day to day.
        page: Served on this thread; None for no page in this process.
        listener: Run likewise as the intake, where boxes are enrolled; None for no such thing.
        beside: What else is run likewise, by the names of threads.
    """
    threading.excepthook = _end_process
    worker = Thread(target=intake.run, name="intake", daemon=True) if intake is not None else None
    works = {**_works(page, listener, rounds=rounds), **(beside or {})}
    try:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, _leave)
        if worker is not None:
            _favour_the_intake()
            worker.start()
        for name, work in works.items():
            Thread(target=work.run, name=name, daemon=True).start()
        click.echo(f"collector ready: {page.address}" if page else "collector ready: listening to the broker")
        if listener is not None:
            log.info("boxes are enrolled at https://%s", settings.ENROLMENT)
        notifying.ready()
        if page is not None:
            page.run()
        else:
            Event().wait()
    except SystemExit:
        pass
    finally:
        notifying.stopping()
        for work in works.values():
            work.stop()
        # Asked to end before it has begun, it has none that could be waited for.
        if intake is not None and worker is not None and worker.ident is not None:
            intake.stop()
            worker.join(LAST_WORDS_S)


def _works(page: Page | None, listener: Listener | None, *, rounds: bool) -> dict[str, Work]:
    """What goes on beside intake and page, by the names of its threads."""
    works: dict[str, Work] = {}
    if rounds:
        works |= {
            "upkeep": Upkeep(partial(daily, settings.DATA)),
            "figures": Keeping(),
            "closing": Closing(),
        }
    if page is not None:
        works |= {"exporter": Exporter(settings.DATA)}
    if listener is not None:
        works |= {"enrolment": listener}
    return works


def _favour_the_intake() -> None:
    """
    Set the interpreter for a thread that goes through many small things, beside others that work for long.

    What a batch of visits holds goes by itself when the batch is done: to have the garbage collector look for
    circles in it, and in all that was imported, took a tenth of the intake's time. And the intake gives way
    whenever it asks the database: to get its turn again it should not wait until a page is drawn.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(GARBAGE_THINGS, 20, 100)
    sys.setswitchinterval(TURN_S)


def _leave(*_: object) -> NoReturn:
    raise SystemExit(0)


def _end_process(failure: threading.ExceptHookArgs) -> None:
    """A thread that died would leave a centre that only looks alive: let it be restarted."""
    traceback.print_exception(failure.exc_type, failure.exc_value, failure.exc_traceback)
    sys.stderr.flush()
    os._exit(1)
