"""
How much a collector asks the stream for, so that the server never waits for it, and it never drowns. Pure.

A pull asks for some messages in advance. Two stand at a time: while what one has brought is on its way to the
database, the other brings more. What is asked for and what is here and not acknowledged together are bounded,
in messages and in bytes; a database in trouble stops the pulls.
"""

from collections import deque

PULL_MESSAGES, PULL_BYTES = 1000, 4 * 1024 * 1024
"""What one pull asks for at most."""
WINDOW_MESSAGES, WINDOW_BYTES = 4 * PULL_MESSAGES, 4 * PULL_BYTES
"""What is asked for and here at most."""


class Flow:
    """
    What one connection has asked for and holds.

    Attributes:
        asked: Messages that pulls still may bring.
        held: Messages that are here and not dealt with.
    """

    def __init__(self) -> None:
        self.asked = 0
        self.held = 0
        self._held_bytes = 0
        self._standing: dict[bytes, float] = {}
        """Of pulls, when they were sent or last heard of."""
        self._pieces: deque[tuple[int, int]] = deque()
        """Of what is held, in its order: messages, and their bytes."""

    def wants(self) -> bool:
        """Whether another pull is due; if so, it counts as asked."""
        pulls = -(-self.asked // PULL_MESSAGES)
        if (
            pulls > 1
            or self.held + self.asked + PULL_MESSAGES > WINDOW_MESSAGES
            or self._held_bytes + (pulls + 1) * PULL_BYTES > WINDOW_BYTES
        ):
            return False
        self.asked += PULL_MESSAGES
        return True

    def arrived(self, messages: int, size: int) -> None:
        """So many messages came together, of so many bytes."""
        self.asked = max(0, self.asked - messages)
        self.held += messages
        self._held_bytes += size
        self._pieces.append((messages, size))

    def stands(self, pull: bytes, now_s: float) -> None:
        """A pull was sent, or the server says that it stands."""
        self._standing[pull] = now_s

    def ended(self, pull: bytes, messages: int) -> None:
        """A pull ended without so many of the messages that it was for."""
        self._standing.pop(pull, None)
        self.asked = max(0, self.asked - messages)

    def give_up(self, since_s: float) -> None:
        """Pulls of which nothing was heard since then are lost: the others bring no more than they can."""
        self._standing = {pull: last_s for pull, last_s in self._standing.items() if last_s >= since_s}
        self.asked = min(self.asked, len(self._standing) * PULL_MESSAGES)

    def dealt_with(self, messages: int) -> None:
        """So many messages were acknowledged, the oldest first."""
        self.held -= messages
        while messages > 0 and self._pieces:
            here, size = self._pieces.popleft()
            if here > messages:
                part = size * messages // here
                self._pieces.appendleft((here - messages, size - part))
                size = part
            self._held_bytes -= size
            messages -= here
