"""A disk of its own for what is measured: what a file system writes beside the files is counted too."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_BYTES = 1 << 30
_SECTOR_BYTES = 512
_WRITTEN = 6
"""Which figure of a disk's `stat` counts the sectors written (Linux, admin-guide/iostats)."""


class Disk:
    """An ext4 as Raspberry Pi OS mounts it, in a file; `folder` is its root."""

    def __init__(self, folder: Path, device: str) -> None:
        self.folder = folder
        self._stat = Path("/sys/block", Path(device).name, "stat")

    def written_bytes(self) -> int:
        """All that was ever written to it, once nothing is left in the memory."""
        _run("sync", "--file-system", self.folder)
        return int(self._stat.read_text("ascii").split()[_WRITTEN]) * _SECTOR_BYTES


@contextmanager
def disk(folder: Path) -> Iterator[Disk]:
    """Make one in a folder, mounted until the block ends. Needs root, for the mount."""
    image, root = folder / "disk.img", folder / "disk"
    root.mkdir()
    with image.open("wb") as file:
        file.truncate(_BYTES)
    _run("mkfs.ext4", "-q", "-E", "lazy_itable_init=0,lazy_journal_init=0", image)
    device = _run("losetup", "--find", "--show", image)
    try:
        _run("mount", "-o", "noatime", device, root)
        try:
            yield Disk(root, device)
        finally:
            _run("umount", "--lazy", root)
    finally:
        _run("losetup", "--detach", device)


def written_bytes(pid: int) -> int:
    """What a process has had written to disks, whole pages; not what a file system writes beside."""
    facts = Path(f"/proc/{pid}/io").read_text("ascii").split()
    return int(facts[facts.index("write_bytes:") + 1])


def _run(*command: str | Path) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()
