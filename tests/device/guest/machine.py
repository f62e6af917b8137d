"""
A whole machine under emulation: Debian's kernel on a processor, display, USB port, pins, watchdog and disk of its
own, and the plug to pull. What one waits for is waited for, with the patience that emulation needs.
"""

import contextlib
import itertools
import json
import queue
import shutil
import socket
import subprocess
import tempfile
import threading
import time
from pathlib import Path

from tests.device.container import CHECKOUT

MAKE_GUEST = Path(__file__).with_name("make-guest.sh")
MAKING_S = 1800
BOOT_S = 600
PATIENCE_S = 240.0
BATCH_S = 0.06
VIRTIOFSD = ("/usr/lib/qemu/virtiofsd", "/usr/libexec/virtiofsd")
LINES = "/sys/devices/platform/gpio-sim.0/gpiochip0"
"""Where the pins of the guest lie: `sim_gpio17/value` is what the guest drives, `pull` what a finger does."""


def make_guest():
    """
    The folder that guests see as their root; made first, in two to four minutes, if it is not there.

    Raises:
        AssertionError: If it cannot be made. The message holds what the recipe said last.
    """
    made = subprocess.run([MAKE_GUEST], capture_output=True, text=True, timeout=MAKING_S, check=False)
    assert made.returncode == 0, f"{MAKE_GUEST.name} failed ({made.returncode}):\n{made.stderr[-4000:]}"
    return Path(made.stdout.splitlines()[-1])


class Started:
    """
    A program that runs in a guest.

    Attributes:
        said: All lines that it has said so far.
    """

    def __init__(self, machine, number):
        self._machine, self._number = machine, number
        self._answers = machine.answers(number)
        self.said = []
        self.ended = None

    def say(self, *lines):
        """Give lines to its standard input."""
        for line in lines:
            self._machine.order(id=self._number, say=line)

    def close_input(self):
        """Let its standard input end."""
        self._machine.order(id=self._number, say=None)

    def signal(self, number):
        """Send it a signal."""
        self._machine.order(id=self._number, end=int(number))

    def until(self, wanted, patience_s=PATIENCE_S):
        """The next line that `wanted` is true of; those before it are passed over."""
        end = time.monotonic() + patience_s
        while (answer := self._next(end)) is not None:
            if "said" in answer and wanted(answer["said"]):
                return answer["said"]
        raise AssertionError(f"did not say it ({self.ended=}):\n" + "\n".join(self.said[-60:]))

    def wait(self, patience_s=PATIENCE_S):
        """Let it come to its end; what it said, whole."""
        end = time.monotonic() + patience_s
        while self._next(end) is not None:
            pass
        assert self.ended is not None, "still runs:\n" + "\n".join(self.said[-60:])
        return "\n".join(self.said)

    def last_words(self):
        """All that it said, on a machine that is off; what was on its way has arrived."""
        self._machine.until_silent()
        while self._next(time.monotonic()) is not None:
            pass
        return self.said

    def _next(self, end_s):
        if self.ended is not None:
            return None
        try:
            answer = self._answers.get(timeout=max(0.01, end_s - time.monotonic()))
        except queue.Empty:
            return None
        if "said" in answer:
            self.said.append(answer["said"])
        self.ended = answer.get("ended", 1 if "problem" in answer else None)
        return answer


