"""The boot partition of a card: told from other folders, looked at, and written."""

import os
import re
import shutil
from collections.abc import Mapping
from pathlib import Path

from kiosk.card import seed
from kiosk.errors import CardRefused

CONFIG, CMDLINE = "config.txt", "cmdline.txt"
FOLDER = "entrance-kiosk"
"""What the first boot takes from here, beside what cloud-init reads."""
PACKAGES = f"{FOLDER}/packages"
ADMISSION = "entrance-kiosk.enrol"
_ROOM_BYTES = 8_000_000
_COUNTRY = "cfg80211.ieee80211_regdom="
_SOURCE = re.compile(r"ds=nocloud\S*")
_STOCK = re.compile(
    r"ssh_pwauth: *(?:true|false)|network:|version: *2|ethernets:|eth0:|(?:dhcp4|optional): *(?:true|false)"
)
"""What stands in the orders of an untouched image."""


class Partition:
    """
    A mounted boot partition.

    Args:
        folder: Where it is mounted.

    Raises:
        CardRefused: If it is none, or holds a system that does not set itself up by cloud-init.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        if not folder.is_dir():
            raise CardRefused(
                f"card {folder}: no such folder; name where the card's partition `bootfs` is mounted"
            )
        if not (self._has(CONFIG) and self._has(CMDLINE)):
            raise CardRefused(f"card {folder}: no {CONFIG} and {CMDLINE} there; {self._meant()}")
        if not self._has(seed.META):
            raise CardRefused(
                f"card {folder}: no {seed.META} there, so this system does not know cloud-init; write"
                " Raspberry Pi OS Lite (64-bit) of October 2025 or later onto the card"
            )

    @property
    def is_lite(self) -> bool:
        """Whether the system is the one without a desktop, as far as it says."""
        try:
            told = (self.folder / "issue.txt").read_text(encoding="utf-8", errors="replace")
        except OSError:
            return True
        return "stage4" not in told and "stage5" not in told

    def require_free(self) -> None:
        """
        Make sure that nobody else has given the card orders.

        Raises:
            CardRefused: If somebody has.
        """
        for name in (seed.USER, seed.NETWORK):
            lines = self._read(name).splitlines()
            if seed.OURS in lines:
                continue
            orders = [line.strip() for line in lines if line.strip() and not line.lstrip().startswith("#")]
            if any(not _STOCK.fullmatch(line.lstrip("- ")) for line in orders):
                raise CardRefused(
                    f"card {self.folder}: its {name} holds another's orders, such as Raspberry Pi Imager's;"
                    " write the card without any, or let them go with --replace"
                )

    def require_room(self, files: list[Path]) -> None:
        """
        Make sure that the packages fit.

        Raises:
            CardRefused: If they do not.
        """
        there = sum(one.stat().st_size for one in (self.folder / PACKAGES).glob("*"))
        needed = sum(one.stat().st_size for one in files) + _ROOM_BYTES
        free = shutil.disk_usage(self.folder).free + there
        if free < needed:
            raise CardRefused(
                f"card {self.folder}: {free // 1_000_000} MB free, {needed // 1_000_000} MB needed; write the"
                " card anew"
            )

    def write(
        self,
        *,
        orders: Mapping[str, str],
        files: Mapping[str, bytes],
        packages: list[Path],
        country: str,
    ) -> None:
        """
        Write all of it, the orders last: a card that is pulled out before that is as it was, to a box.

        Args:
            orders: What cloud-init reads, by name.
            files: All else but packages, by name below the partition.
            packages: Copied into `PACKAGES`.
            country: Whose rules the radio keeps.

        Raises:
            CardRefused: If the card does not take it.
        """
        try:
            shutil.rmtree(self.folder / FOLDER, ignore_errors=True)
            (self.folder / PACKAGES).mkdir(parents=True)
            for package in packages:
                self._put(f"{PACKAGES}/{package.name}", package.read_bytes())
            for name, content in files.items():
                self._put(name, content)
            self._put(CMDLINE, self._cmdline(country).encode())
            for name, text in orders.items():
                self._put(name, text.encode())
            os.sync()
        except OSError as error:
            why = (error.strerror or str(error)).lower()
            raise CardRefused(
                f"card {error.filename or self.folder}: {why}; is it write-protected, or full?"
            ) from error

    def _put(self, name: str, content: bytes) -> None:
        path = self.folder / name
        draft = path.with_name(f"{path.name}.new")
        line = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(line, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)

    def _cmdline(self, country: str) -> str:
        """The kernel's line with the radio's country; what names another source of orders goes."""
        words = self._read(CMDLINE).split()
        kept = [one for one in words if not one.startswith(_COUNTRY) and not _SOURCE.fullmatch(one)]
        return f"{' '.join([*kept, _COUNTRY + country])}\n"

    def _has(self, name: str) -> bool:
        return (self.folder / name).is_file()

    def _read(self, name: str) -> str:
        try:
            return (self.folder / name).read_text(encoding="utf-8", errors="replace")
        except FileNotFoundError:
            return ""
        except OSError as error:
            raise CardRefused(
                f"card {self.folder / name}: {error.strerror}; mount it for this user"
            ) from error

    def _meant(self) -> str:
        if (self.folder / "firmware" / CONFIG).is_file():
            return f"did you mean {self.folder / 'firmware'}?"
        if (self.folder / "etc").is_dir():
            return "this is the card's other partition; name where `bootfs` is mounted"
        return "name where the card's partition `bootfs` is mounted"
