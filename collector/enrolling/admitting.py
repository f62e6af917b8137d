"""
Boxes that ask to be taken: who comes with a code of ours that is still worth something becomes the box of it.

In one transaction the code is used and the certificate signed, so that of two boxes with one code one is
taken. Only after that is shut out what the box before it held: a box that is refused, or whose certificate
cannot be made, leaves the one before as it was. Who did not hear the answer asks again with the same key.
"""

import datetime as dt
import hashlib
import logging
import os
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from django.contrib.auth.models import User
from django.db import transaction

from collector import audit, enrolment, rights
from collector.audit import Action
from collector.broker import certificates
from collector.broker.authority import Authority
from collector.broker.errors import CertificateRefused
from collector.broker.settings import Settings
from collector.broker.telling import RELOAD, Told, require_told, tell
from collector.enrolling import codes
from collector.enrolment import Identity
from collector.keyring import Keyring
from collector.models import Kiosk, SetupCode
from collector.rights import Right
from mqtt_bridge.wire import enrolment as wire
from mqtt_bridge.wire.codes import key_id
from mqtt_bridge.wire.enrolment import Admission, Application, Why

log = logging.getLogger(__name__)

_LETTERS = 20
"""Of the version that a box tells, for the audit."""


@dataclass(frozen=True, slots=True)
class _Taken:
    """A box that a code made ours: the code's row, and whether it was so already."""

    code: SetupCode
    again: bool


class Admitting:
    """
    Takes boxes. Any thread may use it.

    Args:
        data: The data folder.
    """

    def __init__(self, data: Path) -> None:
        self._data = data
        self._keyring = Keyring(data)
        self._authority = Authority(data)

    def authority(self) -> bytes:
        """
        The authority's certificate in PEM.

        Raises:
            BrokerUnusable: If it cannot be read.
        """
        return self._authority.ca_pem()

    def admit(self, asked: Application, address: str, now: dt.datetime) -> Admission | Why:
        """
        Take a box, or say why not.

        Args:
            asked: What it sent.
            address: From where.
            now: The present (aware).

        Raises:
            KeyUnusable: If the centre's keys cannot be read.
            BrokerUnusable: If the authority's files cannot be, or the certificate cannot be written down.
            django.db.DatabaseError: If the database cannot be asked.
        """
        said = self._read(asked.code, now)
        if isinstance(said, Why):
            return said
        try:
            key = _digest(certificates.read_request("", asked.request.encode()))
        except CertificateRefused:
            return Why.MALFORMED
        taken = self._take(said.token, asked, key, address, now)
        if isinstance(taken, Why):
            return taken
        code = taken.code
        if not code.settled:
            self._settle(code)
        identity = Identity(self._authority.ca_pem(), code.certificate.encode())
        log.info("kiosk %s: enrolled%s", code.kiosk_id, " again with the same key" if taken.again else "")
        return enrolment.admission(code.kiosk, self._keyring, self._data, now, identity)

    def _read(self, text: str, now: dt.datetime) -> wire.SetupCode | Why:
        """What a code says, if it is ours and its time is not over."""
        if not isinstance(wire.opened(text, None), wire.SetupCode):
            return Why.MALFORMED
        said = wire.opened(text, {key_id(key): key for key in self._keyring.signing_keys().values()})
        if not isinstance(said, wire.SetupCode):
            return Why.FORGED
        return said if now < said.expires else Why.EXPIRED

    def _take(self, token: str, asked: Application, key: str, address: str, now: dt.datetime) -> _Taken | Why:
        """Let this key use the code, if no other has; a certificate is signed and remembered with it."""
        with transaction.atomic():
            # Of a code alone: what belongs to it is not locked for as long as the authority takes.
            rows = SetupCode.objects.select_for_update(of=("self",)).select_related("kiosk__place")
            code = rows.filter(digest=codes.digest(token)).first()
            if code is None or code.withdrawn_at is not None:
                return Why.WITHDRAWN
            if code.used_at is not None:
                return _Taken(code, again=True) if code.key_digest == key else Why.USED
            if not _may_enrol(code.made_by, code.kiosk):
                return Why.WITHDRAWN
            signed = self._authority.sign_request(code.kiosk_id, asked.request.encode(), enrols=True)
            code.used_at, code.key_digest, code.certificate = now, key, signed.decode()
            code.save(update_fields=["used_at", "key_digest", "certificate"])
            _join(code.kiosk, asked, address)
        return _Taken(code, again=False)

    def _settle(self, code: SetupCode) -> None:
        """
        Shut out what the box before it held, and have the broker know.

        Raises:
            BrokerUnusable: If a node of a NATS cannot be told of the box: it asks again.
        """
        shelf = self._authority.shelf
        changed = self._authority.settle(code.kiosk_id, code.certificate.encode())
        known = Settings.read(shelf)
        if known is not None and known.nodes:
            require_told(shelf)
        elif changed:
            told = tell(shelf, os.environ.get(RELOAD, ""))
            if told is Told.NOT_ALLOWED:
                log.warning(
                    "broker: it is another user's process; what the box before held as %s stays good until it"
                    " reads its files anew: systemctl reload mosquitto",
                    code.kiosk_id,
                )
        code.settled = True
        code.save(update_fields=["settled"])


def _may_enrol(account: str, box: Kiosk) -> bool:
    """Whether who made a code may do so still, there where its box is now."""
    if account == codes.COMMAND_LINE:
        return True
    maker = User.objects.filter(username=account).first()
    return maker is not None and rights.holds(maker, Right.ENROL_DOORS, box.place)


def _join(box: Kiosk, asked: Application, address: str) -> None:
    """Let the registry know a box that has come; what the one before it said of itself is no longer so."""
    replaced = box.revoked_at is not None or box.seen_at is not None
    box.revoked_at = box.online = box.seen_at = None
    box.health = {}
    box.save(update_fields=["revoked_at", "online", "seen_at", "health"])
    version = asked.version[:_LETTERS]
    audit.write_own(
        Action.DOOR_ENROLLED,
        box.place,
        address=address,
        subject=box.pk,
        replaced=replaced,
        version=version,
    )


def _digest(key: certificates.PublicKey) -> str:
    public = key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return hashlib.sha256(public).hexdigest()
