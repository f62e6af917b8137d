"""What the door stands on: its clock, its processor and power, and who starts it anew when it hangs."""

import ctypes
import os
import re
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from kiosk import machine
from kiosk.checking.programs import answer, is_run_by_systemd
from kiosk.clock import SYNCHRONISED_FLAG, stamp_named
from kiosk.findings import Finding, State

HOT_C = 80.0
"""From here on the firmware slows the processor down (raspberrypi.com, config.txt: temp_limit)."""
WATCHDOG = Path("/sys/class/watchdog/watchdog0/state")
UNITS = ("kiosk", "mqtt-bridge")
_LONGEST_WATCHDOG_S = 15
"""The Pi's timer cannot be set to more; asked for more, some kernels arm none at all."""
_LOUD_PPM = 200
"""A crystal that is off by more will not keep the time when the network is away."""
_OLD_S = 24 * 3600
_SPANS = {"us": 1e-6, "ms": 1e-3, "s": 1, "min": 60, "h": 3600}


def clock(flag: str) -> Finding:
    """
    Whether anybody has set the clock, who, and how well it runs by itself.

    Args:
        flag: `clock.flag` of the settings.
    """
    now = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    if not flag:
        return Finding("clock", State.OK, f"{now}; taken for right, since clock.flag is empty")
    set_by = "systemd-timesyncd" if flag == str(SYNCHRONISED_FLAG) else flag
    stamp = stamp_named(flag)()
    if stamp is None:
        remedy = "let NTP (UDP 123) through, or name a time server of yours in /etc/systemd/timesyncd.conf"
        return Finding("clock", State.WARNING, f"{now}, and nobody has set it since the boot; {remedy}")
    ago_s = max(0.0, time.time() - stamp / 1e9)
    says = f"{now}, set by {set_by}"
    drift = drift_ppm()
    if drift is not None:
        says += f", runs {abs(drift):.0f} ppm {'slow' if drift > 0 else 'fast'} by itself"
    if ago_s > _OLD_S:
        return Finding("clock", State.WARNING, f"{says}; not for {ago_s / 3600:.0f} h: see the network")
    if drift is not None and abs(drift) > _LOUD_PPM:
        remedy = "right as long as the network is there; a clock module (RTC) helps"
        return Finding("clock", State.WARNING, f"{says}; {remedy}")
    return Finding("clock", State.OK, says)


def processor() -> Iterator[Finding]:
    """Temperature, and why the firmware had to slow down; nothing where the machine does not say."""
    degrees = machine.temperature_c()
    if degrees is not None:
        says = f"{degrees:.0f} °C"
        if degrees >= HOT_C:
            remedy = "too hot: give it air and shade, dust its cooler off"
            yield Finding("processor", State.WARNING, f"{says}; {remedy}")
        else:
            yield Finding("processor", State.OK, says)
    bits = machine.Throttled().bits()
    if bits is not None:
        yield power(bits)


def power(bits: int) -> Finding:
    """
    What the bits of `vcgencmd get_throttled` mean, in words.

    Args:
        bits: 0 to 3 of now, 16 to 19 since the boot.
    """
    now = [words for bit, words in machine.THROTTLING.items() if bits >> bit & 1]
    before = [words for bit, words in machine.THROTTLING.items() if bits >> (bit + 16) & 1]
    told = [f"{words} now" for words in now]
    told += [f"{words} since the boot" for words in before if words not in now]
    if not told:
        return Finding("power", State.OK, "enough, now and since the boot")
    weak = (bits | bits >> 16) & 1
    remedy = (
        "use the Pi's own power supply (5.1 V, 3 A; 5 A for a Pi 5) and a short cable"
        if weak
        else "give it air and shade, dust its cooler off"
    )
    return Finding("power", State.WARNING, f"{', '.join(told)}; {remedy}")


def watchdog(state: Path = WATCHDOG) -> Finding:
    """Whether the machine starts anew by itself when it hangs as a whole."""
    told = answer("systemctl", "show", "--property=RuntimeWatchdogUSec", "--value") or ""
    armed_s = seconds(told)
    remedy = "RuntimeWatchdogSec=14s in /etc/systemd/system.conf.d, then start the box anew"
    try:
        found = state.read_text(encoding="ascii").strip()
    except OSError:
        there = state.parent.exists() or Path("/dev/watchdog0").exists()
        found = "" if there else "none"
    if found == "none":
        return Finding("watchdog", State.WARNING, "this machine has none; a hang needs a hand")
    if not armed_s:
        return Finding("watchdog", State.WARNING, f"not armed; {remedy}")
    if armed_s > _LONGEST_WATCHDOG_S:
        return Finding("watchdog", State.WARNING, f"set to {armed_s:.0f} s, too long for a Pi; {remedy}")
    if found == "inactive":
        return Finding("watchdog", State.WARNING, f"set to {armed_s:.0f} s, but does not run; {remedy}")
    return Finding("watchdog", State.OK, f"starts the machine anew after {armed_s:.0f} s of silence")


def services() -> Iterator[Finding]:
    """Whether door and bridge run, where there is somebody who runs them."""
    if not is_run_by_systemd():
        return
    yield watchdog()
    said = answer("systemctl", "is-active", *UNITS)
    if said is None:
        yield Finding("services", State.WARNING, "systemctl does not answer; run this on the box itself")
        return
    told = dict(zip(UNITS, said.splitlines(), strict=False))
    idle = [unit for unit, state in told.items() if state != "active"]
    says = ", ".join(f"{unit} {state}" for unit, state in told.items())
    if idle:
        remedy = f"sudo systemctl enable --now {' '.join(idle)}; journalctl -u {idle[0]} tells why it ended"
        yield Finding("services", State.WARNING, f"{says}; {remedy}")
    else:
        yield Finding("services", State.OK, says)


class _Timex(ctypes.Structure):
    """The head of `struct timex` (adjtimex(2)); what follows is never looked at."""

    _fields_ = (
        ("modes", ctypes.c_uint),
        ("offset", ctypes.c_long),
        ("freq", ctypes.c_long),
        ("rest", ctypes.c_byte * 256),
    )


def drift_ppm() -> float | None:
    """
    By how much the kernel quickens the clock, in millionths, as the time service has found; None for not yet.

    The clock by itself is slow by that where it is above 0.
    """
    told = _Timex()
    try:
        asked = ctypes.CDLL(None, use_errno=True).adjtimex(ctypes.byref(told))
    except (OSError, AttributeError):
        return None
    return told.freq / 65536 if asked >= 0 and told.freq else None


def seconds(span: str) -> float:
    """A span as systemd prints it, such as `1min 30s`; 0 for `0`, `infinity` and what is none."""
    parts = re.findall(r"([0-9.]+)(us|ms|s|min|h)\b", span)
    return sum(float(number) * _SPANS[unit] for number, unit in parts)


def release() -> str:
    """The machine's processor and system, in a few words."""
    try:
        lines = Path("/etc/os-release").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    named = [line.partition("=")[2].strip('"') for line in lines if line.startswith("PRETTY_NAME=")]
    return f"{named[0] if named else os.uname().sysname}, {os.uname().machine}"
