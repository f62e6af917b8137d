"""The command `kiosk card`: what a technician gives, what is on the card then, and what is refused."""

import json
import os
import subprocess
from dataclasses import dataclass

import pytest
from click.testing import CliRunner
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from kiosk.__main__ import kiosk
from kiosk.card import keyfiles
from kiosk.errors import KioskError
from kiosk.setup_codes import Wifi
from tests.kiosk import admissions
from tests.programs import BIN

PASSWORD = "mat khau \\ thu 1"
PACKAGE = "entrance-kiosk_1.0_arm64.deb"
CMDLINE = "console=tty1 root=PARTUUID=4e639091-02 rootfstype=ext4 rootwait\n"


@dataclass
class Made:
    """How the command ended, and what it said."""

    returncode: int
    stdout: str
    stderr: str


@pytest.fixture
def card(tmp_path, monkeypatch):
    """The boot partition of a card with a system that nobody has set up."""
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "bootfs"
    folder.mkdir()
    (folder / "config.txt").write_text("camera_auto_detect=1\n")
    (folder / "cmdline.txt").write_text(CMDLINE)
    (folder / "issue.txt").write_text("Raspberry Pi reference 2025-10-01, stage2\n")
    (folder / "meta-data").write_text("dsmode: local\ninstance_id: rpios-image\n")
    (folder / "network-config").write_text(
        "network:\n  version: 2\n  ethernets:\n    eth0:\n      dhcp4: true\n"
    )
    (folder / "user-data").write_text("#cloud-config\n# hostname: raspberrypi\nssh_pwauth: false\n")
    (tmp_path / PACKAGE).write_bytes(b"!<arch>\nnothing\n")
    return folder


def make(card, *options, typed=""):
    """Run the command, with the door's package, as `kiosk` does: a fault is one line and the exit code 2."""
    return run("card", str(card), "--package", PACKAGE, *options, typed=typed)


def run(*words, typed=""):
    """Run a command as `kiosk` does."""
    ended = CliRunner().invoke(kiosk, words, input=typed, catch_exceptions=True)
    if isinstance(ended.exception, KioskError):
        return Made(2, ended.stdout, f"{ended.exception}\n")
    return Made(ended.exit_code, ended.stdout, ended.stderr)


def orders(card, name="user-data"):
    """What cloud-init would read."""
    return json.loads("\n".join(line for line in (card / name).read_text().splitlines() if line[0] != "#"))


def everything(card):
    return {path: path.read_bytes() for path in card.rglob("*") if path.is_file()}


def refused(card, *options, typed=""):
    """What the command says, having touched nothing."""
    before = everything(card)
    ended = make(card, *options, typed=typed)
    assert (ended.returncode, everything(card)) == (2, before), ended.stdout + ended.stderr
    assert len(ended.stderr.splitlines()) == 1
    return ended.stderr


def test_cloud_init_finds_a_new_instance_with_its_orders(card):
    made = make(card)

    assert made.returncode == 0, made.stderr
    assert orders(card, "meta-data")["instance-id"].startswith("entrance-kiosk-")
    assert (card / "user-data").read_text().startswith("#cloud-config\n")
    assert (orders(card)["hostname"], orders(card)["timezone"]) == ("entrance-kiosk", "Asia/Ho_Chi_Minh")


def test_the_package_lies_on_the_card(card):
    make(card)

    assert (card / "entrance-kiosk" / "packages" / PACKAGE).read_bytes() == b"!<arch>\nnothing\n"


def test_the_radio_keeps_the_countrys_rules_however_often_the_card_is_written(card):
    for _ in range(2):
        make(card)

    assert (card / "cmdline.txt").read_text() == f"{CMDLINE.strip()} cfg80211.ieee80211_regdom=VN\n"


def test_a_card_that_is_written_again_is_a_new_instance(card):
    make(card)
    first = orders(card, "meta-data")
    again = make(card, "--hostname", "cong-sau")

    assert again.returncode == 0, again.stderr
    assert (orders(card)["hostname"], orders(card, "meta-data") != first) == ("cong-sau", True)


