"""
Lines by TLS, each with its own door's certificate, for thousands of doors in one process.

OpenSSL reads and writes the sockets by itself, and one context makes all connections. asyncio's own way takes
330 kB a connection, of which 256 kB are a buffer and 25 kB a context; this one 45 kB.
"""

import asyncio
import ssl
from collections.abc import Callable, Iterable
from pathlib import Path
from socket import IPPROTO_TCP, SOCK_STREAM, TCP_NODELAY, SocketType, socket

from kiosk.errors import KioskError

CA = "ca.crt"
_PIECE = 65536
"""Bytes read at once: more than the longest record."""


class CertificateUnusable(KioskError, OSError):
    """A door's certificate, or that of the authority, is not there or cannot be read."""


class Wardrobe:
    """
    Certificates in a folder: `ca.crt`, and for each door `NAME.crt` with `NAME.key`, or both in `NAME.pem`.

    Args:
        folder: Where they lie.
        kiosks: The doors.

    Raises:
        CertificateUnusable: If the authority's certificate is not there, or a door's.
    """

    def __init__(self, folder: Path, kiosks: Iterable[str]) -> None:
        self._folder = folder
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        try:
            self._context.load_verify_locations(folder / CA)
        except OSError as error:
            raise CertificateUnusable(
                f"{folder / CA}: {error.strerror or error}; put the authority's certificate there"
            ) from error
        for kiosk in kiosks:
            certificate, _ = self._pair(kiosk)
            if not certificate.exists():
                raise CertificateUnusable(
                    f"{certificate}: not there; put certificate and key of each door there"
                )

    def dress(self, line: socket, kiosk: str, host: str) -> ssl.SSLSocket:
        """
        A socket that will speak TLS as this door.

        A connection keeps the certificate that the context had when it was made, so that each has its own.

        Args:
            line: Connected.
            kiosk: Whose.
            host: Whom the broker's certificate must name.

        Raises:
            CertificateUnusable: If the door's certificate or key cannot be read.
        """
        certificate, key = self._pair(kiosk)
        try:
            self._context.load_cert_chain(certificate, key)
        except OSError as error:
            raise CertificateUnusable(f"{certificate}: {error.strerror or error}") from error
        return self._context.wrap_socket(line, server_hostname=host, do_handshake_on_connect=False)

    def key(self, kiosk: str) -> Path:
        """The file with a door's private key."""
        certificate, key = self._pair(kiosk)
        return key or certificate

    def _pair(self, kiosk: str) -> tuple[Path, Path | None]:
        both = self._folder / f"{kiosk}.pem"
        return (both, None) if both.exists() else (both.with_suffix(".crt"), both.with_suffix(".key"))


async def connect(
    wardrobe: Wardrobe, protocol: asyncio.Protocol, *, kiosk: str, host: str, port: int
) -> None:
    """
    Connect a door by TLS.

    Args:
        wardrobe: Where its certificate lies.
        protocol: Told of everything, as by asyncio's own transports.
        kiosk: Whose.
        host: The broker's name or address.
        port: Its TCP port.

    Raises:
        OSError: If that is not to be had; all errors of TLS are such.
    """
    loop = asyncio.get_running_loop()
    line = await _connected(loop, host, port)
    try:
        safe = wardrobe.dress(line, kiosk, host)
    except BaseException:
        line.close()
        raise
    try:
        await _shake_hands(loop, safe)
    except BaseException:
        safe.close()
        raise
    Transport(loop, safe, protocol, wardrobe.key(kiosk))


class Transport(asyncio.Transport):
    """
    A connection that stands. Belongs to the thread of its loop.

    Args:
        loop: Which looks when there is something to read.
        line: Its socket, after the handshake.
        protocol: Told of everything.
        key: The file of the door's private key; told as `get_extra_info("key")`.
    """

    __slots__ = ("_is_closing", "_line", "_loop", "_protocol", "_unsent")

    def __init__(
        self, loop: asyncio.AbstractEventLoop, line: ssl.SSLSocket, protocol: asyncio.Protocol, key: Path
    ) -> None:
        super().__init__({"key": key})
        self._loop = loop
        self._line = line
        self._protocol = protocol
        self._unsent = b""
        self._is_closing = False
        protocol.connection_made(self)
        if not self._is_closing:
            loop.add_reader(line.fileno(), self._read)

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Send, now or as soon as the line takes it."""
        if self._is_closing:
            return
        if self._unsent:
            self._unsent += data
            return
        self._unsent = bytes(data)
        self._flush()
        if self._unsent and not self._is_closing:
            self._loop.add_writer(self._line.fileno(), self._flush)

    def close(self) -> None:
        """Hang up. What the line did not take by then is lost."""
        self._end(None)

    def abort(self) -> None:
        """Hang up."""
        self._end(None)

    def is_closing(self) -> bool:
        """Whether it has hung up."""
        return self._is_closing

    def _read(self) -> None:
        try:
            data = self._line.recv(_PIECE)
        except (ssl.SSLWantReadError, ssl.SSLWantWriteError):
            return
        except OSError as error:
            self._end(error)
            return
        if not data:
            self._end(None)
            return
        self._protocol.data_received(data)
        if not self._is_closing and self._line.pending():
            self._loop.call_soon(self._read_on)

    def _read_on(self) -> None:
        if not self._is_closing:
            self._read()

    def _flush(self) -> None:
        try:
            while self._unsent:
                self._unsent = self._unsent[self._line.send(self._unsent) :]
        except (ssl.SSLWantReadError, ssl.SSLWantWriteError):
            return
        except OSError as error:
            self._end(error)
            return
        self._loop.remove_writer(self._line.fileno())

    def _end(self, error: Exception | None) -> None:
        if self._is_closing:
            return
        self._is_closing = True
        number = self._line.fileno()
        self._loop.remove_reader(number)
        self._loop.remove_writer(number)
        self._line.close()
        self._loop.call_soon(self._protocol.connection_lost, error)


async def _connected(loop: asyncio.AbstractEventLoop, host: str, port: int) -> socket:
    """A socket that is connected to one of the addresses of a name."""
    trouble: OSError = OSError(f"{host}: no address")
    for family, kind, protocol, _, address in await loop.getaddrinfo(host, port, type=SOCK_STREAM):
        line = socket(family, kind, protocol)
        line.setblocking(False)
        try:
            await loop.sock_connect(line, address)
        except OSError as error:
            line.close()
            trouble = error
        except BaseException:
            line.close()
            raise
        else:
            line.setsockopt(IPPROTO_TCP, TCP_NODELAY, 1)
            return line
    raise trouble


async def _shake_hands(loop: asyncio.AbstractEventLoop, line: ssl.SSLSocket) -> None:
    while True:
        try:
            line.do_handshake()
        except ssl.SSLWantReadError:
            await _ready(line, loop.add_reader, loop.remove_reader)
        except ssl.SSLWantWriteError:
            await _ready(line, loop.add_writer, loop.remove_writer)
        else:
            return


async def _ready(line: SocketType, watch: Callable[..., None], leave: Callable[[SocketType], object]) -> None:
    is_ready = asyncio.get_running_loop().create_future()

    def tell() -> None:
        if not is_ready.done():
            is_ready.set_result(None)

    watch(line, tell)
    try:
        await is_ready
    finally:
        leave(line)
