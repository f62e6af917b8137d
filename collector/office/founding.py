"""
What makes a machine an office's: the broker's files, the database, the place with its box, and an account.

Each is done by what `collector broker`, `migrate`, `enrol` and `user` do.
"""

# ruff: noqa: PLC0415 - what touches Django is imported where it is used: options make its settings

import os
import pwd
from base64 import urlsafe_b64decode
from dataclasses import dataclass
from pathlib import Path

import msgspec

from collector import database, readying
from collector.broker.authority import Authority
from collector.broker.settings import Settings
from collector.broker.shelf import CONFIGURATION, Shelf
from collector.errors import CollectorError, EnrolmentRefused, FolderUnusable
from collector.office import owning
from collector.office.owning import acting_for
from collector.office.steps import Step
from mqtt_bridge.wire.enrolment import Broker, Centre

CENTRE_USER, BOX_USER, BROKER_USER = "entrance-collector", "entrance-kiosk", "mosquitto"
HERE = "localhost"
_CREDENTIALS = "credentials"


def host_before(data: Path) -> str:
    """At which address further boxes reach a machine that was set up before; empty for none."""
    before = Settings.read(Shelf(data)) if data.is_dir() else None
    return next((host for host in before.hosts if host != HERE), "") if before else ""


@dataclass(frozen=True, slots=True)
class Office:
    """
    What is to be set up.

    Attributes:
        place: The office's name.
        door: Where the box of this machine stands.
        kiosk: The box's name.
        user: The account's name.
        host: At which further boxes reach this machine; empty for none, and a broker that is heard here only.
        port: The broker's.
        data: The centre's data folder.
        box_data: The box's.
    """

    place: str
    door: str
    kiosk: str
    user: str
    host: str
    port: int
    data: Path
    box_data: Path

    @property
    def broker(self) -> Settings:
        """How the broker listens."""
        return Settings(
            hosts=(self.host, HERE) if self.host else (HERE,),
            port=self.port,
            address="" if self.host else "127.0.0.1",
            user=_broker_user(self.data),
        )

    def steps(self) -> list[Step]:
        """What is to be done, in order."""
        heard = f"{self.host}, and this machine" if self.host else "this machine only"
        return [
            Step("folders", f"{self.data}, {self.box_data}", self._has_folders, self._make_folders),
            Step(
                "broker",
                f"Mosquitto by TLS on port {self.port}, for {heard}",
                self._has_broker,
                self._make_broker,
            ),
            Step("database", database.name(self.data), self._is_ready, self._make_database),
            Step("box", f"{self.kiosk}, {self.door}, of {self.place}", self._has_box, self._make_box),
            Step(
                "account",
                f"{self.user}, who manages {self.place} and the centre",
                self._has_account,
                self._make_account,
            ),
        ]

    def require_free_box(self) -> None:
        """
        Make sure that the box of this machine is nobody else's.

        Raises:
            EnrolmentRefused: If another centre has it.
        """
        known, keys = self._credentials(), {}
        if known is None:
            return
        if self._is_ready():
            from collector.keyring import Keyring

            with acting_for(self.data):
                keys = Keyring(self.data).signing_keys()
        told = {name: urlsafe_b64decode(f"{key}=") for name, key in known.signing_keys.items()}
        if not told.items() & keys.items():
            raise EnrolmentRefused(
                f"box {known.kiosk}: its credentials in {self.box_data} are another centre's;"
                " `kiosk enrol --forget` lets them go"
            )

    def _has_folders(self) -> bool:
        return self.data.is_dir() and self.box_data.is_dir()

    def _make_folders(self) -> str:
        for folder, user in ((self.data, CENTRE_USER), (self.box_data, BOX_USER)):
            try:
                owning.make(folder, user)
            except OSError as error:
                why = (error.strerror or str(error)).lower()
                raise FolderUnusable(
                    f'folder "{folder}": {why}; run this as root, or choose another'
                ) from error
        return ""

    def _has_broker(self) -> bool:
        shelf = Shelf(self.data)
        return Settings.read(shelf) == self.broker and shelf.read(CONFIGURATION) is not None

    def _make_broker(self) -> str:
        Authority(self.data).prepare(self.broker)
        return ""

    def _is_ready(self) -> bool:
        if not self.data.is_dir():
            return False
        with acting_for(self.data):
            try:
                readying.make_ready(self.data)
            except CollectorError:
                return False
        return True

    def _make_database(self) -> str:
        with acting_for(self.data):
            readying.make_ready(self.data, make=True)
        return ""

    def _has_box(self) -> bool:
        if not self._is_ready():
            return False
        from collector.models import Kiosk

        with acting_for(self.data):
            box = Kiosk.objects.filter(
                name=self.kiosk, place__name=self.place, door=self.door, revoked_at=None
            ).first()
        known = self._credentials()
        return box is not None and known is not None and known.kiosk == self.kiosk

    def _make_box(self) -> str:
        from django.utils import timezone

        from collector import enrolment
        from collector.keyring import Keyring

        with acting_for(self.data):
            box = enrolment.enrol(self.kiosk, self.place, self.door, new=False)
            keyring = Keyring(self.data)
            # All of its keys are made by the first who asks: by the centre's user, not by root.
            keyring.signing_keys()
        identity = enrolment.identify(box, self.data)
        with acting_for(self.data):
            admitted = enrolment.admission(box, keyring, self.data, timezone.now(), identity)
        # By loopback, which is there when the network is not.
        admitted = msgspec.structs.replace(admitted, broker=Broker(HERE, self.port, tls=True))
        with acting_for(self.box_data):
            enrolment.write_folder(admitted, self._folder())
        return ""

    def _folder(self) -> Path:
        """The box's credentials. Not a link: its user could lead root anywhere by one."""
        folder = self.box_data / _CREDENTIALS
        if folder.is_symlink():
            raise EnrolmentRefused(f"folder {folder}: a link, not a folder; remove it")
        return folder

    def _credentials(self) -> Centre | None:
        """What the box knows of its centre; None where it is nobody's."""
        file = self._folder() / "centre.json"
        try:
            with acting_for(self.box_data):
                return msgspec.json.decode(file.read_bytes(), type=Centre)
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as error:
            raise EnrolmentRefused(
                f"file {file}: cannot be read; `kiosk enrol --forget` lets it go"
            ) from error

    def _has_account(self) -> bool:
        if not self._is_ready():
            return False
        from django.contrib.auth.models import User

        from collector.models import Grant

        with acting_for(self.data):
            grant = Grant.objects.filter(
                user__username=self.user, role=Grant.Role.MANAGER, place__name=self.place
            )
            return User.objects.filter(username=self.user, is_superuser=True).exists() and grant.exists()

    def _make_account(self) -> str:
        from django.contrib.auth.models import User
        from django.db import transaction

        from collector import accounts, granting

        with acting_for(self.data), transaction.atomic():
            password = ""
            if not User.objects.filter(username=self.user).exists():
                password = accounts.generate_password()
                accounts.add(self.user, password)
            granting.give(self.user, granting.ADMINISTRATOR)
            granting.give(self.user, "manager", place=self.place)
        return f"Password, shown only now: {password}" if password else ""


def _broker_user(data: Path) -> str:
    """Debian's own, where root may hand files to it; else whose the data folder is, or would be."""
    if os.geteuid() == 0 and data.is_dir() and data.stat().st_uid != 0:
        try:
            return pwd.getpwnam(BROKER_USER).pw_name
        except KeyError:
            pass
    return Shelf(data).owner()
