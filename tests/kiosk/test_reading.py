"""What `kiosk read` says of pictures, folders and the camera."""

import json
import re
import signal
import subprocess
import threading

import pytest

from hardware.simulated.codes import draw_code, write_code
from hardware.simulated.scanner import SimulatedScanner
from hardware.viewfinder import Viewfinder
from kiosk import reading
from kiosk.errors import DeviceMissing, SettingsError
from kiosk.glimpse import Glimpse
from kiosk.model import Source
from kiosk.reading import Drawings, Sightings, Teller, watch
from kiosk.reports import DeviceChange, KeyPress, Reading
from kiosk.store.holding import DOOR, Hold
from tests import people
from tests.kiosk.test_commands import kiosk
from tests.programs import BIN


@pytest.fixture
def folder(tmp_path):
    """A folder of a card, a payment code and a file that is no picture."""
    (deep := tmp_path / "pictures" / "deep").mkdir(parents=True)
    write_code(people.CCCD, deep / "card.png")
    write_code(people.PAYMENT, tmp_path / "pictures" / "shop.png")
    (tmp_path / "pictures" / "words.txt").write_text("no picture")
    return tmp_path / "pictures"


def card(*texts):
    return Reading(texts, Source.CAMERA)


class Script:
    """A scanner that says what it was told to, and ends."""

    last_frame_s = None

    def __init__(self, *said):
        self.said = said

    def run(self, report, stop):
        for one in self.said:
            if isinstance(one, Exception):
                raise one
            report(one)


FOUND = DeviceChange("scanner", present=True)
LOST = DeviceChange("scanner", present=False, problem="camera: no picture for 3 s; check the cable")


def test_all_pictures_of_a_folder_are_read_and_counted(folder):
    done = kiosk("read", folder)

    assert re.fullmatch(
        rf"{folder}/deep/card.png: visitor cccd, \d+ ms\n"
        rf"{folder}/shop.png: not for here payment_code, \d+ ms\n",
        done.stdout,
    )
    assert (done.returncode, done.stderr) == (0, "kiosk: 2 of 2 read\n")


def test_a_folder_without_a_picture_does_not_keep_the_others_from_being_read(folder, tmp_path):
    (empty := tmp_path / "empty").mkdir()

    done = kiosk("read", empty, folder / "shop.png")

    assert done.returncode == 2
    assert len(done.stdout.splitlines()) == 1
    assert done.stderr.splitlines() == [
        f"kiosk: {empty}: holds no picture that can be read; name another folder",
        "kiosk: 1 of 2 read",
    ]


def test_a_json_object_a_line_for_scripts(folder):
    first, second = (json.loads(line) for line in kiosk("read", "--json", folder).stdout.splitlines())

    assert first == {"path": f"{folder}/deep/card.png", "codes": [{"format": "cccd"}], "ms": first["ms"]}
    assert second["codes"] == [{"reason": "payment_code"}]


def test_json_holds_the_text_only_when_asked_for(folder):
    done = kiosk("read", "--json", "--text", folder / "deep")

    assert json.loads(done.stdout)["codes"] == [{"format": "cccd", "text": people.CCCD}]


def test_why_draws_a_png_for_each_picture(folder, tmp_path):
    write_code(people.CCCD, folder / "card.png")

    done = kiosk("read", "--why", tmp_path / "deep" / "drawings", folder)

    drawn = sorted(path.name for path in (tmp_path / "deep" / "drawings").iterdir())
    assert drawn == ["card-2.why.png", "card.why.png", "shop.why.png"]
    assert f", see {tmp_path}/deep/drawings/card-2.why.png\n" in done.stdout


def test_json_says_where_the_drawing_is(folder, tmp_path):
    done = kiosk("read", "--json", "--why", tmp_path, folder / "deep")

    assert json.loads(done.stdout)["why"] == f"{tmp_path}/card.why.png"


