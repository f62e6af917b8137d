"""Packages for a card: told from other files by what Debian's own tool, or their names, say of them."""

import re
from pathlib import Path

from kiosk.errors import CardRefused

DOOR = "entrance-kiosk"
ARM = "arm64"
_NAME = re.compile(r"(?P<package>[a-z0-9][a-z0-9+.-]+)_(?P<version>[^_]+)_(?P<architecture>[a-z0-9]+)\.deb")
_MAGIC = b"!<arch>\n"


def chosen(named: tuple[Path, ...], folder: Path | None, architecture: str) -> list[Path]:
    """
    The packages for a card, the door's among them; each once.

    Args:
        named: Files.
        folder: All packages in it too; None for no more.
        architecture: The machine's.

    Raises:
        CardRefused: If the door's is missing, or one is no package for this machine.
    """
    more: list[Path] = []
    if folder is not None:
        if not folder.is_dir():
            raise CardRefused(f"--with-packages {folder}: no such folder; name the one that holds them")
        more = sorted(folder.glob("*.deb"))
        if not more:
            raise CardRefused(
                f"--with-packages {folder}: no *.deb there; on a fresh Pi with a network, `sudo apt-get"
                f" install --download-only --install-recommends ./{DOOR}_…_{architecture}.deb` fetches all"
                " that the door needs into /var/cache/apt/archives: copy them from there"
            )
    found = {path.name: path for path in (*more, *named)}
    kinds = {_package(path, architecture) for path in found.values()}
    if not found:
        raise CardRefused(
            f"--package is missing; give {DOOR}_…_{architecture}.deb, which `make deb` builds into build/deb"
        )
    if DOOR not in kinds:
        raise CardRefused(f"--package: none is {DOOR}; give {DOOR}_…_{architecture}.deb")
    return list(found.values())


def _package(path: Path, architecture: str) -> str:
    """What a package is called."""
    # apt gives a colon in a version as %3a, which no name of ours has: the name stays as apt wrote it.
    match = _NAME.fullmatch(path.name)
    try:
        with path.open("rb") as file:
            is_package = file.read(len(_MAGIC)) == _MAGIC
    except OSError as error:
        raise CardRefused(f"package {path}: {error.strerror}; name another file") from error
    if not is_package:
        raise CardRefused(f"package {path}: no Debian package; name a file that ends in .deb")
    if not match:
        raise CardRefused(
            f"package {path}: not named as apt names packages; give it back its name, as in"
            f" {DOOR}_0.1.0_{architecture}.deb: `dpkg-deb --show {path}` says what it holds"
        )
    if match["architecture"] not in {architecture, "all"}:
        raise CardRefused(
            f"package {path.name}: for machines of the kind {match['architecture']}, not {architecture}; take"
            f" the one that ends in _{architecture}.deb, or say --architecture"
        )
    return match["package"]