def test_what_is_not_asked_for_any_more_is_gone_from_the_card(card):
    make(card, "--wifi", "Lan", "--wifi-password-stdin", typed=f"{PASSWORD}\n")
    make(card)

    assert not list((card / "entrance-kiosk").glob("*.nmconnection"))


def test_with_no_key_nobody_can_log_in(card):
    make(card)

    assert (orders(card)["users"], orders(card)["ssh_pwauth"]) == ([], False)


def test_a_technician_logs_in_by_key_only(card, tmp_path):
    key = (
        Ed25519PrivateKey.generate()
        .public_key()
        .public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH)
        .decode()
    )
    (tmp_path / "id.pub").write_text(f"{key} technician\n")
    make(card, "--ssh-key", "id.pub")

    (account,) = orders(card)["users"]
    assert account["ssh_authorized_keys"] == [f"{key} technician"]
    assert (account["name"], account["lock_passwd"]) == ("technician", True)


def test_of_a_password_for_the_console_the_card_has_a_hash_only(card):
    made = make(card, "--console-password-stdin", typed=f"{PASSWORD}\n")

    assert made.returncode == 0, made.stderr
    (account,) = orders(card)["users"]
    assert (account["lock_passwd"], "ssh_authorized_keys" in account) == (False, False)
    assert orders(card)["ssh_pwauth"] is False
    scheme, salt = account["passwd"].split("$")[1:3]
    assert (scheme, account["passwd"]) == ("6", _hashed(salt))
    assert b"khau" not in b"".join(everything(card).values())


def _hashed(salt):
    asked = ("openssl", "passwd", "-6", "-salt", salt, "-stdin")
    return subprocess.run(asked, input=PASSWORD, capture_output=True, text=True, check=True).stdout.strip()


def test_the_networks_password_comes_before_that_of_the_console(card):
    both = ("--wifi", "Lan", "--wifi-password-stdin", "--console-password-stdin")
    made = make(card, *both, typed=f"{PASSWORD}\nkhac han the\n")

    assert made.returncode == 0, made.stderr
    network = (card / "entrance-kiosk" / "entrance-kiosk-wifi.nmconnection").read_text()
    assert "psk=mat\\skhau" in network
    assert orders(card)["users"][0]["passwd"] != _hashed(orders(card)["users"][0]["passwd"].split("$")[2])


def test_a_password_with_accents_is_refused_and_not_told(card):
    said = refused(card, "--console-password-stdin", typed="mật khẩu dài\n")

    assert "without accents" in said
    assert "khẩu" not in said


def test_who_has_no_way_to_log_in_hears_of_both(card):
    said = make(card).stdout

    assert "nobody can log in" in said
    assert "--ssh-key" in said
    assert "--console-password" in said


def test_all_that_is_wrong_is_told_at_once_and_nobody_is_asked_for_a_password(card):
    made = make(
        card / "no", "--hostname", "Cổng", "--login", "root", "--enrol", "nowhere", "--wifi", "Lan"
    ).stderr.splitlines()

    assert [line.split()[0] for line in made] == ["card", "--enrol", "--hostname", "--login"]


def test_without_a_folder_the_command_says_so_in_one_line(card):
    assert run("card", "--package", PACKAGE).stderr == (
        "card: DIR is missing; name where the card's partition `bootfs` is mounted\n"
    )


def test_without_a_package_it_says_who_makes_one(card):
    said = run("card", str(card)).stderr

    assert said.startswith("--package is missing; ")
    assert "`make deb`" in said


def test_a_package_by_another_name_is_told_from_what_is_none(card, tmp_path):
    (tmp_path / "door.deb").write_bytes(b"!<arch>\nnothing\n")

    assert "give it back its name, as in entrance-kiosk_0.1.0_arm64.deb" in refused(
        card, "--package", "door.deb"
    )


def test_a_file_of_a_centre_is_refused_in_the_words_of_kiosk_enrol(card, tmp_path):
    (tmp_path / "box.enrol").write_text(json.dumps(admissions.admission(key="none")))
    enrolling = run("enrol", "--file", "box.enrol", "--data", str(tmp_path / "data")).stderr

    assert "make it anew" in enrolling
    assert refused(card, "--enrol", "box.enrol") == f"--enrol {enrolling}"


