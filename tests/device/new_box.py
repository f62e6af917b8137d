"""A new box: the card that `kiosk card` has made, and the machine that is switched on with it."""

import shutil
import subprocess
from pathlib import Path

from tests.device.test_units import BUILD, SUDO
from tests.programs import BIN

HERE = Path(__file__).with_name("first_boot")
QUIET = ("systemd-networkd", "systemd-resolved", "systemd-udevd", "console-getty")
"""Services of the root that have nothing to do in this container."""


def run(*command, **more):
    """Run a program that must do what it is asked to."""
    subprocess.run(command, check=True, capture_output=True, text=True, **more)


def make_packages(folder, *options):
    """The packages of this checkout, by the names of what they hold."""
    run(BUILD, "--out", folder, "--version", "0.1.0", *options, "amd64")


def stock_card(folder):
    """The boot partition of a system that nobody has set up."""
    folder.mkdir()
    (folder / "config.txt").write_text("camera_auto_detect=1\n")
    (folder / "cmdline.txt").write_text("console=tty1 root=PARTUUID=4e639091-02 rootwait\n")
    (folder / "meta-data").write_text("dsmode: local\ninstance_id: rpios-image\n")
    (folder / "user-data").write_text("#cloud-config\n")
    return folder


def make_card(folder, *options, typed=""):
    """Have `kiosk card` write onto it, for this machine's kind, with devices that a container has."""
    options = (*options, "--architecture", "amd64", "--settings", HERE / "kiosk.toml", "--locale", "C.UTF-8")
    run(BIN / "kiosk", "card", folder, *options, input=typed)
    # FAT knows no modes: all of it may be read.
    for path in folder.rglob("*"):
        path.chmod(0o755)


def switched_on(root, card, watch, work, secret=""):
    """
    Switch the box on, and have it looked at from inside.

    Args:
        root: A Debian that knows nothing of all this.
        card: The boot partition.
        watch: Which script of `first_boot/` looks.
        work: A folder for what is needed, and for what was seen.
        secret: A word that must not lie about; the script reads it.

    Returns:
        The folder of what was seen, and its facts by name.
    """
    out, inside = work / "out", work / "inside"
    out.mkdir()
    shutil.copytree(HERE, inside)
    shutil.copy(HERE / watch, inside / "watch.sh")
    (inside / "secret").write_text(secret)
    binds = {
        "/srv/first_boot": inside,
        "/etc/cloud/cloud.cfg.d/99_raspberry-pi.cfg": HERE / "raspberry-pi.cfg",
        "/etc/systemd/system/watch.service": HERE / "watch.service",
        **{f"/etc/systemd/system/{unit}.service": Path("/dev/null") for unit in QUIET},
    }
    ended = subprocess.run(
        [
            *SUDO,
            # A container ends with nspawn when that is asked to end, and not when it is killed.
            *("timeout", "--kill-after=15", "400"),
            *("systemd-nspawn", "--quiet", "--directory", root, "--volatile=overlay", "--register=no"),
            *("--keep-unit", "--private-network", "--console=pipe", "--kill-signal=SIGRTMIN+4"),
            *(f"--bind-ro={outside}:{inside}" for inside, outside in binds.items()),
            *(f"--bind={out}:/srv/out", f"--bind={card}:/boot/firmware"),
            *("--boot", "systemd.wants=watch.service", "systemd.show_status=0"),
        ],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (out / "seen").exists(), (
        f"the box did not come to its end ({ended.returncode}):\n{ended.stdout[-3000:]}{ended.stderr[-3000:]}"
    )
    facts = dict(line.split("=", 1) for line in (out / "seen").read_text().splitlines())
    return out, facts | {"journal": (out / "journal").read_text()}
