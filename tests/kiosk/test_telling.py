"""The command `kiosk say`."""

import signal
import subprocess

import pytest

from hardware.simulated.buzzer import SimulatedBuzzer
from hardware.simulated.lamp import SimulatedLamp
from kiosk import telling
from kiosk.cues import CUES
from kiosk.errors import DeviceClosed, DeviceLost, SettingsError
from kiosk.signals import Beep
from kiosk.store.holding import DOOR, Hold
from tests.programs import BIN, PATIENCE_S, Program

GLOWS = {
    "welcome": "green",
    "goodbye": "blue",
    "already": "amber",
    "refused": "red",
    "alarm": "red blinking",
    "on_duty": "green",
    "off_duty": "blue",
    "taken_back": "amber",
    "identify": "white blinking",
    "hint": "amber breathing",
    "click": "white",
    "erase": "white",
}


def kiosk(*arguments):
    return subprocess.run(
        [BIN / "kiosk", "say", *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        stdin=subprocess.DEVNULL,
    )


@pytest.fixture
def box(monkeypatch):
    """The devices that were made, by their kind; they can be looked at when the command is over."""
    made = {}
    kinds = {"buzzer": SimulatedBuzzer, "lamp": SimulatedLamp}

    def find(kind, _name):
        return lambda **options: made.setdefault(kind, kinds[kind](**options))

    monkeypatch.setattr(telling, "find", find)
    made["kinds"] = kinds
    return made


def say(*arguments):
    options = ("--set", "devices.buzzer=simulated", "--set", "devices.lamp=simulated")
    telling.say.main([*arguments, *options], standalone_mode=False)


@pytest.mark.parametrize("name", CUES)
def test_every_cue_has_a_meaning(name):
    assert telling.MEANINGS[name]


@pytest.mark.parametrize(("name", "shown"), GLOWS.items())
def test_the_lamp_glows_as_at_the_door(name, shown):
    assert str(telling.glow(CUES[name])) == shown


def test_every_cue_glows():
    assert GLOWS.keys() == CUES.keys()


def test_a_cue_sounds_once_and_the_lamp_shines_with_it(box):
    say("welcome")

    assert box["buzzer"].played == [CUES["welcome"]]
    assert [str(glow) for glow in box["lamp"].glows] == ["green"]


def test_several_cues_sound_in_turn_with_a_rest_between(box):
    say("click", "erase")

    first, second = box["buzzer"].played
    assert (first.name, first.beeps[-1].hz, second) == ("click", 0, CUES["erase"])


def test_it_sounds_as_loud_as_the_settings_say(box):
    say("click", "--set", "sound.volume=30")

    assert box["buzzer"].volumes == [30]


def test_buzzer_and_lamp_are_given_back(box):
    say("click")

    with pytest.raises(DeviceClosed):
        box["buzzer"].play(CUES["click"])
    with pytest.raises(DeviceClosed):
        box["lamp"].light(telling.glow(CUES["click"]))


def test_it_ends_when_the_last_beep_is_over(box):
    silences = []

    class Listening(SimulatedBuzzer):
        def _tone(self, hz, volume):
            super()._tone(hz, volume)
            silences.append(hz == 0)

        def finish(self, within_s):
            assert super().finish(within_s)
            silences.append("finished")
            return True

    box["kinds"]["buzzer"] = Listening
    say("welcome")

    # Silent at first; a tone, a rest, a tone; silence.
    assert silences[: silences.index("finished")] == [True, False, True, False, True]


def test_a_buzzer_that_does_not_come_to_an_end_is_told(box):
    class Endless(SimulatedBuzzer):
        def finish(self, within_s):
            return False

    box["kinds"]["buzzer"] = Endless
    with pytest.raises(DeviceLost, match="does not come to an end"):
        say("click")


def test_a_bug_in_the_buzzer_is_one(box):
    class Broken(SimulatedBuzzer):
        def _sound(self, beeps, volume, stop):
            raise ZeroDivisionError

    box["kinds"]["buzzer"] = Broken
    with pytest.raises(RuntimeError, match="the buzzer ended unasked"):
        say("click")


def test_names_beside_all_are_refused():
    with pytest.raises(SettingsError, match="not with --all"):
        say("click", "--all")


def test_without_a_cue_all_are_listed_and_none_sounds(box, capsys):
    say()

    listed = [line.split()[0] for line in capsys.readouterr().out.splitlines()]
    assert (listed, box.keys()) == (list(CUES), {"kinds"})


def test_all_cues_sound_in_turn_each_with_its_name(monkeypatch, box, capsys):
    short = {name: type(cue)(name, (Beep(1000, 1),)) for name, cue in CUES.items()}
    monkeypatch.setattr(telling.cues, "CUES", short)
    monkeypatch.setattr(telling, "_REST", Beep(0, 1))

    say("--all")

    listed = [line.split()[0] for line in capsys.readouterr().out.splitlines()]
    assert listed == [cue.name for cue in box["buzzer"].played] == list(CUES)


def test_a_cue_sounds_on_a_simulated_box():
    done = kiosk("welcome", "--simulated")

    assert (done.returncode, done.stdout) == (0, "welcome    somebody came in; the lamp is green\n")


@pytest.mark.parametrize(
    ("name", "remedy"), [("welcom", "did you mean welcome?"), ("xyz", "there are welcome, goodbye, already")]
)
def test_a_cue_that_is_none_is_told_with_the_remedy(name, remedy):
    done = kiosk(name)

    assert done.returncode == 2
    assert done.stderr.startswith(f"kiosk: say {name}: no such cue; {remedy}")


def test_at_volume_0_it_says_that_nothing_is_heard():
    done = kiosk("click", "--simulated", "--set", "sound.volume=0")

    assert (done.returncode, done.stderr) == (0, "kiosk: sound.volume = 0: nothing will be heard\n")


def test_a_running_door_keeps_its_buzzer(tmp_path):
    door = Hold(tmp_path, DOOR)

    done = kiosk("welcome", "--data", tmp_path)

    door.release()
    assert (done.returncode, done.stdout) == (2, "")
    assert "the running door has it; stop the door: sudo systemctl stop kiosk" in done.stderr


def test_a_box_without_pins_says_what_to_do(tmp_path):
    done = kiosk("welcome", "--data", tmp_path)

    assert done.returncode == 2
    assert "python3-lgpio" in done.stderr
    assert "Traceback" not in done.stderr


def test_it_can_be_stopped_in_mid_beep():
    program = Program(BIN / "kiosk", "say", "--simulated", "identify", "identify", "identify")
    assert program.lines.get(timeout=PATIENCE_S).startswith("identify")
    program.process.send_signal(signal.SIGINT)

    assert program._end() == 2
    assert not any("Traceback" in line for line in program.errors)