def test_a_private_key_is_left_where_it_is(card, tmp_path):
    private = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption())
    (tmp_path / "id").write_bytes(private)

    assert "private key" in refused(card, "--ssh-key", "id")


def test_the_networks_password_is_in_its_own_file_only(card):
    made = make(card, "--wifi", "Trạm nước", "--wifi-password-stdin", typed=f"{PASSWORD}\n")

    assert made.returncode == 0, made.stderr
    holders = [path.name for path, content in everything(card).items() if b"khau" in content]
    assert holders == ["entrance-kiosk-wifi.nmconnection"]
    assert "khau" not in made.stdout + made.stderr


def test_the_password_is_asked_for_twice_and_unseen(card):
    ours, theirs = os.openpty()
    program = subprocess.Popen(
        [BIN / "kiosk", "card", card, "--package", PACKAGE, "--wifi", "Lan"],
        cwd=card.parent,
        stdin=theirs,
        stdout=subprocess.PIPE,
        stderr=theirs,
        start_new_session=True,
    )
    os.close(theirs)
    seen = b""
    for prompt in (b"Password of the network: ", b"Once more: "):
        while not seen.endswith(prompt):
            seen += os.read(ours, 1024)
        os.write(ours, f"{PASSWORD}\n".encode())
    printed, _ = program.communicate(timeout=60)

    assert program.returncode == 0
    assert b"khau" not in seen + printed
    assert "psk=" in (card / "entrance-kiosk" / "entrance-kiosk-wifi.nmconnection").read_text()


def test_an_admission_gives_the_box_its_name(card, tmp_path):
    (tmp_path / "box.enrol").write_text(json.dumps(admissions.admission("cong-chinh")))
    make(card, "--enrol", "box.enrol")

    assert orders(card)["hostname"] == "cong-chinh"
    assert (card / "entrance-kiosk.enrol").read_bytes() == (tmp_path / "box.enrol").read_bytes()


def test_an_address_that_stays_is_for_the_cable_or_for_the_radio(card):
    fixed = ("--address", "192.168.1.20/24", "--gateway", "192.168.1.1", "--name-server", "1.1.1.1")
    make(card, *fixed)
    cable = (card / "entrance-kiosk" / "entrance-kiosk-wired.nmconnection").read_text()
    make(card, *fixed, "--wifi", "Lan", "--wifi-open")
    radio = (card / "entrance-kiosk" / "entrance-kiosk-wifi.nmconnection").read_text()

    for network in (cable, radio):
        assert "method=manual\naddress1=192.168.1.20/24,192.168.1.1\ndns=1.1.1.1;\n" in network
    assert not (card / "entrance-kiosk" / "entrance-kiosk-wired.nmconnection").exists()


def test_all_packages_of_a_folder_go_along(card, tmp_path):
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "python3-picamera2_0.3.31-1_all.deb").write_bytes(b"!<arch>\n")
    made = make(card, "--with-packages", "more")

    names = {path.name for path in (card / "entrance-kiosk" / "packages").iterdir()}
    assert names == {PACKAGE, "python3-picamera2_0.3.31-1_all.deb"}
    assert "needs a network" not in made.stdout


def test_without_them_the_technician_hears_that_a_network_is_needed(card):
    assert "the first boot needs a network" in make(card).stdout


def test_a_desktop_is_told(card):
    (card / "issue.txt").write_text("Raspberry Pi reference 2025-10-01, stage4\n")

    assert "Raspberry Pi OS Lite" in make(card).stdout


def test_anothers_orders_stay(card):
    (card / "user-data").write_text("#cloud-config\nhostname: nha\n")

    assert "another's orders" in refused(card)


def test_anothers_network_stays(card):
    (card / "network-config").write_text("network:\n  version: 2\n  wifis:\n    wlan0: {}\n")

    assert "another's orders" in refused(card)


