"""`collector office`: one command, and a visitor at the door of this machine is on the page."""

import contextlib
import json
import socket
import subprocess
from dataclasses import dataclass

import pytest

from collector.office.services import BROKER_UNIT, ENVIRONMENT, Services
from hardware.simulated.codes import write_code
from tests import people
from tests.ports import free_port
from tests.programs import BIN, PATIENCE_S, Collector, Door, Program, collected, eventually

PLACE = "UBND phường Chiềng An"


class Machine:
    """A machine with nothing on it; its services are started by hand."""

    def __init__(self, folder):
        self.folder = folder
        self.centre, self.box = folder / "centre", folder / "box"
        self.port = free_port()
        self.running = contextlib.ExitStack()

    def set_up(self, *options, place=PLACE):
        options = (*options, "--data", self.centre, "--box-data", self.box, "--broker-port", str(self.port))
        return subprocess.run(
            [BIN / "collector", "office", place, "--no-services", *options],
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    def run(self, program):
        self.running.callback(program.stop)
        return program

    def start(self):
        """Broker, centre, road and door, as the command says that they are to be started."""
        self.run(Program("/usr/sbin/mosquitto", "-c", self.centre / "broker" / "mosquitto.conf"))
        eventually(self._answers)
        options = ("--mqtt-host", "localhost", "--mqtt-tls", "--web-port", str(free_port()))
        centre = self.run(Collector(self.centre, self.port, "serve", *options))
        assert "ready" in centre.lines.get(timeout=PATIENCE_S)
        self.run(Program(BIN / "mqtt-bridge", "run", "--data", self.box))
        return self.run(Door(self.box))

    def _answers(self):
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0


@pytest.fixture
def machine(tmp_path):
    made = Machine(tmp_path)
    with made.running:
        yield made


def lines(ended, state):
    """The steps of which this is told, in order."""
    assert ended.returncode == 0, ended.stderr
    return [line.split()[len(state.split())] for line in ended.stdout.splitlines() if line.startswith(state)]


ALL = ["folders", "broker", "database", "box", "account"]


def test_whoever_only_asks_hears_what_would_be_done_and_nothing_is(machine):
    told = machine.set_up("--dry-run")

    assert lines(told, "would do") == ALL
    assert not list(machine.folder.iterdir())


@dataclass
class Set:
    """A machine that was set up twice, once more when it had got an address, and again without a word of that."""

    machine: Machine
    first: subprocess.CompletedProcess
    again: subprocess.CompletedProcess
    later: subprocess.CompletedProcess
    last: subprocess.CompletedProcess
    before: str
    """The broker's settings before it had an address."""

    def settings(self):
        return (self.machine.centre / "broker" / "mosquitto.conf").read_text()


@pytest.fixture(scope="module")
def done(tmp_path_factory):
    machine = Machine(tmp_path_factory.mktemp("machine"))
    first, again = machine.set_up(), machine.set_up()
    before = (machine.centre / "broker" / "mosquitto.conf").read_text()
    later = machine.set_up("--host", "192.168.1.10")
    return Set(machine, first, again, later, machine.set_up(), before)


def test_all_is_done_once(done):
    assert lines(done.first, "done") == ALL
    assert lines(done.again, "there") == ALL


def test_the_password_is_shown_once(done):
    assert "Password, shown only now: " in done.first.stdout
    assert "Password" not in done.again.stdout


def test_one_account_manages_place_and_centre(done):
    command = [BIN / "collector", "user", "list", "--data", done.machine.centre]
    listed = subprocess.run(command, capture_output=True, text=True, check=True)

    assert listed.stdout == f"quanly: administrator; manager at {PLACE}\n"


def test_the_broker_of_a_lone_box_is_heard_on_this_machine_only(done):
    assert f"listener {done.machine.port} 127.0.0.1\n" in done.before


def test_an_address_that_comes_later_opens_the_broker_and_changes_nothing_else(done):
    assert lines(done.later, "done") == ["broker"]
    assert f"listener {done.machine.port}\n" in done.settings()
    assert "COLLECTOR_ENROLMENT=192.168.1.10:8884" in done.later.stdout


def test_an_address_that_is_not_said_again_stays(done):
    assert lines(done.last, "there") == ALL
    assert f"listener {done.machine.port}\n" in done.settings()


def test_the_box_of_this_machine_needs_no_network(done):
    box = json.loads((done.machine.box / "credentials" / "box.json").read_text())

    assert box["mqtt"] == {"host": "localhost", "port": done.machine.port, "tls": True}


def test_a_box_of_another_centre_stays_its_own(done, tmp_path):
    other = Machine(tmp_path)
    other.box = done.machine.box
    before = (other.box / "credentials" / "centre.json").read_bytes()
    ended = other.set_up()

    assert ended.returncode == 2
    assert "another centre's" in ended.stderr
    assert (other.box / "credentials" / "centre.json").read_bytes() == before
    assert not other.centre.exists()


def test_a_link_in_the_place_of_the_boxs_credentials_is_not_followed(machine):
    elsewhere = machine.folder / "elsewhere"
    for folder in (elsewhere, machine.box):
        folder.mkdir()
    (machine.box / "credentials").symlink_to(elsewhere)

    ended = machine.set_up()

    assert (ended.returncode, "a link, not a folder" in ended.stderr) == (2, True)
    assert not list(elsewhere.iterdir())


@pytest.mark.parametrize("content", ["[]", "{}", '"', '{"signing_keys": {"k1": "?"}}', "\xff"])
def test_credentials_that_are_damaged_are_an_error_in_words(machine, content):
    (machine.box / "credentials").mkdir(parents=True)
    (machine.box / "credentials" / "centre.json").write_text(content, encoding="latin-1")

    ended = machine.set_up("--dry-run")

    assert (ended.returncode, "Traceback" in ended.stderr) == (2, False)
    assert "centre.json: cannot be read; `kiosk enrol --forget` lets it go" in ended.stderr


def test_another_office_by_a_slip_of_the_pen_is_asked_about(done):
    ended = done.machine.set_up(place="UBND phường Chieng An")

    assert (ended.returncode, f"did you mean {PLACE}?" in ended.stderr) == (2, True)


def test_a_visitor_at_the_door_is_at_the_centre(machine):
    machine.set_up()
    door = machine.start()
    card = machine.folder / "card.png"
    write_code(people.CCCD, card)

    door.next(state="waiting", signs=[])
    door.say(f"show {card}")
    door.next(cue="welcome")

    eventually(lambda: collected(machine.centre)["total"] == 1)


class System:
    """Where the files of the system are, and the services that are told by them."""

    def __init__(self, root):
        self.root = root
        self.services = Services(root / "centre", {"COLLECTOR_MQTT_TLS": "1"}, root)
        self.environment = root / ENVIRONMENT.relative_to("/")
        self.unit = root / BROKER_UNIT.relative_to("/")

    def write(self):
        """What was done: the steps that were not done yet."""
        done = [step for step in self.services.files() if not step.is_done()]
        for step in done:
            step.do()
        return [step.name for step in done]


@pytest.fixture
def system(tmp_path):
    return System(tmp_path)


def test_what_the_service_was_told_before_stays(system):
    system.environment.parent.mkdir(parents=True)
    system.environment.write_text("COLLECTOR_MQTT_TLS=0\nCOLLECTOR_ADDRESS=https://vao.example.vn\n")
    system.write()

    assert (
        system.environment.read_text() == "COLLECTOR_ADDRESS=https://vao.example.vn\nCOLLECTOR_MQTT_TLS=1\n"
    )


def test_others_do_not_read_what_the_service_is_told(system):
    system.write()

    assert system.environment.stat().st_mode & 0o777 == 0o640


def test_debians_broker_runs_with_the_centres_settings_and_no_others(system):
    system.write()

    starts = [line for line in system.unit.read_text().splitlines() if line.startswith("ExecStart=")]
    assert starts[0] == "ExecStart="
    assert starts[1].endswith(f" -c {system.root}/centre/broker/mosquitto.conf")


def test_what_is_written_already_is_not_written_again(system):
    assert (system.write(), system.write()) == (["settings", "unit"], [])
