"""Keeps a device open: brings it back whenever it is missing or lost, and tells the door."""

from collections.abc import Callable
from threading import Event
from typing import Protocol, TypeVar

from tenacity import (
    RetryCallState,
    RetryError,
    Retrying,
    retry_if_exception_type,
    sleep_using_event,
    stop_when_event_set,
    wait_exponential,
)

from kiosk.errors import DeviceLost, DeviceMissing
from kiosk.ports import Report
from kiosk.reports import DeviceChange


class Opened(Protocol):
    """Anything that is open, and can be closed."""

    def close(self) -> None:
        """Give it back."""
        ...


_Device = TypeVar("_Device", bound=Opened)


class Reopening:
    """
    How one part of the door is brought back.

    Args:
        device: Its place in the door: `scanner` or `keypad`.
        part: Its name in the device table.
        first_pause_s: How long to wait before it is tried a second time. Default 1.
        longest_pause_s: What the pauses, each twice the last, grow to. Default 30.
    """

    def __init__(
        self, device: str, part: str, *, first_pause_s: float = 1.0, longest_pause_s: float = 30.0
    ) -> None:
        self._device = device
        self._part = part
        self._first_pause_s = first_pause_s
        self._longest_pause_s = longest_pause_s
        self._told = ""

    def serve(
        self,
        open_it: Callable[[], _Device],
        work: Callable[[_Device], None],
        report: Report,
        stop: Event,
    ) -> None:
        """
        Open it, work with it until it is lost, close it, and begin again, until `stop` is set.

        Each finding and each loss is reported once, and a new problem of what is missing too.

        Args:
            open_it: Opens it; raises `DeviceMissing` while it is not there.
            work: Ends when `stop` is set; raises `DeviceLost` when it stops answering.
            report: Whom to tell.
            stop: Ends it, in the middle of a pause too.
        """
        retrying = Retrying(
            retry=retry_if_exception_type(DeviceMissing),
            wait=wait_exponential(multiplier=self._first_pause_s, max=self._longest_pause_s),
            stop=stop_when_event_set(stop),
            sleep=sleep_using_event(stop),
            before_sleep=lambda attempt: self._lost(_problem(attempt), report),
        )
        while not stop.is_set():
            try:
                opened = retrying(open_it)
            except RetryError:
                return
            self._told = ""
            report(DeviceChange(self._device, present=True, part=self._part))
            try:
                work(opened)
            except DeviceLost as problem:
                self._lost(str(problem), report)
                # What dies as soon as it is opened must not spin.
                stop.wait(self._first_pause_s)
            finally:
                opened.close()

    def _lost(self, problem: str, report: Report) -> None:
        if problem != self._told:
            self._told = problem
            report(DeviceChange(self._device, present=False, problem=problem, part=self._part))


def _problem(attempt: RetryCallState) -> str:
    return str(attempt.outcome.exception()) if attempt.outcome else ""