def test_drawings_are_no_pictures_of_the_next_time(folder):
    first = kiosk("read", "--why", folder, folder)
    again = kiosk("read", "--why", folder, folder)

    assert len(first.stdout.splitlines()) == len(again.stdout.splitlines()) == 2


def test_no_drawing_takes_the_place_of_another(tmp_path):
    drawings = Drawings(tmp_path)

    places = [drawings.place_for(tmp_path / name).name for name in ("a.png", "b/a.jpg", "A.png", "a-2.png")]

    assert places == ["a.why.png", "a-2.why.png", "A-3.why.png", "a-2-2.why.png"]


def test_a_name_as_long_as_a_disk_allows_can_be_drawn(tmp_path):
    write_code(people.CCCD, tmp_path / f"{'ế' * 83}.png")

    assert kiosk("read", "--why", tmp_path, tmp_path).returncode == 0


@pytest.mark.parametrize("where", ["file", "file/deep"])
def test_a_folder_that_cannot_be_drawn_into_is_one_line_with_a_remedy(folder, tmp_path, where):
    (tmp_path / "file").touch()

    with pytest.raises(SettingsError, match=r"--why .*; choose another folder"):
        reading.read_pictures([folder], Teller(), tmp_path / where)


def test_a_drawing_that_fails_is_one_line_with_a_remedy(folder, tmp_path):
    (tmp_path / "shop.why.png").mkdir()

    with pytest.raises(SettingsError, match=r"--why .*shop\.why\.png: Is a directory; choose another folder"):
        reading.read_pictures([folder / "shop.png"], Teller(), tmp_path)


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ([], "name pictures or folders, or give --camera"),
        (["--camera", "card.png"], "name pictures or folders, or give --camera"),
        (
            ["--camera", "--why", "drawings"],
            "--why: not with --camera; no picture of the camera is ever kept",
        ),
        (["card.png", "--seconds", "3"], "--seconds: only with --camera"),
        (["--camera", "--set", "devices.scanner=camara"], 'did you mean "camera"?'),
        (["--camera", "--config", "/none.toml"], "settings file /none.toml"),
    ],
)
def test_what_does_not_go_together_is_one_line_with_the_remedy(arguments, complaint, tmp_path):
    done = kiosk("read", *arguments, cwd=tmp_path)

    assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (2, "", 1)
    assert complaint in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_box_without_a_camera_says_what_to_do(tmp_path):
    done = kiosk("read", "--camera", "--data", tmp_path)

    assert (done.returncode, done.stdout) == (2, "")
    assert len([line for line in done.stderr.splitlines() if line.startswith("kiosk: camera: ")]) == 1
    assert "Traceback" not in done.stderr


def test_the_camera_of_a_running_door_is_left_alone(tmp_path):
    hold = Hold(tmp_path, DOOR)
    try:
        done = kiosk("read", "--camera", "--simulated", "--data", tmp_path)
    finally:
        hold.release()

    assert done.returncode == 2
    assert "in use by the running door; to read with it, stop the door" in done.stderr


def test_a_camera_that_sees_nothing_ends_in_time_without_a_word(tmp_path):
    done = kiosk("read", "--camera", "--simulated", "--seconds", "0.2", "--data", tmp_path)

    assert (done.returncode, done.stdout) == (0, "")


