"""How a door is to look, sound and decide: what its settings and its centre say, put together."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from kiosk.hours import NEVER, Hours
from kiosk.model import Moment
from kiosk.rules import Policy
from kiosk.tokens import Tokens
from kiosk.words import Words


@dataclass(frozen=True, slots=True)
class Plate:
    """
    What stands on the door whatever happens.

    Attributes:
        place: The office.
        door: This door.
        help_desk: Phone number to call when the door is out of order; empty for none.
        hours: When the office is open, in its own words; empty for not told.
        notice: A line for the visitors while nobody is at the door; empty for none.
        code: The office's own code, a web address; empty for none. On the screen it is `Manner.code`.
    """

    place: str
    door: str
    help_desk: str = ""
    hours: str = ""
    notice: str = ""
    code: str = ""


@dataclass(frozen=True, slots=True)
class Loudness:
    """
    How loud the door is, 0 to 100.

    Attributes:
        volume: By day.
        quiet: Hours in which it is softer.
        quiet_volume: How loud in these.
    """

    volume: int = 100
    quiet: Hours = NEVER
    quiet_volume: int = 20


@dataclass(frozen=True, slots=True)
class Manner:
    """
    How the door is to behave from now on.

    Attributes:
        policy: What it decides.
        plate: What stands on it.
        words: Its languages, the first before the others; at least one.
        pins: The hashes of the guards' PINs, by name.
        night: When the screen spares the eyes.
        loudness: How loud it is.
        tokens: What the office's own code gets each minute; None for nothing.
    """

    policy: Policy
    plate: Plate
    words: tuple[Words, ...]
    pins: Mapping[str, str] = field(default_factory=dict, repr=False)
    night: Hours = NEVER
    loudness: Loudness = Loudness()
    tokens: Tokens | None = None

    def spoken(self, language: int) -> Words:
        """The words of one of the languages, from 0; beyond the last it begins anew."""
        return self.words[language % len(self.words)]

    def code(self, now: Moment) -> str:
        """
        The office's own code as it stands on the screen now; empty for none.

        Without a token while the clock is not to be trusted: the centre would take it for an old one.
        """
        address, tokens = self.plate.code, self.tokens
        return tokens.on(address, now.utc) if address and tokens and now.trusted else address

    def volume(self, at: datetime) -> int:
        """How loud the door is at a time (aware)."""
        loudness = self.loudness
        is_quiet = loudness.quiet.hold(at, self.policy.zone)
        return loudness.quiet_volume if is_quiet else loudness.volume