def test_anothers_orders_go_when_told_so(card):
    (card / "user-data").write_text("#cloud-config\nhostname: nha\n")
    (card / "cmdline.txt").write_text(f"{CMDLINE.strip()} ds=nocloud;i=rpi-imager-17\n")
    made = make(card, "--replace")

    assert made.returncode == 0, made.stderr
    assert (orders(card)["hostname"], "ds=" in (card / "cmdline.txt").read_text()) == (
        "entrance-kiosk",
        False,
    )


@pytest.mark.parametrize(
    ("missing", "word"),
    [("config.txt", "config.txt"), ("cmdline.txt", "bootfs"), ("meta-data", "cloud-init")],
)
def test_another_folder_is_no_card(card, missing, word):
    (card / missing).unlink()

    assert word in refused(card)


def test_the_other_partition_is_told_from_the_right_one(card):
    (card / "config.txt").unlink()
    (card / "etc").mkdir()

    assert "the card's other partition" in refused(card)


@pytest.mark.parametrize(
    ("options", "word"),
    [
        (["--hostname", "Cổng 1"], "--hostname"),
        (["--zone", "Asia/Sai"], "--zone"),
        (["--locale", "tiếng Việt"], "--locale"),
        (["--country", "vn"], "--country"),
        (["--login", "root"], "--login"),
        (["--ssh-key", PACKAGE], "no public key"),
        (["--ssh-key", "nowhere.pub"], "nowhere.pub"),
        (["--enrol", PACKAGE], "make it anew: `collector enrol"),
        (["--enrol", "nowhere"], "nowhere"),
        (["--package", "nowhere_1_arm64.deb"], "nowhere_1_arm64.deb"),
        (["--package", "bootfs/config.txt"], "no Debian package"),
        (["--architecture", "amd64"], "arm64"),
        (["--address", "192.168.1.20"], "192.168.1.20/24"),
        (["--address", "192.168.1.255/24"], "the network's own"),
        (["--address", "192.168.1.20/24", "--gateway", "10.0.0.1"], "--gateway"),
        (["--address", "192.168.1.20/24", "--name-server", "dns"], "--name-server"),
        (["--gateway", "10.0.0.1"], "--address"),
        (["--wifi-open"], "--wifi"),
        (["--wifi", "Lan", "--wifi-open", "--wifi-password-stdin"], "one of the two"),
        (["--wifi", "Lan", "--wifi-password-stdin"], "--wifi-open"),
        (["--wifi", "Lan"], "no terminal to ask for the password; use --wifi-password-stdin"),
        (["--console-password"], "use --console-password-stdin"),
        (["--console-password-stdin"], "8 to 64 letters"),
        (["--with-packages", "nowhere"], "no such folder"),
        (["--with-packages", "bootfs"], "./entrance-kiosk_…_arm64.deb"),
        (["--wifi", "x" * 33, "--wifi-open"], "32 bytes"),
    ],
)
def test_what_is_wrong_is_told_before_anything_is_written(card, options, word):
    assert word in refused(card, *options)


def test_settings_are_looked_at_here_and_not_at_the_door(card, tmp_path):
    (tmp_path / "kiosk.toml").write_text('[door]\ndirectio = "in"\n')

    said = refused(card, "--settings", "kiosk.toml")
    assert said.startswith("settings file kiosk.toml: door.directio: ")
    assert "did you mean door.direction?" in said


def test_a_password_that_will_not_do_is_not_told(card):
    said = refused(card, "--wifi", "Lan", "--wifi-password-stdin", typed="ngắn\n")

    assert "8 to 63" in said
    assert "ngắn" not in said


@pytest.mark.parametrize(("name", "written"), [("Lan-5G", "Lan-5G"), ("12", "49;50;"), ("ộ", "225;187;153;")])
def test_a_networks_name_is_what_it_is_byte_for_byte(name, written):
    assert f"\nssid={written}\n" in keyfiles.wifi(Wifi(name), None)


def test_spaces_and_strokes_in_a_password_stay():
    assert "\npsk=mat\\skhau\\s\\\\\\sthu\\s1\n" in keyfiles.wifi(Wifi("Lan", PASSWORD), None)
