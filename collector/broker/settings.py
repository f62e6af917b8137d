"""How the broker is reached and as whom it runs; kept, so that the command need not be told again."""

import json
from dataclasses import asdict, dataclass
from typing import Self

from collector.broker import shelf
from collector.broker.errors import BrokerUnusable
from collector.broker.shelf import Shelf

LOOPBACK = ("localhost", "127.0.0.1", "::1")
_ANYWHERE = ("", "0.0.0.0", "::")  # noqa: S104 - compared with, not bound to


@dataclass(frozen=True, slots=True)
class Settings:
    """
    What the broker's files are made from.

    Attributes:
        hosts: Names and addresses under which the boxes reach it; at least one.
        port: Its TCP port.
        address: The address that it listens on; empty for all.
        user: The user that it runs as.
    """

    hosts: tuple[str, ...]
    port: int
    address: str
    user: str

    def every_host(self) -> tuple[str, ...]:
        """All that its certificate is for: this machine reaches it by loopback too."""
        return (*self.hosts, *(() if self.address in _ANYWHERE else (self.address,)), *LOOPBACK)

    def from_here(self) -> tuple[str, int]:
        """Host and port under which this machine reaches it."""
        return ("127.0.0.1" if self.address in _ANYWHERE else self.address), self.port

    def encode(self) -> bytes:
        """As they are kept."""
        return f"{json.dumps(asdict(self), indent=1)}\n".encode()

    @classmethod
    def read(cls, folder: Shelf) -> Self | None:
        """
        Those of a folder; None where there are none yet.

        Raises:
            BrokerUnusable: If they cannot be read.
        """
        text = folder.read(shelf.SETTINGS)
        if text is None:
            return None
        try:
            found = json.loads(text)
            return cls(
                hosts=tuple(str(host) for host in found["hosts"]),
                port=int(found["port"]),
                address=str(found["address"]),
                user=str(found["user"]),
            )
        except (ValueError, KeyError, TypeError) as error:
            path = folder.path(shelf.SETTINGS)
            raise BrokerUnusable(
                f"file {path}: damaged; remove it and run `collector broker` anew"
            ) from error
