"""
The bridge's part in enrolling the box: takes the code that the door hands over, and tells how far it comes.

What passes by itself is tried again with growing pauses, until the code is over or another is held up. The
network is asked for nothing else meanwhile; and what was said to the centre may be said again, since it knows
the box by its key. The Wi-Fi of a code is the box's for good only once the centre has taken the box.
"""

import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from threading import Event
from typing import Protocol

from kiosk import __version__, credentials, enrolment
from kiosk.address import own_address
from kiosk.admission import Admission, NotAdmitted, admission
from kiosk.errors import SettingsError
from kiosk.model import Moment, Reason, Unreadable
from kiosk.setup_codes import SetupCode, Wifi, opened
from kiosk.stages import Hitch, Step, steps
from kiosk.store.handover import Handover
from mqtt_bridge.enrolling import wireless
from mqtt_bridge.enrolling.asking import Centre
from mqtt_bridge.enrolling.hindrance import Hindered, said
from mqtt_bridge.enrolling.keys import OwnKey
from mqtt_bridge.pauses import Pauses
from mqtt_bridge.wire.codes import key_id
from mqtt_bridge.wire.enrolment import Application, encode

log = logging.getLogger(__name__)

LOOK_S = 0.25
FIRST_PAUSE_S, LONGEST_PAUSE_S = 2.0, 20.0
_SHOWN_BYTES = 8


class Network(Protocol):
    """A wireless network that was joined, as `wireless.Joined`; whatever cannot be raises `Hindered`."""

    def keep(self) -> None:
        """Have it joined after each boot, too."""

    def forget_others(self) -> None:
        """Forget what the box had before."""

    def leave(self) -> None:
        """Go back to what the box had before."""


