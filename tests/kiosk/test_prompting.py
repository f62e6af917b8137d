"""The command `kiosk pin`, on a terminal and in a script."""

import json
import os
import re
import subprocess

import pytest

from kiosk import config, pins
from tests.programs import BIN

PIN, OTHER = "482915", "730164"
LINE = re.compile(r'pin_hash = "(.*)"\n')


def in_a_script(typed, *arguments):
    return subprocess.run(
        [BIN / "kiosk", "pin", "--pin-stdin", *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        input=typed,
    )


def on_a_terminal(*answers):
    """What the command prints, and everything that is seen on the terminal where somebody types."""
    ours, theirs = os.openpty()
    program = subprocess.Popen(
        [BIN / "kiosk", "pin"], stdin=theirs, stdout=subprocess.PIPE, stderr=theirs, start_new_session=True
    )
    os.close(theirs)
    seen = b""
    for prompt, answer in answers:
        while not seen.endswith(f"{prompt}: ".encode()):
            seen += os.read(ours, 1024)
        os.write(ours, answer.encode())
    printed, _ = program.communicate(timeout=60)
    try:
        while more := os.read(ours, 1024):
            seen += more
    except OSError:
        # Nobody is at the other end any more.
        os.close(ours)
    return program.returncode, printed.decode(), seen.decode()


def guards(*hashes):
    table = [{"name": f"Bảo vệ {number}", "pin_hash": one} for number, one in enumerate(hashes, start=1)]
    pairs = ", ".join(
        "{" + ", ".join(f"{key} = {json.dumps(value)}" for key, value in one.items()) + "}" for one in table
    )
    return "--set", f"guards=[{pairs}]"


def test_a_pin_typed_twice_on_a_terminal_is_hashed():
    code, printed, _ = on_a_terminal(("PIN", f"{PIN}\n"), ("PIN once more", f"{PIN}\n"))

    assert code == 0
    assert pins.matches(PIN, [LINE.fullmatch(printed)[1]]) == 0


def test_a_pin_is_not_seen_while_it_is_typed():
    _, printed, seen = on_a_terminal(("PIN", f"{PIN}\n"), ("PIN once more", f"{PIN}\n"))

    assert PIN not in printed + seen


def test_a_slip_of_the_finger_is_noticed_and_asked_again():
    code, printed, seen = on_a_terminal(
        ("PIN", f"{PIN}\n"),
        ("PIN once more", f"{OTHER}\n"),
        ("PIN", f"{PIN}\n"),
        ("PIN once more", f"{PIN}\n"),
    )

    assert code == 0
    assert pins.matches(PIN, [LINE.fullmatch(printed)[1]]) == 0
    assert not {PIN, OTHER} & set(re.findall(r"\d+", seen))


def test_whoever_gives_up_gets_nothing():
    code, printed, _ = on_a_terminal(("PIN", "\x04"))

    assert (code, printed) == (2, "")


@pytest.mark.parametrize("typed", ["12345", "1234567", "048291", "48291a", "", "123456", "111111"])
def test_what_is_no_good_pin_is_refused_and_not_repeated(typed):
    done = in_a_script(f"{typed}\n")

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("kiosk: pin: ")
    assert not typed or typed not in done.stderr


def test_a_refused_pin_is_not_in_a_traceback_either():
    done = subprocess.run(
        [BIN / "kiosk", "--debug", "pin", "--pin-stdin"],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        input="048291\n",
    )

    assert "Traceback" in done.stderr
    assert "048291" not in done.stdout + done.stderr


def test_a_script_gives_the_pin_in_a_line():
    done = in_a_script(f"{PIN}\n")

    assert done.returncode == 0
    assert pins.matches(PIN, [LINE.fullmatch(done.stdout)[1]]) == 0


def test_the_line_is_one_of_a_guard_in_the_settings_file(tmp_path):
    line = in_a_script(f"{PIN}\n").stdout
    (file := tmp_path / "kiosk.toml").write_text(f'[[guards]]\nname = "Bảo vệ Thử"\n{line}', encoding="utf-8")

    assert config.load(file).guards[0].pin_hash == LINE.fullmatch(line)[1]


def test_the_guards_of_a_place_share_a_salt():
    """So that one slow hash tells whose a PIN is."""
    first = pins.hashed(PIN)

    done = in_a_script(f"{OTHER}\n", *guards(first))

    assert pins.salt_of(LINE.fullmatch(done.stdout)[1]) == pins.salt_of(first)


def test_a_pin_that_another_guard_has_is_refused_without_naming_anybody():
    done = in_a_script(f"{PIN}\n", *guards(pins.hashed(OTHER), pins.hashed(PIN)))

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "kiosk: pin: another guard in the settings has this PIN; choose another\n"


def test_a_hash_in_the_settings_that_cannot_be_read_does_no_harm():
    assert in_a_script(f"{PIN}\n", *guards("$argon2id$rubbish")).returncode == 0
