"""
The centre's private keys: files of their own in the data folder, for its user only, or the environment.

- `signing.key`: signs what goes down to the doors (Ed25519). `COLLECTOR_SIGNING_KEY`. If `signing.next.key`
  lies beside it, doors are told to believe that one too: once all have heard, it takes the other's place.
- `pseudonym.key`: the places' pseudonym keys are derived from it. `COLLECTOR_PSEUDONYM_KEY`.
- `sealing.keys`: open what the doors have sealed (X25519), one a day. `COLLECTOR_SEALING_KEYS`, which adds to
  the file.

Keys are 32 bytes in base64url. They must not lie in the same backup as the database: who has both can read.
"""

import fcntl
import hashlib
import json
import os
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from collector.errors import KeyUnusable
from collector.whole import write_whole

_BYTES = 32
NEXT = "signing.next.key"


class Keyring:
    """
    The keys of a data folder. Any thread may use it.

    Args:
        folder: The data folder; what is missing in it is made when it is first asked for.
        is_copy: Whether the folder is one of several, and lacks what nobody copied: doors would not believe a
            key that it made for itself.

    Raises:
        KeyUnusable: By every method, if a key cannot be read, or is none.
    """

    def __init__(self, folder: Path, *, is_copy: bool = False) -> None:
        self._folder = folder
        self._is_copy = is_copy
        self._sealing: dict[str, bytes] = {}
        self._read_at: int | None = None

    def signing(self) -> tuple[str, Ed25519PrivateKey]:
        """The id of the key that signs what goes down, and the key."""
        key = Ed25519PrivateKey.from_private_bytes(self._single("signing.key", "COLLECTOR_SIGNING_KEY"))
        return _id(key.public_key().public_bytes_raw()), key

    def signing_keys(self) -> dict[str, bytes]:
        """What doors check signatures with, by id: the public key, and that of the next if there is one."""
        keys = [self.signing()[1]]
        if (self._folder / NEXT).exists():
            keys.append(Ed25519PrivateKey.from_private_bytes(self._single(NEXT, "")))
        public = [key.public_key().public_bytes_raw() for key in keys]
        return {_id(key): key for key in public}

    def place_key(self, place: int) -> bytes:
        """The key of a place's pseudonyms, by the number of the place."""
        secret = self._single("pseudonym.key", "COLLECTOR_PSEUDONYM_KEY")
        info = f"entrance-kiosk place {place}".encode()
        return HKDF(algorithm=SHA256(), length=_BYTES, salt=None, info=info).derive(secret)

    def sealing(self, key: str) -> bytes | None:
        """The private sealing key of this id; None when it was destroyed, or never ours."""
        return self._all_sealing().get(key)

    def make_sealing(self, keys: Iterable[str]) -> dict[str, bytes]:
        """Make private sealing keys of these ids; their public halves."""
        made = {key: X25519PrivateKey.generate() for key in keys}
        with self._alone():
            self._file(self._filed() | {key: private.private_bytes_raw() for key, private in made.items()})
        return {key: private.public_key().public_bytes_raw() for key, private in made.items()}

    def destroy_sealing(self, keys: Iterable[str]) -> set[str]:
        """
        Destroy private sealing keys: what was sealed to them can never be opened again.

        Returns:
            Those that are gone. A key that came by the environment is not ours to destroy.
        """
        gone = set(keys)
        with self._alone():
            held = self._filed()
            if not gone.isdisjoint(held):
                self._file({key: private for key, private in held.items() if key not in gone})
        return gone - self._told().keys()

    def held(self) -> set[str]:
        """The ids of all private sealing keys that are here, in the file or by the environment."""
        return self._filed().keys() | self._told().keys()

    def told(self) -> set[str]:
        """The ids of the private sealing keys that came by the environment."""
        return set(self._told())

    def _all_sealing(self) -> Mapping[str, bytes]:
        path = self._folder / "sealing.keys"
        try:
            read_at: int | None = path.stat().st_mtime_ns
        except OSError:
            read_at = None
        if read_at is None or read_at != self._read_at:
            self._sealing = self._filed() | self._told()
            self._read_at = read_at
        return self._sealing

    def _filed(self) -> dict[str, bytes]:
        path = self._folder / "sealing.keys"
        try:
            return _keys(path.read_text(encoding="ascii"), str(path))
        except FileNotFoundError:
            return {}
        except (OSError, UnicodeDecodeError) as error:
            raise KeyUnusable(f"keys {path}: {error}; let the centre's user read it") from error

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Hold the centre's other processes off the file: what one of them makes, the other must not undo."""
        try:
            line = os.open(self._folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        except OSError as error:
            raise KeyUnusable(
                f"folder {self._folder}: {error.strerror}; choose another with --data"
            ) from error
        try:
            fcntl.flock(line, fcntl.LOCK_EX)
            yield
        finally:
            os.close(line)

    def _file(self, keys: Mapping[str, bytes]) -> None:
        text = json.dumps({key: _text(private) for key, private in sorted(keys.items())}, indent=1)
        write_whole(self._folder / "sealing.keys", f"{text}\n".encode(), mode=0o600)

    def _told(self) -> dict[str, bytes]:
        text = os.environ.get("COLLECTOR_SEALING_KEYS", "")
        return _keys(text, "COLLECTOR_SEALING_KEYS") if text else {}

    def _single(self, name: str, variable: str) -> bytes:
        told = os.environ.get(variable, "") if variable else ""
        if told:
            return _key(told, variable)
        path = self._folder / name
        try:
            if not path.exists():
                if self._is_copy:
                    remedy = "copy it from the machine of `collector attend`, or start that first"
                    raise KeyUnusable(f"key {path}: not there; {remedy}")
                write_whole(path, f"{_text(secrets.token_bytes(_BYTES))}\n".encode(), mode=0o600, anew=True)
            return _key(path.read_text(encoding="ascii").strip(), str(path))
        except (OSError, UnicodeDecodeError) as error:
            raise KeyUnusable(f"key {path}: {error}; let the centre's user read it") from error


def _id(public: bytes) -> str:
    return hashlib.sha256(public).hexdigest()[:16]


def _text(key: bytes) -> str:
    return urlsafe_b64encode(key).rstrip(b"=").decode()


def _key(text: str, name: str) -> bytes:
    try:
        key = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError:
        key = b""
    if len(key) != _BYTES:
        raise KeyUnusable(f"key {name}: not 32 bytes in base64url; put the right one back")
    return key


def _keys(text: str, name: str) -> dict[str, bytes]:
    try:
        document = json.loads(text)
        return {str(key): _key(str(private), name) for key, private in document.items()}
    except (ValueError, AttributeError) as error:
        if isinstance(error, KeyUnusable):
            raise
        raise KeyUnusable(f'keys {name}: not {{"id": "key", …}} in JSON; put the right ones back') from error
