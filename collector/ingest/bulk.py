"""
Paho, made fast where messages come in.

Paho reads a message with a `select` and three `recv`, and makes objects of it: too slow for a country. So
messages go a way of their own, many a read; all other packets go paho's. That takes private names of paho;
`setup.cfg` allows the versions that this was tried with.
"""

import struct
from collections.abc import Callable, Sequence
from threading import Event
from typing import Any

from paho.mqtt import client as paho
from paho.mqtt.enums import MQTTErrorCode, MQTTProtocolVersion

from collector.ingest import frames
from collector.ingest.frames import Delivered, Malformed

READ_BYTES = 256 * 1024
"""A read, at most."""
BREATH_S = 0.001
"""
After a read, before the next: brokers write messages one by one, and to be woken for each costs more than the
message. The first after a silence is read at once.
"""


class BulkClient(paho.Client):
    """
    Paho, with a way of their own for messages.

    Attributes:
        on_messages: Called by the network thread with all messages that a read has brought; must not block,
            and must not raise.
        complaint: What was wrong with what came, once something was.
    """

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.on_messages: Callable[[Sequence[Delivered]], None] = lambda _messages: None
        self.complaint = ""
        self._parts: list[bytes] = []
        """What was read and not understood yet, in its order."""
        self._wanted = 0
        """Bytes of it that make a frame, as far as is known."""
        self._for_paho = b""
        self._is_ending = Event()

    def write(self, written: bytes) -> None:
        """Have frames written by the network thread, in one go."""
        if written:
            # Paho looks at the kind of a packet only for PUBLISH and DISCONNECT.
            self._packet_queue(paho.PUBACK, written, 0, 0)

    def end(self) -> None:
        """End the network thread, and close what wakes it; paho would leave that to the garbage collector."""
        self._is_ending.set()
        self.loop_stop()
        self._reset_sockets()

    def loop_read(self, max_packets: int = 1) -> MQTTErrorCode:
        """Read once, and deal with all that came whole. Paho's network thread calls this."""
        del max_packets  # A read has what it has.
        if self._sock is None:
            return MQTTErrorCode.MQTT_ERR_NO_CONN
        try:
            data = self._read()
        except BlockingIOError:
            return MQTTErrorCode.MQTT_ERR_SUCCESS
        except OSError:
            data = b""
        if not data:
            return self._loop_rc_handle(MQTTErrorCode.MQTT_ERR_CONN_LOST)
        try:
            code = self._understand(data)
        except Malformed as error:
            self.complaint = str(error)
            return self._loop_rc_handle(MQTTErrorCode.MQTT_ERR_PROTOCOL)
        if code == MQTTErrorCode.MQTT_ERR_SUCCESS and len(data) < READ_BYTES:
            self._is_ending.wait(BREATH_S)
        return code

    def _read(self) -> bytes:
        """All that is there, up to a read's size; TLS gives it in records of 16 KiB."""
        parts = [super()._sock_recv(READ_BYTES)]
        size = len(parts[0])
        while parts[-1] and size < READ_BYTES:
            try:
                parts.append(super()._sock_recv(READ_BYTES - size))
            except OSError:  # nothing more, or the end: the next read will meet it again
                break
            size += len(parts[-1])
        return b"".join(parts)

    def _understand(self, data: bytes) -> MQTTErrorCode:
        self._parts.append(data)
        size = sum(map(len, self._parts))
        if size < self._wanted:
            return MQTTErrorCode.MQTT_ERR_SUCCESS
        data, self._parts, self._wanted = b"".join(self._parts), [], 0
        start = 0
        while True:
            messages, start = frames.take(data, start, is_v5=self.protocol == MQTTProtocolVersion.MQTTv5)
            if messages:
                self.on_messages(messages)
            found = frames.extent(data, start)
            if found is None or found[1] > size:
                break
            self._for_paho = data[start : found[1]]
            start = found[1]
            try:
                code = super().loop_read()
            except (LookupError, TypeError, ValueError, struct.error) as error:
                # So paho says that it cannot read a frame, when it does not say so in a way of its own.
                raise Malformed(f"a frame that is none: {type(error).__name__}") from error
            if code:
                return code
        if start < size:
            self._parts.append(data[start:])
            self._wanted = 0 if found is None else found[1] - start
        return MQTTErrorCode.MQTT_ERR_SUCCESS

    def _sock_recv(self, bufsize: int) -> bytes:
        """What paho's own reading gets: what is for it, and nothing else."""
        piece, self._for_paho = self._for_paho[:bufsize], self._for_paho[bufsize:]
        if not piece:
            raise BlockingIOError
        return piece
