"""A centre played by tests: it signs what goes down to the box `kiosk-1`."""

import json
from base64 import urlsafe_b64encode
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from kiosk.credentials import FOLDER
from kiosk.model import Direction
from kiosk.rules import Way
from mqtt_bridge.wire import Pseudonyms
from mqtt_bridge.wire.config import Config, PublicKey
from mqtt_bridge.wire.neighbours import Neighbours, NeighbourVisit
from mqtt_bridge.wire.orders import Identify
from mqtt_bridge.wire.signed import CommandClaims, ConfigClaims, NeighboursClaims, sign

KIOSK = "kiosk-1"
NOW = datetime(2026, 11, 23, 1, 5, tzinfo=UTC)


def text(key):
    """32 bytes as a configuration tells them."""
    return urlsafe_b64encode(key).rstrip(b"=").decode()


class Signer:
    """A signing key with its id."""

    def __init__(self, key="key-1"):
        self.key = key
        self.private = Ed25519PrivateKey.generate()
        self.public = self.private.public_key().public_bytes_raw()
        self.keys = {key: self.public}

    def __call__(self, claims):
        return sign(claims, key=self.key, private=self.private)

    def raw(self, claims, **header):
        """Whatever claims under whatever header, with a signature that holds."""
        header = {"kid": self.key, "typ": "door-config+jwt"} | header
        return jwt.PyJWS().encode(json.dumps(claims).encode(), self.private, "EdDSA", header).encode()


SIGNER = Signer()
SEALING = PublicKey(
    id="day-1",
    public=text(X25519PrivateKey.generate().public_key().public_bytes_raw()),
    begins=NOW - timedelta(days=1),
)


def config(**change):
    facts = {
        "place": "UBND phường Chiềng An",
        "kind": "checkpoint",
        "door": "Cửa sau",
        "direction": Way.OUT,
        "zone": "Asia/Ho_Chi_Minh",
        "languages": ("en", "vi"),
        "sealing_keys": (SEALING,),
        "signing_keys": {SIGNER.key: text(SIGNER.public)},
    }
    return Config(**{**facts, **change})


def config_claims(counter=1, aud=KIOSK, **change):
    return ConfigClaims(aud=aud, counter=counter, body=config(**change))


def command_claims(counter=1, aud=KIOSK, body=None, late_s=60, command=None):
    return CommandClaims(
        aud=aud,
        counter=counter,
        id=command or uuid4(),
        exp=int(NOW.timestamp()) + late_s,
        body=body or Identify(),
    )


def neighbour(number=1, at=NOW, direction=Direction.IN, document=b"d" * 32):
    return NeighbourVisit(
        id=UUID(int=number), direction=direction, at=at, pseudonyms=Pseudonyms(document=document)
    )


def neighbours_claims(counter=1, aud=KIOSK, visits=None):
    return NeighboursClaims(aud=aud, counter=counter, body=Neighbours(visits or (neighbour(),)))


def enrol(data, kiosk=KIOSK, place_key=bytes(32)):
    """Give a box the credentials of this centre."""
    folder = data / FOLDER
    folder.mkdir(parents=True)
    document = {
        "kiosk": kiosk,
        "place_key": text(place_key),
        "sealing_keys": [],
        "signing_keys": {SIGNER.key: text(SIGNER.public)},
    }
    (folder / "centre.json").write_text(json.dumps(document))
