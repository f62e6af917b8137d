"""
Inside a guest: does what the tests ask for over the second serial line, each order a JSON object on a line.

Orders, each with an `id` that its answers bear:
    run: Start a program, a list of its words; its lines are told as they come, and then how it ended.
    say: A line for the standard input of the program that was started under this `id`; None closes it.
    end: Send a signal to it.
    read: Tell what a file holds.
    write: Write `text` to a file.
"""

import json
import os
import subprocess
from pathlib import Path
from threading import Lock, Thread

LINE = "/dev/ttyS1"

_lock = Lock()
_line = os.open(LINE, os.O_RDWR | os.O_NOCTTY)
_programs = {}


def tell(**facts):
    """Tell the tests something."""
    rest = json.dumps(facts).encode() + b"\n"
    with _lock:
        while rest:
            rest = rest[os.write(_line, rest) :]


def run(number, words):
    """Start a program and tell what it says, standard error too."""
    try:
        program = subprocess.Popen(
            words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
    except OSError as error:
        tell(id=number, said=str(error))
        tell(id=number, ended=127)
        return
    _programs[number] = program

    def follow():
        for said in program.stdout:
            tell(id=number, said=said.rstrip("\n"))
        tell(id=number, ended=program.wait())

    Thread(target=follow, daemon=True).start()


def do(order):
    """Do one order."""
    match order:
        case {"id": number, "run": words}:
            run(number, words)
        case {"id": number, "say": None}:
            _programs[number].stdin.close()
        case {"id": number, "say": said}:
            _programs[number].stdin.write(said + "\n")
            _programs[number].stdin.flush()
        case {"id": number, "end": signal}:
            _programs[number].send_signal(signal)
        case {"id": number, "read": path}:
            tell(id=number, text=Path(path).read_text())
        case {"id": number, "write": path, "text": text}:
            Path(path).write_text(text)
            tell(id=number, text="")


tell(up=float(Path("/proc/uptime").read_text().split()[0]))
with open(_line, "rb", buffering=0, closefd=False) as line:
    while order := line.readline():
        asked = json.loads(order)
        try:
            do(asked)
        except (OSError, ValueError) as error:
            # Who no longer listens has ended, and that was told.
            tell(id=asked["id"], problem=str(error))