class Enrolling:
    """
    Enrols a box by the codes that its door hands over. Belongs to the thread that runs it.

    Args:
        data: The data folder.
        now: Tells the time, and whether that is to be trusted.
        join: Joins a wireless network, or raises `Hindered`.
        address: The box's own address; empty without a network.
        hitch: Why a file has not enrolled the box before; None for no file.
    """

    def __init__(
        self,
        data: Path,
        now: Callable[[], Moment],
        *,
        join: Callable[[Wifi], Network] = wireless.join,
        address: Callable[[], str] = own_address,
        hitch: Hitch | None = None,
    ) -> None:
        self._data = data
        self._now = now
        self._join = join
        self._address = address
        self._handover = Handover(data)
        self._key = OwnKey(self._handover.folder)
        self._done: dict[Step, str] = {}
        self._joined: Network | None = None
        self._hitch = hitch
        self._before = credentials.stamp(data)
        self._keys = _keys(data)

    def run(self, stop: Event) -> None:
        """Take codes until `stop` is set; set it once the box is another's, for all must begin anew then."""
        self._tell(self._hitch, nothing=self._hitch is None)
        while not stop.wait(LOOK_S):
            if self._handover.is_waiting():
                # The screen must not say of this one what was said of the last.
                self._done = {Step.CODE: ""}
                self._tell()
                self._use(self._handover.take() or "", stop)
            if credentials.stamp(self._data) != self._before:
                log.info("what makes this box a centre's has changed: beginning anew")
                stop.set()

    def _use(self, text: str, stop: Event) -> None:
        """Try a code for as long as it may still work."""
        code, pauses = opened(text, self._keys), Pauses(FIRST_PAUSE_S, LONGEST_PAUSE_S)
        if not isinstance(code, SetupCode):
            self._done.clear()
            self._tell(Hitch.FORGED if code == Unreadable(Reason.FORGED_CODE) else Hitch.MALFORMED)
            return
        try:
            self._use_code(text, code, pauses, stop)
        finally:
            self._leave()

    def _use_code(self, text: str, code: SetupCode, pauses: Pauses, stop: Event) -> None:
        def is_over() -> bool:
            return stop.is_set() or self._handover.is_waiting()

        while not is_over():
            self._done = {Step.CODE: ""}
            try:
                self._enrol(text, code, is_over)
            except Hindered as hindered:
                log.warning("not enrolled: %s", hindered)
                self._tell(hindered.hitch)
                if not hindered.hitch.passes:
                    return
                self._pause(pauses.next_s(), stop)
            else:
                return

    def _enrol(self, text: str, code: SetupCode, is_over: Callable[[], bool]) -> None:
        """Every step once, in order; what was done before is found done."""
        now = self._now()
        if now.trusted and now.utc >= code.expires:
            raise Hindered(Hitch.EXPIRED, "the code is over")
        self._tell()
        centre, unjoined = Centre(code, is_over), self._unjoined(code.wifi)
        address = self._address()
        if unjoined and not address:
            raise unjoined
        if address and not unjoined:
            self._did(Step.NETWORK, address)
        try:
            authority = centre.authority()
        except Hindered as hindered:
            if hindered.hitch is Hitch.UNREACHABLE and unjoined:
                raise unjoined from None
            if hindered.hitch is Hitch.UNREACHABLE and not address:
                raise Hindered(Hitch.NO_ADDRESS if code.wifi else Hitch.NO_NETWORK, "no address") from None
            raise
        self._did(Step.NETWORK, address)
        self._did(Step.CENTRE, code.authority[:_SHOWN_BYTES].hex(":").upper())
        try:
            asked = Application(text, self._key.request(), __version__)
            granted = centre.admission(asked, authority)
            self._keep(admission(enrolment.told(encode(granted)), self._key.pem()))
        except NotAdmitted as error:
            raise Hindered(Hitch.MALFORMED, said(error)) from None
        except OSError as error:
            raise Hindered(Hitch.DISK, f"{self._data}: {error.strerror or error}") from None

    def _keep(self, granted: Admission) -> None:
        if self._joined:
            self._joined.keep()
        self._did(Step.KEYS, granted.kiosk)
        enrolment.take_up(granted, self._data)
        log.info("enrolled as %s", granted.kiosk)
        # The box is the centre's now, whatever becomes of the rest.
        kept, self._joined = self._joined, None
        try:
            self._key.forget()
            if kept:
                kept.forget_others()
        except (Hindered, OSError) as error:
            log.warning("something is left of setting up: %s", error)

    def _unjoined(self, wifi: Wifi | None) -> Hindered | None:
        """What kept the box from joining its code's network; None for nothing. A cable may do as well."""
        if wifi is None or (self._joined and self._address()):
            return None
        self._leave()
        try:
            self._joined = self._join(wifi)
        except Hindered as hindered:
            log.warning("not joined: %s", hindered)
            return hindered
        return None

    def _leave(self) -> None:
        left, self._joined = self._joined, None
        with suppress(Hindered):
            if left:
                left.leave()

    def _did(self, step: Step, detail: str) -> None:
        self._done[step] = detail
        self._tell()

    def _tell(self, hitch: Hitch | None = None, *, nothing: bool = False) -> None:
        stages = () if nothing else steps(*self._done, hitch=hitch)
        try:
            self._handover.tell([replace(one, detail=self._done.get(one.step, "")) for one in stages])
        except OSError as error:
            # The screen stands still then; the disk's own trouble shows soon enough.
            log.warning("cannot tell the door how far it is: %s", error.strerror)

    def _pause(self, seconds: float, stop: Event) -> None:
        """Until it is time to try again, or somebody holds up another code."""
        for _ in range(max(1, round(seconds / LOOK_S))):
            if self._handover.is_waiting() or stop.wait(LOOK_S):
                return


def _keys(data: Path) -> dict[bytes, bytes] | None:
    """Whose codes a box takes, by key id: its centre's; None for a box that is nobody's, which takes any."""
    try:
        known = credentials.held(data)
    except SettingsError:
        return {}
    return None if known is None else {key_id(key): key for key in known.signing_keys.values()}
