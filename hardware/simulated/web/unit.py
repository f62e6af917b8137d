"""A program that runs for the virtual door: begun, begun again when it ends, and stopped."""

import asyncio
import logging
import resource
import socket
from asyncio import StreamReader
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from hardware.simulated.demo.failing import DemoFailed
from hardware.simulated.demo.programs import Background, own_environment

log = logging.getLogger(__name__)

PAUSE_S: Final = 1.0
"""Before a program that ended is begun again: `RestartSec=` of the services on a box."""
STOP_S: Final = 6.0
"""How long one may take to end that was asked to."""
_LOOK_S: Final = 0.02
"""How soon it is noticed that one has ended."""
_LINE_BYTES: Final = 1 << 20


def _nothing() -> None:
    pass


def _unheard(_line: str) -> None:
    pass


class Unit:
    """
    One program. Belongs to one event loop.

    What it says passes through this process into `NAME.log`: a program whose disk is full can say so.

    Args:
        name: What it is called.
        command: The program and its arguments.
        folder: Where its log is.
        background: Where its number is noted.
        hand_over: Makes, each time it is begun, a socket that it inherits; its number is the last argument.
        begun: Called each time it has been begun.
        ended: Called each time it has ended.
        heard: Called with each line of its standard output.
    """

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        folder: Path,
        background: Background,
        *,
        hand_over: Callable[[], socket.socket] | None = None,
        begun: Callable[[], None] = _nothing,
        ended: Callable[[], None] = _nothing,
        heard: Callable[[str], None] = _unheard,
    ) -> None:
        self.name = name
        self._command = tuple(command)
        self._folder = folder
        self._background = background
        self._hand_over = hand_over
        self._begun = begun
        self._ended = ended
        self._heard = heard
        self._may_write = True
        self._process: Process | None = None
        self._keeping: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """
        Begin it, and begin it again whenever it ends. Harmless when it runs.

        Raises:
            DemoFailed: If there is no such program.
        """
        if self._keeping is None:
            process = await self._begin()
            self._keeping = asyncio.create_task(self._keep(process), name=self.name)

    async def stop(self) -> None:
        """Ask it to end, and make it end if it does not. Harmless when it does not run."""
        await self._end(Process.terminate)

    async def kill(self) -> None:
        """End it as a power cut does. Harmless when it does not run."""
        await self._end(Process.kill)

    def allow_writing(self, *, allowed: bool) -> None:
        """Let it write files, or have each write fail from now on, as on a disk that is full."""
        self._may_write = allowed
        self._limit()

    async def _begin(self) -> Process:
        inherited = self._hand_over() if self._hand_over is not None else None
        number = (inherited.fileno(),) if inherited is not None else ()
        try:
            self._process = await asyncio.create_subprocess_exec(
                *self._command,
                *map(str, number),
                stdin=DEVNULL,
                stdout=PIPE,
                stderr=PIPE,
                pass_fds=number,
                start_new_session=True,
                limit=_LINE_BYTES,
                env=own_environment(),
            )
        except OSError as error:
            raise DemoFailed(f"{self._command[0]}: {error.strerror}; is it installed?") from error
        finally:
            if inherited is not None:
                inherited.close()
        process = self._process
        try:
            self._background.note(self.name, process.pid)
            self._limit()
            self._begun()
        except BaseException:
            # Nobody would ever end it.
            _end_at_once(process)
            raise
        return process

    async def _keep(self, process: Process) -> None:
        while True:
            try:
                async with asyncio.TaskGroup() as listening:
                    listening.create_task(self._listen(process.stdout, self._heard))
                    listening.create_task(self._listen(process.stderr, _unheard))
            except Exception:
                log.exception("%s is not heard any more; it is ended", self.name)
                _end_at_once(process)
            code = await _ended(process)
            self._tell_ended()
            log.info("%s ended with %d; it is begun again", self.name, code)
            process = await self._begin_again()

    async def _begin_again(self) -> Process:
        while True:
            await asyncio.sleep(PAUSE_S)
            try:
                return await self._begin()
            except DemoFailed as failed:
                log.error("%s", failed)  # noqa: TRY400 (it says all)
            except Exception:
                log.exception("%s could not be begun again", self.name)

    async def _listen(self, stream: StreamReader | None, heard: Callable[[str], None]) -> None:
        assert stream is not None  # both are pipes
        is_kept = True
        while line := await _next_line(stream):
            # Whatever becomes of a line: a program that nobody reads stands still.
            was_kept, is_kept = is_kept, self._write(line)
            if was_kept and not is_kept:
                log.error("%s.log cannot be written; what the program says is lost", self.name)
            try:
                heard(line.decode(errors="replace").rstrip("\n"))
            except Exception as error:  # noqa: BLE001 - see above
                # What it said may tell of somebody, and so may the error.
                log.error("%s: what it said was not taken: %s", self.name, type(error).__name__)  # noqa: TRY400

    def _write(self, line: bytes) -> bool:
        """Keep a line in the log; whether that could be done."""
        try:
            with (self._folder / f"{self.name}.log").open("ab", buffering=0) as kept:
                kept.write(line)
        except OSError:
            return False
        return True

    async def _end(self, end: Callable[[Process], None]) -> None:
        keeping, self._keeping = self._keeping, None
        if keeping is None:
            return
        keeping.cancel()
        await asyncio.wait([keeping])
        process = self._process
        assert process is not None  # it is begun before it is kept
        with suppress(ProcessLookupError):
            end(process)
        try:
            await asyncio.wait_for(_ended(process), STOP_S)
        except TimeoutError:
            log.warning("%s does not end; it is made to", self.name)
            _end_at_once(process)
            await _ended(process)
        self._tell_ended()

    def _tell_ended(self) -> None:
        try:
            self._ended()
        except Exception:
            log.exception("%s has ended, and that was not taken", self.name)

    def _limit(self) -> None:
        """Have its writes fail, or not: Python lives on when one does (signal(7), SIGXFSZ)."""
        if self._process is None or self._process.returncode is not None:
            return
        pid = self._process.pid
        with suppress(ProcessLookupError):
            _, most = resource.prlimit(pid, resource.RLIMIT_FSIZE)
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (most if self._may_write else 0, most))


def _end_at_once(process: Process) -> None:
    with suppress(ProcessLookupError):
        process.kill()


async def _ended(process: Process) -> int:
    """
    Wait until it has ended; its exit code.

    Not so `Process.wait()`, which also waits for the end of what it said, that nobody may read any more.
    """
    while process.returncode is None:  # noqa: ASYNC110 - nobody sets an event
        await asyncio.sleep(_LOOK_S)
    return process.returncode


async def _next_line(stream: StreamReader) -> bytes:
    """The next line, with its end; empty at the end of the stream. One without an end comes in pieces."""
    try:
        return await stream.readuntil(b"\n")
    except asyncio.IncompleteReadError as end:
        return end.partial
    except asyncio.LimitOverrunError as longer:
        return await stream.readexactly(longer.consumed)
