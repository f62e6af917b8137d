"""
`kiosk rollback`: the version before this one serves again.

The package keeps what served until it came (`systemd/deb/preinst`): the newer version lies in `versions/`,
the one before in `kept/`, and the link `current` says which of them serves. Nothing is fetched or unpacked.
"""

import os
import re
import subprocess
from contextlib import suppress
from pathlib import Path

import click

from kiosk.commands import chosen_settings, settings_options
from kiosk.errors import SettingsError
from kiosk.store.opening import FILE_NAME

UNITS = ("kiosk.service", "mqtt-bridge.service")
_SYSTEMCTL = "/usr/bin/systemctl"
_ASKING_S = 60.0
"""How long the other version may take to say that it can serve; it does so in some seconds."""


@click.command()
@click.option("--undo", is_flag=True, help="Serve with the newer version again.")
@settings_options
def rollback(*, undo: bool, file: Path | None, data: str | None, assignments: tuple[str, ...]) -> None:
    """
    Serve again with the version before this one, which the package has kept.

    Run it as root. The other version is asked first whether it understands the settings and can read the
    journal; no visit is touched. The next newer package serves as any does.
    """
    tree = home(Path(__file__))
    if os.geteuid() != 0:
        raise SettingsError("rollback: changes what is installed; run it as root: sudo kiosk rollback")
    now, then = serving(tree), other(tree, undo=undo)
    folder = chosen_settings(file, data, assignments).data.folder
    assure_serves(tree / then, folder, file)
    point(tree, then)
    click.echo(f"{Path(now).name} → {Path(then).name}; {', '.join(start_anew()) or 'no service runs'}")
    if not undo:
        click.echo(f"{Path(now).name} stays; to go back to it: sudo kiosk rollback --undo")


def home(module: Path) -> Path:
    """
    The folder of all versions, such as /opt/entrance-kiosk.

    Args:
        module: A module of the version that runs.

    Raises:
        SettingsError: If it was not installed by the package.
    """
    lib = module.resolve().parents[1]
    tree = lib.parent.parent.parent
    if lib.name != "lib" or not (tree / "current").is_symlink():
        raise SettingsError(f"rollback: {lib} was not installed by the package, which alone keeps a version")
    return tree


def serving(tree: Path) -> str:
    """Which version serves, as `current` says it: `versions/0.2.0`, or `kept/0.1.0` after a rollback."""
    return str((tree / "current").readlink())


def other(tree: Path, *, undo: bool) -> str:
    """
    The version that is to serve, as `serving()` says it.

    Args:
        tree: The folder of all versions.
        undo: The newer one; else the one before.

    Raises:
        SettingsError: If there is none, or it serves already.
    """
    wanted = "versions" if undo else "kept"
    now = serving(tree)
    if now.startswith(f"{wanted}/"):
        which = "newer version" if undo else "version before"
        back = "kiosk rollback" if undo else "kiosk rollback --undo"
        raise SettingsError(f"rollback: the {which}, {Path(now).name}, serves already; to leave it: {back}")
    there = (path.name for path in (tree / wanted).glob("*") if (path / "bin" / "kiosk").is_file())
    found = sorted(there, key=lambda name: [int(part) for part in re.findall(r"\d+", name)])
    if not found:
        raise SettingsError(
            f"rollback: no version before {Path(now).name} is kept here; install its package instead"
        )
    return f"{wanted}/{found[-1]}"


def assure_serves(version: Path, folder: Path, file: Path | None) -> None:
    """
    Ask a version whether it understands the settings and can read the journal, as the journal's owner.

    Args:
        version: Its folder.
        folder: Of the journal.
        file: The settings file; None for the usual one.

    Raises:
        SettingsError: If not. The message holds what it said.
    """
    command = version / "bin" / "kiosk"
    settings = ["--config", str(file.absolute())] if file else []
    questions = [["settings", *settings]]
    if (folder / FILE_NAME).exists():
        questions.append(["journal", "--json", "--data", str(folder), *settings])
    is_root = os.geteuid() == 0
    owner = (folder if folder.exists() else version).stat()
    for question in questions:
        try:
            asked = subprocess.run(
                [command, *question],
                user=owner.st_uid if is_root else None,
                group=owner.st_gid if is_root else None,
                extra_groups=[] if is_root else None,
                cwd="/",
                capture_output=True,
                text=True,
                timeout=_ASKING_S,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise SettingsError(f"rollback: {command} does not run: {error}; nothing was changed") from error
        if asked.returncode != 0:
            said = " ".join(asked.stderr.split()[-60:]) or f"it ended with {asked.returncode}"
            raise SettingsError(f"rollback: {version.name} cannot serve here; nothing was changed: {said}")


def point(tree: Path, version: str) -> None:
    """Have `current` name another version, in one step that a power cut leaves done or undone."""
    draft = tree / "current.new"
    draft.unlink(missing_ok=True)
    draft.symlink_to(version)
    draft.replace(tree / "current")
    line = os.open(tree, os.O_RDONLY)
    try:
        os.fsync(line)
    finally:
        os.close(line)


def start_anew() -> list[str]:
    """Start what runs anew, where systemd does; tell how each service is then, as `kiosk: active`."""
    if not Path("/run/systemd/system").is_dir():
        return []
    with suppress(subprocess.TimeoutExpired):  # to mend a journal takes minutes: it is `activating` meanwhile
        subprocess.run([_SYSTEMCTL, "try-restart", *UNITS], timeout=_ASKING_S, check=False)
    asked = [_SYSTEMCTL, "is-active", *UNITS]
    told = subprocess.run(asked, capture_output=True, text=True, timeout=_ASKING_S, check=False)
    return [
        f"{unit.removesuffix('.service')}: {state}"
        for unit, state in zip(UNITS, told.stdout.split(), strict=False)
    ]
