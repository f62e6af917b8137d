"""Where a demo is kept: a folder that is its own, and nobody else's."""

import subprocess
import sys

import pytest
from click.testing import CliRunner

from hardware.simulated.demo.command import demo
from hardware.simulated.demo.failing import DemoFailed
from hardware.simulated.demo.programs import STAND, Background
from hardware.simulated.demo.virtual import note_open
from tests.ports import free_port


@pytest.fixture
def claimed(tmp_path):
    """A folder that a demo runs in."""
    background = Background(tmp_path / "demo")
    background.claim()
    yield background
    background.release()


@pytest.fixture
def start(claimed):
    """Starts a program under a name, in a folder that a demo runs in."""
    started = []

    def starts(name):
        started.append(claimed.start(name, "sleep", "60"))
        return started[-1]

    yield starts
    for process in started:
        process.kill()
        process.wait()


def stand(folder):
    """What the stand says whose folder is refused."""
    done = subprocess.run(
        [sys.executable, "-m", "hardware.simulated.web", "--folder", folder, "--port", str(free_port())],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1, done.stderr
    return done.stderr


def run(*arguments):
    return CliRunner().invoke(demo, [str(one) for one in arguments])


def test_a_folder_of_somebody_is_left_as_it_is_by_the_stand_and_by_the_next_demo(tmp_path):
    (tmp_path / "thesis.txt").write_text("dear")
    (tmp_path / "running.json").write_text('{"stand": [1, 1]}')

    assert "holds something else than a demo" in stand(tmp_path)
    assert isinstance(run("--folder", tmp_path).exception, DemoFailed)
    assert {one.name for one in tmp_path.iterdir()} == {"thesis.txt", "running.json"}


def test_one_folder_is_of_one_stand(claimed, start, tmp_path):
    start(STAND)

    assert "a demo runs there" in stand(tmp_path / "demo")
    assert claimed.runs(STAND)


def test_a_folder_that_was_released_is_taken_over_and_emptied(claimed, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "kept").touch()
    (tmp_path / "demo" / "box").mkdir()
    (tmp_path / "demo" / "link").symlink_to(tmp_path / "elsewhere")
    claimed.release()

    claimed.claim()
    claimed.clear()

    assert [one.name for one in (tmp_path / "demo").iterdir()] == ["entrance-kiosk-demo"]
    assert (tmp_path / "elsewhere" / "kept").exists()
    assert (tmp_path / "demo").stat().st_mode & 0o777 == 0o700


def test_a_folder_that_cannot_be_a_demos_is_said(tmp_path):
    (tmp_path / "link").symlink_to(tmp_path)
    (tmp_path / "file").touch()

    for folder, why in ((tmp_path / "link", "is a link"), (tmp_path / "file" / "demo", "name another")):
        with pytest.raises(DemoFailed, match=why):
            Background(folder).claim()


def test_a_program_is_found_by_when_it_began_and_not_by_its_number_alone(start, tmp_path):
    process = start("sleeper")
    later = Background(tmp_path / "demo")
    assert later.runs("sleeper")

    listed = (tmp_path / "demo" / "running.json").read_text()
    (tmp_path / "demo" / "running.json").write_text(listed.replace("]", "1]"))
    assert later.stop_all() == 0
    assert process.poll() is None

    (tmp_path / "demo" / "running.json").write_text(listed)
    assert later.stop_all() == 1
    assert process.wait(0) < 0


def test_a_door_that_is_open_is_not_opened_again_and_no_morning_is_played_over_it(start, tmp_path):
    process = start(STAND)
    folder = tmp_path / "demo"
    assert "just opening" in str(run("--web", "--folder", folder).exception)

    told = {"page": "http://127.0.0.1:8080/", "centre": "http://127.0.0.1:8081/"}
    note_open(folder, **told, user="quanly", password="abc")
    said = run("--web", "--folder", folder).output
    assert "open already" in said
    assert all(one in said for one in (*told.values(), "user quanly password abc", "--stop --folder"))

    assert "a virtual door is open there" in str(run("--folder", folder).exception)
    assert process.poll() is None
