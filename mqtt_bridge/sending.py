"""
Which visits go out next, and which go out again: pure bookkeeping over sequence numbers.

A visit counts as delivered only when the centre's receipt covers it. The broker's PUBACK moves the window
along and no more: a broker that is killed can lose what it has acknowledged.
"""

from dataclasses import dataclass, replace

WINDOW = 8
"""Most messages that the broker has not acknowledged; MQTT's own queue is never the store."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """
    One message on its way.

    Attributes:
        message: The MQTT packet id.
        sequences: The visits in it.
        posted_s: When it was given to the broker (monotonic seconds).
    """

    message: int
    sequences: tuple[int, ...]
    posted_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Sending:
    """
    Where the road stands on the present connection.

    Attributes:
        settled: Highest sequence number up to which the centre has all.
        handed_over: Highest sequence number given to the broker since the last start from `settled`.
        under_way: Messages without PUBACK, oldest first.
        quiet_since_s: Since when a receipt is owed without progress (monotonic seconds). New visits do not
            renew it: at a busy door there is never a pause, and what was lost would wait for the evening.
    """

    settled: int
    handed_over: int
    under_way: tuple[Parcel, ...]
    quiet_since_s: float

    @property
    def has_room(self) -> bool:
        """Whether one more message may go out."""
        return len(self.under_way) < WINDOW

    @property
    def is_owed(self) -> bool:
        """Whether the centre still owes a receipt for something handed over."""
        return self.handed_over > self.settled


def begin(settled: int, now_s: float) -> Sending:
    """A new connection, or a new attempt: everything after `settled` goes out, oldest first."""
    return Sending(settled=settled, handed_over=settled, under_way=(), quiet_since_s=now_s)


def posted(sending: Sending, parcel: Parcel) -> Sending:
    """A message was given to the broker."""
    return replace(
        sending,
        handed_over=max(sending.handed_over, *parcel.sequences),
        under_way=(*sending.under_way, parcel),
        quiet_since_s=sending.quiet_since_s if sending.is_owed else parcel.posted_s,
    )


def acknowledged(sending: Sending, message: int) -> tuple[Sending, tuple[int, ...]]:
    """The broker has a message; also the visits that were in it, none for a message not under way."""
    hit = next((parcel for parcel in sending.under_way if parcel.message == message), None)
    if hit is None:
        return sending, ()
    rest = tuple(parcel for parcel in sending.under_way if parcel is not hit)
    return replace(sending, under_way=rest), hit.sequences


def receipted(sending: Sending, settled: int, now_s: float) -> Sending:
    """The centre has all up to `settled`; a receipt that tells nothing new is no progress."""
    if settled <= sending.settled:
        return sending
    return replace(
        sending, settled=settled, handed_over=max(sending.handed_over, settled), quiet_since_s=now_s
    )


def is_stalled(sending: Sending, now_s: float, patience_s: float) -> bool:
    """Whether a receipt has been owed for so long that it is time to send again."""
    return sending.is_owed and now_s - sending.quiet_since_s >= patience_s


def is_unheard(sending: Sending, now_s: float, patience_s: float) -> bool:
    """Whether the broker has not acknowledged a message for so long that the line must be dead."""
    return bool(sending.under_way) and now_s - sending.under_way[0].posted_s >= patience_s
