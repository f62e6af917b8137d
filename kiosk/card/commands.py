"""The command `kiosk card`."""

import secrets
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace as changed
from functools import partial
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import TypeVar

import click

from kiosk import config, enrolment
from kiosk.card import asked as asking
from kiosk.card import keyfiles, packages, partition, passwords, seed
from kiosk.card.asked import Asked
from kiosk.card.partition import Partition
from kiosk.errors import CardRefused, KioskError
from kiosk.setup_codes import Wifi

_FILE = click.Path(path_type=Path, dir_okay=False)
_Made = TypeVar("_Made")


@click.command()
@click.argument("card", metavar="DIR", type=click.Path(path_type=Path), required=False)
@click.option(
    "--package",
    "named",
    type=_FILE,
    multiple=True,
    metavar="FILE",
    help="The door's package, entrance-kiosk_…_arm64.deb; others may be given too.",
)
@click.option(
    "--with-packages",
    "folder",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="All packages in a folder too, so that the first boot needs no network.",
)
@click.option(
    "--enrol", "admission", type=_FILE, metavar="FILE", help="What `collector enrol --file` has written."
)
@click.option("--settings", type=_FILE, metavar="FILE", help="A kiosk.toml for the box.")
@click.option(
    "--hostname", metavar="NAME", help="Its name in the network.  [default: as enrolled, or entrance-kiosk]"
)
@click.option("--zone", metavar="NAME", default="Asia/Ho_Chi_Minh", show_default=True, help="Its time zone.")
@click.option("--locale", metavar="NAME", default="vi_VN.UTF-8", show_default=True, help="Of its system.")
@click.option("--country", metavar="CC", default="VN", show_default=True, help="Whose rules its radio keeps.")
@click.option("--ssh-key", type=_FILE, metavar="FILE", help="A public key that may log in over the network.")
@click.option(
    "--console-password",
    "has_console",
    is_flag=True,
    help="Ask, unseen, for a password that logs in at the box's own keyboard. Of it a hash is kept.",
)
@click.option(
    "--console-password-stdin",
    "console_stdin",
    is_flag=True,
    help="Read it from standard input, one line, behind that of the Wi-Fi.",
)
@click.option("--login", metavar="NAME", default="technician", show_default=True, help="Who logs in.")
@click.option(
    "--wifi", "ssid", metavar="SSID", help="The wireless network; its password is asked for, unseen."
)
@click.option("--wifi-hidden", is_flag=True, help="It does not tell its name.")
@click.option("--wifi-open", is_flag=True, help="It has no password.")
@click.option("--wifi-password-stdin", is_flag=True, help="Read the password from standard input, one line.")
@click.option("--address", default="", metavar="IP/BITS", help="An address that stays.  [default: by DHCP]")
@click.option("--gateway", default="", metavar="IP", help="With --address: the way out.")
@click.option("--name-server", multiple=True, metavar="IP", help="With --address; may be given again.")
@click.option(
    "--architecture",
    type=click.Choice(("arm64", "amd64")),
    default=packages.ARM,
    show_default=True,
    help="The machine's: every Pi's is arm64.",
)
@click.option("--replace", is_flag=True, help="Let go of orders that another has put onto the card.")
def card(
    *,
    card: Path | None,
    named: tuple[Path, ...],
    folder: Path | None,
    admission: Path | None,
    settings: Path | None,
    hostname: str | None,
    zone: str,
    locale: str,
    country: str,
    ssh_key: Path | None,
    has_console: bool,
    console_stdin: bool,
    login: str,
    ssid: str | None,
    wifi_hidden: bool,
    wifi_open: bool,
    wifi_password_stdin: bool,
    address: str,
    gateway: str,
    name_server: tuple[str, ...],
    architecture: str,
    replace: bool,
) -> None:
    """
    Make a card a box's: write what its first boot needs onto the boot partition, mounted at DIR.

    The card holds a stock Raspberry Pi OS Lite (64-bit). What can be wrong is looked at before anything is
    written, and told at once. The first boot installs the packages, joins the network and ends with the door
    open.
    """
    faults: list[str] = []
    boot = _noted(faults, partial(_partition, card, is_free=replace))
    debs = _noted(faults, partial(packages.chosen, named, folder, architecture))
    if boot and debs:
        _noted(faults, partial(boot.require_room, debs))
    files: dict[str, bytes] = {}
    name = (_noted(faults, partial(_admission, admission, files)) if admission else None) or packages.DOOR
    if settings:
        _noted(faults, partial(_settings, settings, files))
    fixed = _noted(faults, partial(asking.read_address, address, gateway, name_server))
    keys = _noted(faults, partial(_keys, ssh_key)) if ssh_key else ()
    wanted = partial(Asked, hostname=hostname or name, zone=zone, locale=locale, country=country, login=login)
    asked = _noted(faults, partial(wanted, keys=keys or (), address=fixed))
    _noted(faults, partial(_check_wifi, ssid, wifi_hidden, wifi_open, wifi_password_stdin))
    if faults or boot is None or debs is None or asked is None:
        raise CardRefused("\n".join(faults))
    # Nobody is asked for a password in vain.
    if ssid is not None:
        asked = changed(
            asked, wifi=_wifi(ssid, hidden=wifi_hidden, is_open=wifi_open, from_stdin=wifi_password_stdin)
        )
    if has_console or console_stdin:
        typed = passwords.typed("--console-password", "Password at the box", from_stdin=console_stdin)
        asked = changed(asked, console=passwords.hashed(typed))
    if asked.wifi:
        files[f"{partition.FOLDER}/{keyfiles.WIFI}.nmconnection"] = keyfiles.wifi(asked.wifi, fixed).encode()
    elif fixed:
        files[f"{partition.FOLDER}/{keyfiles.WIRED}.nmconnection"] = keyfiles.wired(fixed).encode()
    orders = seed.documents(asked, f"{packages.DOOR}-{secrets.token_hex(8)}")
    _check_with_cloud_init(orders[seed.USER])
    boot.write(orders=orders, files=files, packages=debs, country=country)
    _tell(boot, asked, debs, is_enrolled=admission is not None, is_whole=folder is not None)


