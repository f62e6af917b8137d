"""A panel for tests: works the devices of a real `kiosk run --simulated --panel`, and keeps what they show."""

import socket
import subprocess
import threading
from pathlib import Path

import msgspec
import numpy as np

from hardware.simulated.codes import draw_code
from hardware.simulated.panel import wire
from tests.programs import BIN, PATIENCE_S

AS_USUAL = wire.Begin()
FROM_DOOR = msgspec.msgpack.Decoder(wire.FromDoor)


def heard(sock: socket.socket):
    """All messages of a door, one after the other, until it closes the stream."""
    with sock.makefile("rb") as stream:
        while len(head := stream.read(wire.LENGTH.size)) == wire.LENGTH.size:
            (length,) = wire.LENGTH.unpack(head)
            if len(body := stream.read(length)) < length:
                return  # It was killed in the middle of a word.
            yield FROM_DOOR.decode(body)


def held_up(text: str, width_px: int = 1280, height_px: int = 720) -> wire.Seen:
    """A card in the middle of a grey room."""
    seen = np.full((height_px, width_px), 118, np.uint8)
    card = draw_code(text, module_px=6)
    top, left = (height_px - card.shape[0]) // 2, (width_px - card.shape[1]) // 2
    seen[top : top + card.shape[0], left : left + card.shape[1]] = card
    return wire.Seen(width_px, height_px, seen.tobytes())


class Panel:
    """
    A door and the panel at the other end of its stream.

    Args:
        data: Folder of the door's journal.
        arguments: More for the door's command line.
        begin: What the panel begins with; None to say nothing.
        listens: Whether it takes what the door says.
    """

    def __init__(self, data: Path, *arguments: str, begin=AS_USUAL, listens: bool = True) -> None:
        self.socket, door = socket.socketpair()
        with door:
            self.process = subprocess.Popen(
                [
                    BIN / "kiosk",
                    "run",
                    "--simulated",
                    "--panel",
                    str(door.fileno()),
                    "--data",
                    data,
                    *arguments,
                ],
                pass_fds=[door.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
        self.screen = np.zeros((0, 0, 3), np.uint8)
        """What the panel has of the screen: blue, green and red."""
        self.view: wire.Shown | None = None
        """What is shown now, in words."""
        self._said = []
        self._passed = 0
        self._news = threading.Condition()
        if begin is not None:
            self.say(begin)
        if listens:
            threading.Thread(target=self._listen, daemon=True).start()

    def say(self, *messages) -> None:
        """Have the door hear this."""
        for message in messages:
            self.socket.sendall(wire.packed(message))

    def next(self, kind, true=lambda _: True, **wanted):
        """The next message of a kind in which all this is so; those before it are passed over."""

        def found() -> bool:
            while self._passed < len(self._said):
                message = self._said[self._passed]
                self._passed += 1
                if (
                    isinstance(message, kind)
                    and all(getattr(message, name) == value for name, value in wanted.items())
                    and true(message)
                ):
                    self._found = message
                    return True
            return False

        with self._news:
            assert self._news.wait_for(found, PATIENCE_S), f"no {kind.__name__} with {wanted}"
        return self._found

    def again(self) -> None:
        """Have `next()` begin with the first message of all."""
        self._passed = 0

    def from_now(self) -> None:
        """Have `next()` pass over all that was said up to now."""
        self._passed = len(self._said)

    def hang_up(self) -> tuple[int, str, str]:
        """Close the stream; how the door ended, and what it wrote to standard output and error."""
        self.socket.shutdown(socket.SHUT_RDWR)
        return self.ended()

    def ended(self) -> tuple[int, str, str]:
        """Wait for the door's end; its exit code, and what it wrote to standard output and error."""
        try:
            out, err = self.process.communicate(timeout=PATIENCE_S)
        finally:
            self.process.kill()
            self.socket.close()
        return self.process.returncode, out, err

    def _listen(self) -> None:
        for message in heard(self.socket):
            with self._news:
                if isinstance(message, wire.Opened):
                    self.screen = np.zeros((message.height_px, message.width_px, 3), np.uint8)
                if isinstance(message, wire.Shown):
                    self.view = message
                if isinstance(message, wire.Pixels):
                    part = np.frombuffer(message.bgr, np.uint8).reshape(
                        message.height_px, message.width_px, 3
                    )
                    right, bottom = message.x + message.width_px, message.y + message.height_px
                    self.screen[message.y : bottom, message.x : right] = part
                self._said.append(message)
                self._news.notify_all()