class Machine:
    """
    A guest that is switched on; a context manager, at whose end it is switched off.

    Args:
        root: The folder that its root is.
        disk: A file with an ext4 that the guest has at /var/lib/entrance-kiosk; None for its memory.
        clock: What its clock says when it is switched on, such as `2000-01-01T00:00:00`; empty for the right time.
        words: Further words of the kernel's command line; `guest.init=systemd` for one with systemd.
        on_bite: What the board does when its watchdog bites: `pause`, which can be seen, or `reset`.
        memory_mb: How much of it.
    """

    def __init__(self, root, *, disk=None, clock="", words="", on_bite="pause", memory_mb=1536):
        self._root, self._disk, self._clock = root, disk, clock
        self._words, self._on_bite, self._memory_mb = words, on_bite, memory_mb
        self._numbers = itertools.count(1)
        self._answers = {}
        self._lock = threading.Lock()
        self._up = threading.Event()

    def __enter__(self):
        self._folder = Path(tempfile.mkdtemp(prefix="guest."))
        self._programs = contextlib.ExitStack()
        try:
            self._switch_on()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        self._programs.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    @property
    def console(self):
        """What the kernel, and whatever writes to the console, have said so far."""
        path = self._folder / "console"
        return path.read_text(errors="replace") if path.exists() else ""

    def start(self, *words):
        """Start a program in the guest."""
        started = Started(self, next(self._numbers))
        self.order(id=started._number, run=[str(word) for word in words])
        return started

    def run(self, *words, patience_s=PATIENCE_S):
        """Run a program in the guest to its end, which must be a good one; what it said."""
        program = self.start(*words)
        said = program.wait(patience_s)
        assert program.ended == 0, f"{words[0]} ended with {program.ended}:\n{said[-4000:]}"
        return said

    def shell(self, script, patience_s=PATIENCE_S):
        """Run a script of the shell; what it said, however it ended."""
        return self.start("/bin/sh", "-c", script).wait(patience_s).strip()

    def read(self, path):
        """What a file of the guest holds, without the line's end."""
        return self._asked(read=str(path)).strip()

    def write(self, path, text):
        """Write a file of the guest."""
        self._asked(write=str(path), text=text)

    def driven(self, pin):
        """What the guest drives a pin to: whether it is high."""
        return self.read(f"{LINES}/sim_gpio{pin}/value") == "1"

    def pull(self, pin, way):
        """Pull a pin from outside, `up` or `down`, as a key or a button does."""
        self.write(f"{LINES}/sim_gpio{pin}/pull", f"pull-{way}")

    def press(self, *keys):
        """Press and release keys of the keyboard on USB, by QEMU's names of them, as fast as a reader types."""
        strokes = [
            {"type": "key", "data": {"down": down, "key": {"type": "qcode", "data": key}}}
            for key in keys
            for down in (True, False)
        ]
        for batch in range(0, len(strokes), 8):
            self.qmp("input-send-event", events=strokes[batch : batch + 8])
            threading.Event().wait(BATCH_S)  # its queue holds sixteen strokes, and loses the rest

    def photograph(self, path):
        """Write what the monitor shows to a PNG."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self.qmp("screendump", filename=str(path), format="png")

    @property
    def status(self):
        """`running`, `watchdog` when that has bitten, `shutdown`, …."""
        return self.qmp("query-status")["status"]

    def cut_power(self):
        """Pull the plug: at once, in the middle of whatever it does."""
        self._qemu.kill()
        self._qemu.wait()

    def until_silent(self):
        """Wait until all has arrived that a machine has said that is off."""
        self._listener.join(PATIENCE_S)

    def until_up(self, patience_s=BOOT_S):
        """Wait until the guest takes orders (again)."""
        end = time.monotonic() + patience_s
        while not self._up.wait(0.5):
            assert self._qemu.poll() is None, f"the guest went off:\n{self.console[-4000:]}"
            assert time.monotonic() < end, f"the guest did not start:\n{self.console[-4000:]}"

    def expect_restart(self):
        """From now on `until_up` waits for the guest's next start."""
        self._up.clear()

    def order(self, **order):
        """Send an order; see `orders.py`."""
        with self._lock:
            self._line.sendall(json.dumps(order).encode() + b"\n")

    def answers(self, number):
        """Where the answers to an order arrive."""
        return self._answers.setdefault(number, queue.Queue())

    def qmp(self, command, **arguments):
        """Ask the emulator itself (QMP)."""
        with self._qmp_lock:
            self._qmp.write(json.dumps({"execute": command, "arguments": arguments}).encode() + b"\n")
            while True:
                answer = json.loads(self._qmp.readline())
                if "event" not in answer:
                    assert "return" in answer, answer
                    return answer["return"]

    def _asked(self, **order):
        number = next(self._numbers)
        answers = self.answers(number)
        self.order(id=number, **order)
        answer = answers.get(timeout=PATIENCE_S)
        assert "text" in answer, answer
        return answer["text"]

    def _switch_on(self):
        share = self._folder / "root"
        server = next(path for path in VIRTIOFSD if Path(path).exists())
        old = server == VIRTIOFSD[0]
        options = (
            ("-o", f"source={self._root}", "-o", "cache=always", "-o", "sandbox=chroot", "-o", "xattr")
            if old
            else ("--shared-dir", self._root, "--cache=always", "--sandbox=chroot", "--xattr")
        )
        self._start(server, f"--socket-path={share}", *options)
        _until(share.exists)
        self._qemu = self._start(*self._command(share))
        with self._connected("qmp") as qmp:
            self._qmp = qmp.makefile("rwb", buffering=0)
        self._programs.callback(self._qmp.close)
        self._qmp_lock = threading.Lock()
        self._qmp.readline()
        self.qmp("qmp_capabilities")
        self._line = self._programs.enter_context(self._connected("line"))
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()
        self.until_up()

    def _command(self, share):
        (kernel,) = (self._root / "boot").glob("vmlinuz-*")
        words = (
            f"console=ttyS0 root=rootfs rootfstype=virtiofs ro panic=-1 quiet mitigations=off {self._words}"
        )
        memory = f"{self._memory_mb}M"
        command = [
            *("qemu-system-x86_64", "-machine", "q35,i8042=off", "-accel", "tcg,thread=multi", "-cpu", "max"),
            *("-smp", "2", "-m", memory, "-display", "none", "-vga", "none", "-nic", "none"),
            *(
                "-object",
                f"memory-backend-memfd,id=memory,size={memory},share=on",
                "-numa",
                "node,memdev=memory",
            ),
            *("-chardev", f"socket,id=root,path={share}"),
            *("-device", "vhost-user-fs-pci,chardev=root,tag=rootfs"),
            *("-device", "virtio-gpu-pci,xres=1024,yres=600", "-device", "qemu-xhci", "-device", "usb-kbd"),
            *("-serial", f"file:{self._folder / 'console'}"),
            *("-chardev", f"socket,id=line,path={self._folder / 'line'},server=on,wait=off"),
            *("-serial", "chardev:line", "-qmp", f"unix:{self._folder / 'qmp'},server=on,wait=off"),
            *("-device", "i6300esb", "-action", f"watchdog={self._on_bite}"),
            *("-rtc", f"base={self._clock},clock=vm" if self._clock else "base=utc"),
            *(
                "-virtfs",
                f"local,path={CHECKOUT},mount_tag=door,security_model=none,readonly=on,multidevs=remap",
            ),
            *("-kernel", kernel, "-append", f"{words} init=/opt/begin.sh"),
        ]
        if self._disk:
            command += ["-drive", f"file={self._disk},if=virtio,format=raw,cache=none"]
        return command

    def _start(self, *command):
        output = self._programs.enter_context((self._folder / "said").open("ab"))
        program = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=output)
        self._programs.callback(program.wait)
        self._programs.callback(program.kill)
        return program

    def _connected(self, name):
        line = socket.socket(socket.AF_UNIX)

        def connects():
            assert self._qemu.poll() is None, (self._folder / "said").read_text()
            return line.connect_ex(str(self._folder / name)) == 0

        _until(connects)
        return line

    def _listen(self):
        with self._line.makefile("rb") as line, contextlib.suppress(OSError, ValueError):
            for told in line:
                try:
                    answer = json.loads(told)
                except ValueError:
                    continue  # the firmware's and the boot's own words
                if "up" in answer:
                    self._up.set()
                elif "id" in answer:
                    self.answers(answer["id"]).put(answer)


def _until(true, patience_s=PATIENCE_S):
    end = time.monotonic() + patience_s
    while not true():
        assert time.monotonic() < end, "did not come to pass in time"
        threading.Event().wait(0.05)
