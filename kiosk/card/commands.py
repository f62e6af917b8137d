"""The command `kiosk card`."""

import json
import secrets
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import NamedTemporaryFile

import click

from kiosk import config
from kiosk.card import asked as asking
from kiosk.card import keyfiles, packages, partition, seed
from kiosk.card.asked import Asked
from kiosk.card.partition import Partition
from kiosk.errors import CardRefused
from kiosk.setup_codes import Wifi

_MOST_ADMISSION_BYTES = 256 * 1024
_FILE = click.Path(path_type=Path, dir_okay=False)


@click.command()
@click.argument("card", metavar="DIR", type=click.Path(path_type=Path))
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
    type=click.Path(path_type=Path, exists=True, file_okay=False),
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
@click.option(
    "--ssh-key", type=_FILE, metavar="FILE", help="A public key that may log in. Without, nobody can."
)
@click.option("--login", metavar="NAME", default="technician", show_default=True, help="Who logs in with it.")
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
    card: Path,
    named: tuple[Path, ...],
    folder: Path | None,
    admission: Path | None,
    settings: Path | None,
    hostname: str | None,
    zone: str,
    locale: str,
    country: str,
    ssh_key: Path | None,
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
    written. The first boot installs the packages, joins the network and ends with the door open.
    """
    boot = Partition(card)
    if not replace:
        boot.require_free()
    debs = packages.chosen(named, folder, architecture)
    boot.require_room(debs)
    granted = _admission(admission) if admission else None
    files: dict[str, bytes] = {}
    if granted:
        files[partition.ADMISSION] = granted[1]
    if settings:
        config.load(settings)
        files[f"{partition.FOLDER}/kiosk.toml"] = settings.read_bytes()
    fixed = asking.read_address(address, gateway, name_server)
    asked = Asked(
        hostname=hostname or (granted[0] if granted else packages.DOOR),
        zone=zone,
        locale=locale,
        country=country,
        login=login,
        keys=asking.read_keys(_text("--ssh-key", ssh_key), str(ssh_key)) if ssh_key else (),
        address=fixed,
        wifi=_wifi(ssid, hidden=wifi_hidden, is_open=wifi_open, from_stdin=wifi_password_stdin),
    )
    if asked.wifi:
        files[f"{partition.FOLDER}/{keyfiles.WIFI}.nmconnection"] = keyfiles.wifi(asked.wifi, fixed).encode()
    elif fixed:
        files[f"{partition.FOLDER}/{keyfiles.WIRED}.nmconnection"] = keyfiles.wired(fixed).encode()
    orders = seed.documents(asked, f"{packages.DOOR}-{secrets.token_hex(8)}")
    _check_with_cloud_init(orders[seed.USER])
    boot.write(orders=orders, files=files, packages=debs, country=country)
    _tell(boot, asked, debs, is_enrolled=granted is not None, is_whole=folder is not None)


def _wifi(ssid: str | None, *, hidden: bool, is_open: bool, from_stdin: bool) -> Wifi | None:
    if ssid is None:
        if hidden or is_open or from_stdin:
            raise CardRefused("--wifi-hidden, --wifi-open, --wifi-password-stdin: only with --wifi")
        return None
    if is_open and from_stdin:
        raise CardRefused("--wifi-open and --wifi-password-stdin: one of the two")
    password = ""
    if from_stdin:
        password = sys.stdin.readline().rstrip("\r\n")
    elif not is_open:
        password = click.prompt(
            "Password of the network", hide_input=True, confirmation_prompt="Once more", err=True
        )
    if not password and not is_open:
        raise CardRefused("--wifi: no password; --wifi-open says that the network has none")
    try:
        return Wifi(ssid, password, hidden=hidden)
    except ValueError as error:
        raise CardRefused(f"--wifi: {error}") from None


def _admission(file: Path) -> tuple[str, bytes]:
    """The box's name, and all that the file holds. The door looks at the rest, when it takes it."""
    try:
        content = file.read_bytes()[: _MOST_ADMISSION_BYTES + 1]
        document = json.loads(content)
        name = document["centre"]["kiosk"]
        is_one = len(content) <= _MOST_ADMISSION_BYTES and isinstance(name, str) and "broker" in document
    except OSError as error:
        raise CardRefused(
            f"--enrol {file}: {error.strerror}; name the file of `collector enrol --file`"
        ) from error
    except (ValueError, LookupError, TypeError):
        is_one = False
    if not is_one:
        raise CardRefused(f"--enrol {file}: not what `collector enrol --file` writes")
    return name, content


def _text(option: str, file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "no text"
        raise CardRefused(f"{option} {file}: {why}; name another file") from error


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
    if not asked.keys:
        click.echo("nobody can log in to it; --ssh-key lets a technician")
    click.echo(
        "enrolled at its first boot"
        if is_enrolled
        else "shows where to hold the set-up code, until it is enrolled"
    )
    click.echo("put the card into the Pi and switch it on; the first boot takes a few minutes")
