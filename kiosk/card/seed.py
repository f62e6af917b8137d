"""
What cloud-init is told: `user-data`, `meta-data` and `network-config` (its data source NoCloud).

All are JSON, which is YAML too and cannot be indented wrongly. No secret is in them, for the boot partition
opens on any computer, and cloud-init keeps copies; of a password for the console there is a slow hash, and it
opens nothing but a login at the box's own keyboard.
"""

import json
from importlib.resources import files
from typing import Any

from kiosk.card.asked import Asked

USER, META, NETWORK = "user-data", "meta-data", "network-config"
OURS = "# Written by `kiosk card`."
UNIT = "entrance-kiosk-first-boot.service"
SCRIPT = "/usr/local/lib/entrance-kiosk/first-boot.sh"
_GROUPS = ["adm", "sudo", "video", "netdev"]


def documents(asked: Asked, instance: str) -> dict[str, str]:
    """
    The files by their names, in the order in which they are to be written.

    Args:
        asked: What is wanted.
        instance: What no card was ever called before: cloud-init begins anew where it is new to it.
    """
    return {
        NETWORK: f"{OURS}\n{_json(_network())}",
        META: f"{OURS}\n{_json({'instance-id': instance, 'dsmode': 'local'})}",
        USER: f"#cloud-config\n{OURS}\n{_json(_orders(asked))}",
    }


def _orders(asked: Asked) -> dict[str, Any]:
    return {
        "hostname": asked.hostname,
        "manage_etc_hosts": True,
        "timezone": asked.zone,
        "locale": asked.locale,
        "ssh_pwauth": False,
        "disable_root": True,
        "users": [_account(asked)] if asked.has_login else [],
        "write_files": [
            _file(f"/etc/systemd/system/{UNIT}", "first-boot.service"),
            _file(SCRIPT, "first-boot.sh"),
        ],
        "runcmd": [
            # Raspberry Pi OS asks for a user on the screen until it has one.
            ["sh", "-c", "systemctl disable --now userconfig.service 2> /dev/null || true"],
            *([["sh", "-c", "systemctl enable --now ssh.service || true"]] if asked.keys else []),
            ["systemctl", "daemon-reload"],
            ["systemctl", "enable", UNIT],
            # Not waited for: it goes on until a network is there.
            ["systemctl", "start", "--no-block", UNIT],
        ],
    }


def _account(asked: Asked) -> dict[str, Any]:
    account: dict[str, Any] = {
        "name": asked.login,
        "groups": _GROUPS,
        "shell": "/bin/bash",
        "lock_passwd": not asked.console,
        "sudo": "ALL=(ALL) NOPASSWD:ALL",
    }
    if asked.keys:
        account["ssh_authorized_keys"] = list(asked.keys)
    if asked.console:
        # SSH does not ask for it (`ssh_pwauth`).
        account["passwd"] = asked.console
    return account


def _file(path: str, name: str) -> dict[str, str]:
    content = files(__package__).joinpath(name).read_text(encoding="utf-8")
    return {"path": path, "permissions": "0644", "content": content}


def _network() -> dict[str, Any]:
    """A cable gives what it gives; those with a password or an address are files of NetworkManager's."""
    return {"network": {"version": 2, "ethernets": {"eth0": {"dhcp4": True, "optional": True}}}}


def _json(document: dict[str, Any]) -> str:
    return f"{json.dumps(document, indent=1, ensure_ascii=False)}\n"