def test_control_c_ends_the_camera(tmp_path):
    door = subprocess.Popen(
        [BIN / "kiosk", "read", "--camera", "--simulated", "--data", tmp_path],
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with door:
        ready = door.stderr.readline()
        door.send_signal(signal.SIGINT)
        out, rest = door.communicate(timeout=20)

    assert "camera ready" in ready
    assert (door.returncode, out, rest) == (0, "", "")


def test_a_card_before_the_camera_is_told_once():
    scanner = SimulatedScanner(width_px=640, height_px=360, frames_per_s=60, viewfinder=Viewfinder())
    told = []
    threading.Thread(
        target=scanner.present, args=(draw_code(people.CCCD, module_px=4), 10), daemon=True
    ).start()

    watch(scanner, lambda seen, _: told.append(seen), 0.8)

    assert [seen for seen in told if not isinstance(seen, Glimpse)] == [(people.CCCD,)]


def test_a_change_is_told_and_a_repetition_is_not():
    told = []

    watch(
        Script(FOUND, card("a"), card("a"), KeyPress("1"), card("b", "a"), card("a", "b")),
        lambda *one: told.append(one),
    )

    assert [seen for seen, _ in told] == [("a",), ("a", "b")]


def test_a_camera_that_is_lost_later_is_told_and_awaited(capsys):
    told = []

    watch(Script(FOUND, LOST, FOUND, card("a")), lambda seen, _: told.append(seen))

    assert told == [("a",)]
    assert capsys.readouterr().err.splitlines()[1:] == [
        f"kiosk: {LOST.problem}",
        "kiosk: camera: found again",
    ]


def test_a_camera_that_is_not_there_ends_it():
    with pytest.raises(DeviceMissing, match="check the cable"):
        watch(Script(LOST), lambda *_: None)


def test_a_scanner_that_ends_at_once_ends_it():
    with pytest.raises(DeviceMissing, match="ended before its first picture"):
        watch(Script(), lambda *_: None)


@pytest.mark.parametrize("before", [(), (FOUND,)])
def test_a_bug_of_the_scanner_comes_through(before):
    with pytest.raises(ZeroDivisionError):
        watch(Script(*before, ZeroDivisionError()), lambda *_: None)


def test_silence_is_told_after_a_second(monkeypatch):
    monkeypatch.setattr(reading, "QUIET_S", 0.01)
    told = []

    class Silent(Script):
        def run(self, report, stop):
            super().run(report, stop)
            stop.wait(20)

    watch(Silent(FOUND, card("a")), lambda seen, _: told.append(seen), 0.3)

    assert told == [("a",), ()]


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ([(0.5, card("a"))], [(("a",), 0.5)]),
        ([(0.5, card("a")), (2.0, card("a"))], [(("a",), 0.5)]),
        ([(0.5, card("a")), (2.0, card("b"))], [(("a",), 0.5), (("b",), 1.5)]),
        ([(0.5, card("a")), (0.6, Glimpse.CUT), (0.7, card("a"))], [(("a",), 0.5)]),
        ([(0.5, card("a")), (1.6, None)], [(("a",), 0.5), ((), 1.1)]),
        (
            [(1.5, Glimpse.CUT), (1.6, Glimpse.TOO_DARK), (1.7, card("a"))],
            [(Glimpse.CUT, 1.5), (("a",), 0.2)],
        ),
        (
            [(1.5, Glimpse.CUT), (2.6, Glimpse.CUT), (3.7, Glimpse.TOO_DARK)],
            [(Glimpse.CUT, 1.5), (Glimpse.TOO_DARK, 2.2)],
        ),
    ],
)
def test_what_is_seen_is_told_when_it_changes_and_calmly(said, told):
    sightings = Sightings(0.0)

    changes = [
        (after_s, sightings.seen) for at_s, one in said if (after_s := sightings.take(one, at_s)) is not None
    ]

    assert [(seen, round(after_s, 6)) for after_s, seen in changes] == told


def test_the_camera_tells_kinds_and_no_text(capsys):
    teller = Teller()

    for seen in ((people.CCCD,), Glimpse.TOO_SMALL, ()):
        teller.tell_camera(seen, 1.25)

    assert capsys.readouterr().out.splitlines() == [
        "camera: visitor cccd, after 1250 ms",
        "camera: not read too_small, after 1250 ms",
        "camera: nothing, after 1250 ms",
    ]


def test_the_camera_tells_json(capsys):
    Teller(as_json=True, with_text=True).tell_camera((people.CCCD,), 1.25)

    assert json.loads(capsys.readouterr().out) == {
        "codes": [{"format": "cccd", "text": people.CCCD}],
        "glimpse": None,
        "after_ms": 1250,
    }
