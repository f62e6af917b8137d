"""The code reader on a serial line, or on USB where it plays one: every letter arrives as the code has it."""

import fcntl
import os
import select
import termios
import time
import tty
from threading import Event

from hardware.reopening import Reopening
from hardware.wholeness import ENDS, Doubt
from kiosk.errors import DeviceLost, DeviceMissing, SettingsError
from kiosk.model import Source
from kiosk.ports import Report
from kiosk.reports import Reading

QUIET_S = 0.1
"""A line that is silent so long has come to the end of a text, or of half of one."""
_MOST_BYTES = 16_384
"""More than any code can hold."""
_FIRST_PAUSE_S = 0.25
_LONGEST_PAUSE_S = 1.5
_START_OF_TEXT = "\x02"


class SerialScanner:
    """
    A code reader on a serial line (`kiosk.ports.Scanner`): 8 data bits, no parity, no handshake.

    A text ends when the line is silent for a tenth of a second, and is believed when it has the shape of a
    known code from end to end, or when the reader ended it with CR, LF, Tab or ETX. It must be UTF-8. Half a
    text, and one that other bytes crept into, are nothing.

    Args:
        device: The file of the line. Default `/dev/ttyACM0`, the first reader on USB.
        baud: Bits a second, 1200 to 921,600, as usual. A reader on USB takes any. Default 9600.

    Raises:
        SettingsError: If there is no such speed.
    """

    def __init__(self, *, device: str = "/dev/ttyACM0", baud: int = 9600) -> None:
        speed: int | None = getattr(termios, f"B{baud}", None)
        if not baud or speed is None:
            raise SettingsError(
                f"serial.baud = {baud}: no line has this speed; most readers have 9600 or 115200"
            )
        self._device = device
        self._speed = speed
        self._last_frame_s: float | None = None

    @property
    def last_frame_s(self) -> float | None:
        """When the line was last seen to be there (monotonic seconds); None while it is not."""
        return self._last_frame_s

    def run(self, report: Report, stop: Event) -> None:
        """
        Report each text once, until `stop` is set.

        A line that is not there or is unplugged is reported, and found within two seconds when it comes.
        """
        Reopening("scanner", "serial", first_pause_s=_FIRST_PAUSE_S, longest_pause_s=_LONGEST_PAUSE_S).serve(
            lambda: _Line(self._device, self._speed),
            lambda line: self._watch(line, report, stop),
            report,
            stop,
        )

    def _watch(self, line: "_Line", report: Report, stop: Event) -> None:
        doubt = Doubt(time.monotonic())
        pending = bytearray()
        began_s = 0.0
        try:
            while not stop.is_set():
                self._last_frame_s = now_s = time.monotonic()
                chunk = line.read(QUIET_S)
                if chunk:
                    began_s = began_s if pending else now_s
                    # One byte too many is enough to know that this is no code.
                    pending += chunk[: _MOST_BYTES + 1 - len(pending)]
                elif pending:
                    texts = _texts(bytes(pending), doubt, began_s)
                    pending.clear()
                    if texts:
                        report(Reading(texts, Source.READER))
        finally:
            self._last_frame_s = None


def _texts(said: bytes, doubt: Doubt, began_s: float) -> tuple[str, ...]:
    """What may be believed of what came in one go."""
    now_s = time.monotonic()
    try:
        text = said.decode().removeprefix(_START_OF_TEXT)
    except UnicodeDecodeError:
        text = "\0"
    if len(said) > _MOST_BYTES or any(letter < " " and letter not in ENDS for letter in text):
        doubt.tear(now_s)
        return ()
    return doubt.believe(text, began_s, now_s)


class _Line:
    """
    An opened serial line.

    Raises:
        DeviceMissing: If it cannot be opened, is no serial line, or is in use.
    """

    def __init__(self, device: str, speed: int) -> None:
        self._device = device
        problem = f'serial.device = "{device}"'
        try:
            self._file = os.open(device, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK | os.O_CLOEXEC)
        except OSError as error:
            raise DeviceMissing(
                f"{problem}: {error.strerror}; plug the reader in; the door's user needs the group dialout"
            ) from error
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self._make_raw(speed)
        except BlockingIOError as error:
            self.close()
            raise DeviceMissing(f"{problem}: another program has taken it") from error
        except (OSError, termios.error) as error:
            self.close()
            raise DeviceMissing(f"{problem}: {error.args[-1]}; name the file of a serial line") from error

    def _make_raw(self, speed: int) -> None:
        tty.setraw(self._file)
        wishes = termios.tcgetattr(self._file)
        wishes[0] |= termios.IGNBRK
        wishes[2] &= ~(termios.CSTOPB | termios.CRTSCTS)
        wishes[2] |= termios.CLOCAL | termios.CREAD
        wishes[4] = wishes[5] = speed
        termios.tcsetattr(self._file, termios.TCSANOW, wishes)

    def read(self, within_s: float) -> bytes:
        """
        The bytes that come within this time; none when none come.

        Raises:
            DeviceLost: If the line is gone.
        """
        try:
            if not select.select([self._file], [], [], within_s)[0]:
                return b""
            said = os.read(self._file, 4096)
        except BlockingIOError:
            return b""
        except OSError as error:
            raise DeviceLost(f"{self._device}: unplugged ({error.strerror}); plug it in again") from error
        if not said:
            raise DeviceLost(f"{self._device}: unplugged; plug it in again")
        return said

    def close(self) -> None:
        """Give the line back."""
        os.close(self._file)