def _noted(faults: list[str], make: Callable[[], _Made]) -> _Made | None:
    """What is made; None where that is refused, whose reason is one fault more."""
    try:
        return make()
    except KioskError as fault:
        faults += str(fault).splitlines()
        return None


def _partition(card: Path | None, *, is_free: bool) -> Partition:
    if card is None:
        raise CardRefused("card: DIR is missing; name where the card's partition `bootfs` is mounted")
    boot = Partition(card)
    if not is_free:
        boot.require_free()
    return boot


def _check_wifi(ssid: str | None, hidden: bool, is_open: bool, from_stdin: bool) -> None:
    if ssid is None and (hidden or is_open or from_stdin):
        raise CardRefused("--wifi-hidden, --wifi-open, --wifi-password-stdin: only with --wifi")
    if is_open and from_stdin:
        raise CardRefused("--wifi-open and --wifi-password-stdin: one of the two")
    if ssid is not None:
        _network(ssid, hidden=hidden)


def _wifi(ssid: str, *, hidden: bool, is_open: bool, from_stdin: bool) -> Wifi:
    password = "" if is_open else passwords.typed("--wifi", "Password of the network", from_stdin=from_stdin)
    if not password and not is_open:
        raise CardRefused("--wifi: no password; --wifi-open says that the network has none")
    return _network(ssid, password, hidden=hidden)


def _network(ssid: str, password: str = "", *, hidden: bool) -> Wifi:
    try:
        return Wifi(ssid, password, hidden=hidden)
    except ValueError as error:
        raise CardRefused(f"--wifi: {error}") from None


def _admission(file: Path, files: dict[str, bytes]) -> str:
    """The box's name; the file goes along."""
    try:
        name = enrolment.read(file).kiosk
        files[partition.ADMISSION] = file.read_bytes()
    except KioskError as error:
        raise CardRefused(f"--enrol {error}") from None
    except OSError as error:
        raise CardRefused(f"--enrol {file}: {error.strerror}; name the file that the centre wrote") from error
    return name


def _settings(file: Path, files: dict[str, bytes]) -> None:
    # This machine is no box: what a centre may have said of it is nobody's concern.
    config.load(file, with_centre=False)
    files[f"{partition.FOLDER}/kiosk.toml"] = file.read_bytes()


def _keys(file: Path) -> tuple[str, ...]:
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "no text"
        raise CardRefused(f"--ssh-key {file}: {why}; name another file") from error
    return asking.read_keys(text, str(file))


def _check_with_cloud_init(user_data: str) -> None:
    """Have cloud-init itself look at its orders, where it is installed."""
    program = shutil.which("cloud-init")
    if program is None:
        return
    with NamedTemporaryFile("w", encoding="utf-8", suffix=".yaml") as file:
        file.write(user_data)
        file.flush()
        ended = subprocess.run(
            [program, "schema", "--config-file", file.name], capture_output=True, text=True, check=False
        )
    if ended.returncode != 0:
        raise CardRefused(
            f"{seed.USER}: cloud-init does not take it: {ended.stderr.strip() or ended.stdout.strip()}"
        )


def _tell(boot: Partition, asked: Asked, debs: list[Path], *, is_enrolled: bool, is_whole: bool) -> None:
    click.echo(f"{boot.folder}: ready for {asked.hostname}, with {', '.join(one.name for one in debs)}")
    if not boot.is_lite:
        click.echo("! the card holds a system with a desktop; the door wants Raspberry Pi OS Lite")
    if asked.wifi:
        click.echo(f"joins {asked.wifi.ssid}; its password is on the card until the first boot")
    if not is_whole:
        click.echo(
            "! the first boot needs a network: the camera's programs are not on the card (--with-packages)"
        )
    if not asked.has_login:
        click.echo(
            "! nobody can log in to it, to check, update or go back a version; --ssh-key lets a technician in"
            " over the network, --console-password at its keyboard"
        )
    click.echo(
        "enrolled at its first boot"
        if is_enrolled
        else "shows where to hold the set-up code, until it is enrolled"
    )
    click.echo("put the card into the Pi and switch it on; the first boot takes a few minutes")
