"""
Personal fields, sealed for the centre's eyes before they touch the disk; pseudonyms that the door keeps.

HPKE (RFC 9180) in base mode, single-shot: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, ChaCha20-Poly1305, which a
Raspberry Pi without AES instructions computes fast. The kiosk's name and the visit's id are bound in `info`,
so that a sealed person cannot be moved to another visit.
"""

import hashlib
import hmac
import json
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import lru_cache
from typing import Any, TypedDict, cast

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from kiosk.entries import Pseudonyms, SealedPerson
from kiosk.errors import NotOpened
from kiosk.model import Answer, Visitor

_SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)
_STEP = 128
"""Texts are filled up to a multiple of so many bytes: their length tells nothing of a name's."""
FIELDS = ("document", "name", "birth", "phone", "reference")


class Person(TypedDict, total=False):
    """
    What was sealed; what is not known is not there. The fields are those of `kiosk.model.Visitor`.

    Attributes:
        answers: What the visitor answered for the manager's eyes only: ids of answers by those of questions.
    """

    document: str
    name: str
    birth: str
    phone: str
    reference: str
    answers: dict[str, str]


@dataclass(frozen=True, slots=True)
class SealingKey:
    """
    A public key of the centre.

    Attributes:
        id: By which the centre finds the private one.
        public: X25519, 32 bytes.
        begins: From when on it is the one to use (aware).
    """

    id: str
    public: bytes
    begins: datetime


@dataclass(frozen=True, slots=True)
class Sealer:
    """
    Seals persons and makes pseudonyms, for one kiosk of one place.

    Attributes:
        kiosk: The kiosk's name.
        place_key: What the pseudonyms of all doors of the place are made with: 32 bytes.
        keys: The centre's keys in the order of their beginnings; none keeps no names.
    """

    kiosk: str
    place_key: bytes = field(repr=False)
    keys: Sequence[SealingKey] = ()

    def seal(
        self, visitor: Visitor, visit: str, at: datetime, answers: Sequence[Answer] = ()
    ) -> SealedPerson | None:
        """
        The personal fields of a visit, for the centre alone; None where no names are kept.

        Args:
            visitor: Who.
            visit: The visit's id.
            at: When (aware): the key is that of the time, or the first when none has begun.
            answers: What the visitor answered; those that are not personal are left out.
        """
        if not self.keys:
            return None
        key = next((key for key in reversed(self.keys) if key.begins <= at), self.keys[0])
        return sealed(_known(visitor, answers), key, kiosk=self.kiosk, visit=visit)

    def pseudonyms(self, visitor: Visitor) -> Pseudonyms:
        """By what this person is known again: the same at every door of the place, and nowhere else."""
        document = self._digest("document", visitor.document)
        phone = self._digest("phone", visitor.phone)
        if document or (phone and not visitor.reference and not visitor.name):
            return Pseudonyms(document=document, phone=phone)
        # A phone that somebody added to a card when coming in is not there when the card is shown again.
        card = replace(visitor, phone=None)
        return Pseudonyms(phone=phone, other=self._digest("other", card.identity))

    def _digest(self, kind: str, value: str | None) -> bytes | None:
        if not value:
            return None
        text = unicodedata.normalize("NFKC", f"{kind}:{value}").casefold()
        return hmac.new(self.place_key, text.encode(), hashlib.sha256).digest()


def sealed(person: Person, key: SealingKey, *, kiosk: str, visit: str) -> SealedPerson:
    """
    Personal fields, sealed; `opened` is the way back.

    Args:
        person: What is known, and nothing else.
        key: Of the centre.
        kiosk: The kiosk's name.
        visit: The visit's id.
    """
    text = json.dumps(person, ensure_ascii=False, separators=(",", ":")).encode()
    filled = text.ljust(-(-len(text) // _STEP) * _STEP)
    public = X25519PublicKey.from_public_bytes(key.public)
    return SealedPerson(key.id, _SUITE.encrypt(filled, public, _bound(kiosk, visit)))


def opened(person: SealedPerson, private_key: bytes, *, kiosk: str, visit: str) -> Person:
    """
    The personal fields that are known, and the answers, if there are any.

    Args:
        person: What the door sealed.
        private_key: The centre's, of the id that `person` names: X25519, 32 bytes.
        kiosk: The kiosk's name.
        visit: The visit's id.

    Raises:
        NotOpened: If it was sealed to another key, for another visit or kiosk, was changed since, or is not
            what a door seals.
    """
    key = _read_key(private_key)
    try:
        told = json.loads(_SUITE.decrypt(person.box, key, _bound(kiosk, visit)))
    except (InvalidTag, ValueError, RecursionError) as error:
        raise NotOpened(f"person of visit {visit}: does not open with key {person.key}") from error
    if not isinstance(told, dict):
        raise NotOpened(f"person of visit {visit}: not what a door seals")
    return _read(told)


@lru_cache(maxsize=4)
def _read_key(private_key: bytes) -> X25519PrivateKey:
    """Working out its public half takes as long as opening a person; those of a day have the same."""
    return X25519PrivateKey.from_private_bytes(private_key)


def _read(told: dict[str, Any]) -> Person:
    """Whoever has the public key can seal anything: only what has its form is taken."""
    known: dict[str, Any] = {name: str(told[name]) for name in FIELDS if name in told}
    answers = told.get("answers")
    if isinstance(answers, dict) and answers:
        known["answers"] = {question: str(answer) for question, answer in answers.items()}
    return cast(Person, known)


def _known(visitor: Visitor, answers: Sequence[Answer]) -> Person:
    known: dict[str, Any] = {name: getattr(visitor, name) for name in FIELDS if getattr(visitor, name)}
    if personal := {answer.question: answer.answer for answer in answers if answer.personal}:
        known["answers"] = personal
    return cast(Person, known)


def _bound(kiosk: str, visit: str) -> bytes:
    return f"entrance-kiosk person v1\n{kiosk}\n{visit}".encode()
