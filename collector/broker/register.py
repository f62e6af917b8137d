"""
What was issued to whom, and what of it is revoked: small JSON files, from which the broker's lists are made.

Every certificate is noted before it is handed out, so that revoking a box finds all that it may hold.
Callers hold the folder's lock.
"""

import datetime as dt
import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from cryptography import x509

from collector.broker import shelf
from collector.broker.certificates import Revoked
from collector.broker.errors import BrokerUnusable
from collector.broker.shelf import File, Shelf

_KEEP = dt.timedelta(days=7)
"""How long a certificate that has run out is still listed, for brokers whose clock is behind."""


class Register:
    """
    The notes in a broker's folder.

    Raises:
        BrokerUnusable: By every method, if a file cannot be read or written.
    """

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf

    def note(self, kiosk: str, certificate: x509.Certificate, now: dt.datetime) -> None:
        """Remember a kiosk's certificate; those that have run out are forgotten."""
        held = {**self._held(kiosk), certificate.serial_number: certificate.not_valid_after_utc}
        held = {serial: until for serial, until in held.items() if until + _KEEP > now}
        self._write(shelf.issued(kiosk), {_hex(serial): until.isoformat() for serial, until in held.items()})

    def knows(self, kiosk: str) -> bool:
        """Whether anything was ever issued to a kiosk."""
        return self._shelf.read(shelf.issued(kiosk)) is not None

    def latest_end(self, kiosk: str) -> dt.datetime | None:
        """When the last of a kiosk's certificates runs out; None where it has none."""
        return max(self._held(kiosk).values(), default=None)

    def revoke(self, kiosk: str, more: Iterable[x509.Certificate], now: dt.datetime) -> None:
        """Revoke a kiosk by its name, all that it holds, and more certificates that were never noted."""
        held = {one.serial_number: one.not_valid_after_utc for one in more} | self._held(kiosk)
        known = {one.serial: one for one in self.revoked(now)}
        known = {serial: Revoked(serial, now, until) for serial, until in held.items()} | known
        self._write_revoked({**self._names(), kiosk: now.isoformat()}, known.values())

    def keep_only(self, kiosk: str, kept: x509.Certificate, now: dt.datetime) -> bool:
        """
        Let a kiosk's name in, with one certificate: all else that it holds is revoked.

        Returns:
            Whether that changes anything.
        """
        known = {one.serial: one for one in self.revoked(now)}
        others = {
            serial: until for serial, until in self._held(kiosk).items() if serial != kept.serial_number
        }
        new = {serial: Revoked(serial, now, until) for serial, until in others.items() if serial not in known}
        names = self._names()
        if not new and kiosk not in names:
            return False
        names = {name: at for name, at in names.items() if name != kiosk}
        self._write_revoked(names, (known | new).values())
        return True

    def readmit(self, kiosk: str, now: dt.datetime) -> None:
        """Let a kiosk's name in again; what it held before stays revoked."""
        names = {name: at for name, at in self._names().items() if name != kiosk}
        self._write_revoked(names, self.revoked(now))

    def revoked_kiosks(self) -> list[str]:
        """The names of the kiosks that are revoked, in order."""
        return sorted(self._names())

    def valid(self, now: dt.datetime) -> dict[str, list[int]]:
        """
        The serial numbers of the certificates that hold, by kiosk; kiosks that have none are left out.

        Of many, three: the oldest, for a box uses that as long as no answer reaches it, and the two newest.
        """
        names, revoked = self._names(), {one.serial for one in self.revoked(now)}
        held = {kiosk: self._held(kiosk) for kiosk in self._shelf.kiosks() if kiosk not in names}
        valid = {
            kiosk: sorted(
                (serial for serial, until in serials.items() if serial not in revoked and until > now),
                key=serials.__getitem__,
            )
            for kiosk, serials in held.items()
        }
        return {
            kiosk: list(dict.fromkeys((*serials[:1], *serials[-2:])))
            for kiosk, serials in valid.items()
            if serials
        }

    def revoked(self, now: dt.datetime) -> list[Revoked]:
        """The certificates that are revoked, but for those that ran out long ago."""
        found = self._read(shelf.REVOKED).get("certificates", {})
        with _understood(self._shelf.path(shelf.REVOKED)):
            all_ = [
                Revoked(int(serial, 16), _time(at), _time(until)) for serial, (at, until) in found.items()
            ]
        return [one for one in all_ if one.until + _KEEP > now]

    def _names(self) -> Mapping[str, str]:
        return dict(self._read(shelf.REVOKED).get("kiosks", {}))

    def _held(self, kiosk: str) -> dict[int, dt.datetime]:
        file = shelf.issued(kiosk)
        with _understood(self._shelf.path(file)):
            return {int(serial, 16): _time(until) for serial, until in self._read(file).items()}

    def _write_revoked(self, names: Mapping[str, str], certificates: Iterable[Revoked]) -> None:
        listed = {_hex(one.serial): [one.at.isoformat(), one.until.isoformat()] for one in certificates}
        self._write(shelf.REVOKED, {"kiosks": names, "certificates": listed})

    def _read(self, file: File) -> dict[str, Any]:
        text = self._shelf.read(file)
        with _understood(self._shelf.path(file)):
            return {} if text is None else dict(json.loads(text))

    def _write(self, file: File, document: Mapping[str, Any]) -> None:
        self._shelf.write(file, f"{json.dumps(document, indent=1, sort_keys=True)}\n".encode())


@contextmanager
def _understood(path: Path) -> Iterator[None]:
    """A file that is damaged is named, and nothing is guessed: a serial number left out would stay valid."""
    try:
        yield
    except (ValueError, TypeError, AttributeError) as error:
        raise BrokerUnusable(f"file {path}: damaged; put it back from a backup") from error


def _time(text: str) -> dt.datetime:
    time = dt.datetime.fromisoformat(text)
    if time.tzinfo is None:
        raise ValueError("no time zone")
    return time


def _hex(serial: int) -> str:
    return f"{serial:x}"
