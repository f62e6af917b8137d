"""Growing pauses between attempts, jittered so that a thousand doors do not knock at once."""

from tenacity import RetryCallState, Retrying, wait_random_exponential


class Pauses:
    """
    How long to wait before the next attempt: exponential, with full jitter.

    Args:
        first_s: Upper bound of the first pause, in seconds; it doubles with each attempt.
        longest_s: No pause is longer.
    """

    def __init__(self, first_s: float, longest_s: float) -> None:
        self._wait = wait_random_exponential(multiplier=first_s, max=longest_s)
        self._attempts = RetryCallState(Retrying(), None, (), {})

    def next_s(self) -> float:
        """The next pause, in seconds."""
        pause_s = self._wait(self._attempts)
        self._attempts.attempt_number += 1
        return pause_s

    def reset(self) -> None:
        """Something has worked: begin with short pauses again."""
        self._attempts.attempt_number = 1
