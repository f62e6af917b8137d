"""The sounder."""

from threading import Event, Thread

import pytest
from gpiozero.pins.mock import MockFactory, MockPWMPin

from hardware.buzzer import GpioBuzzer
from hardware.simulated.buzzer import SimulatedBuzzer
from kiosk.cues import CUES
from kiosk.errors import DeviceClosed, DeviceMissing
from kiosk.signals import Beep, Cue

SOON_S = 5


class ListeningPin(MockPWMPin):
    """Writes down every tone, and can be waited for."""

    def __init__(self, factory, info):
        self.tones = []
        self.heard = Event()
        super().__init__(factory, info)

    def _set_frequency(self, value):
        super()._set_frequency(value)
        self.tones.append(value)
        if value:
            self.heard.set()


@pytest.fixture
def pins():
    return MockFactory(pin_class=ListeningPin)


@pytest.fixture
def buzzer(pins):
    opened = GpioBuzzer(pin_factory=pins)
    yield opened
    opened.close()


@pytest.fixture
def pin(buzzer, pins):
    pin = pins.pin(18)
    pin.tones.clear()
    pin.heard.clear()
    return pin


@pytest.fixture
def stop(buzzer):
    stop = Event()
    player = Thread(target=buzzer.run, args=(lambda _: None, stop))
    player.start()
    yield stop
    stop.set()
    player.join(SOON_S)
    assert not player.is_alive()


def tones(pin):
    return [round(tone) for tone in pin.tones if tone]


@pytest.fixture
def ended(pin):
    """Wait until a last short tone of 2999 Hz is heard."""

    def wait():
        done = Event()
        before = pin._set_frequency

        def watch(value):
            before(value)
            if value and round(value) == 2999:
                done.set()

        pin._set_frequency = watch
        return done

    return wait


def test_a_cue_sounds_its_tones_in_order(buzzer, pin, stop, ended):
    done = ended()
    buzzer.play(Cue("up", (Beep(1000, 5), Beep(0, 5), Beep(1500, 5), Beep(2999, 1))))
    assert done.wait(SOON_S)
    assert tones(pin)[:2] == [1000, 1500]


def test_a_rest_is_silent(buzzer, pin, stop, ended):
    done = ended()
    buzzer.play(Cue("rest", (Beep(1000, 5), Beep(0, 5), Beep(2999, 1))))
    assert done.wait(SOON_S)
    between = pin.tones[pin.tones.index(1000.0) + 1]
    assert between is None


def test_a_new_cue_cuts_the_sounding_one_short(buzzer, pin, stop, ended):
    done = ended()
    buzzer.play(Cue("long", (Beep(600, 60_000), Beep(700, 60_000))))
    assert pin.heard.wait(SOON_S)
    buzzer.play(Cue("short", (Beep(2999, 1),)))
    assert done.wait(SOON_S)
    assert 700 not in tones(pin)


def test_playing_returns_at_once_though_nobody_plays(buzzer):
    buzzer.play(Cue("long", (Beep(600, 60_000),)))


def test_the_end_of_the_door_silences_a_beep_in_the_middle(buzzer, pin):
    stop = Event()
    player = Thread(target=buzzer.run, args=(lambda _: None, stop))
    player.start()
    buzzer.play(Cue("long", (Beep(600, 60_000),)))
    assert pin.heard.wait(SOON_S)
    stop.set()
    player.join(SOON_S)
    assert not player.is_alive()
    assert pin.frequency is None


def test_closing_silences_a_beep_in_the_middle_and_ends_the_player(buzzer, pin):
    player = Thread(target=buzzer.run, args=(lambda _: None, Event()))
    player.start()
    buzzer.play(Cue("long", (Beep(600, 60_000),)))
    assert pin.heard.wait(SOON_S)
    buzzer.close()
    player.join(SOON_S)
    assert not player.is_alive()
    assert pin.frequency is None


def test_an_empty_cue_silences(buzzer, pin, stop, ended):
    buzzer.play(Cue("long", (Beep(600, 60_000),)))
    assert pin.heard.wait(SOON_S)
    done = ended()
    buzzer.play(Cue("nothing"))
    buzzer.play(Cue("mark", (Beep(2999, 1),)))
    assert done.wait(SOON_S)


def test_every_cue_of_the_door_can_be_sounded(buzzer):
    for cue in CUES.values():
        buzzer.play(cue)


@pytest.mark.parametrize("hz", [500, 3000])
def test_the_lowest_and_highest_tone_can_be_sounded(buzzer, pin, hz):
    buzzer._tone(hz)
    assert round(pin.frequency) == hz


@pytest.mark.parametrize("hz", [499, 3001])
def test_a_tone_that_older_ears_miss_is_refused(buzzer, hz):
    with pytest.raises(ValueError, match=f"{hz} Hz"):
        buzzer.play(Cue("shrill", (Beep(hz, 5),)))


def test_closing_twice_does_no_harm(buzzer):
    buzzer.close()
    buzzer.close()


def test_a_closed_buzzer_does_not_play(buzzer):
    buzzer.close()
    with pytest.raises(DeviceClosed):
        buzzer.play(Cue("late", (Beep(1000, 5),)))


def test_a_pin_in_use_is_a_missing_device_with_a_remedy(buzzer, pins):
    with pytest.raises(DeviceMissing, match=r"buzzer\.pin = 18.*no other program"):
        GpioBuzzer(pin_factory=pins)


def test_a_pin_that_does_not_exist_is_a_missing_device(pins):
    with pytest.raises(DeviceMissing, match=r"buzzer\.pin = 99"):
        GpioBuzzer(pin=99, pin_factory=pins)


def test_a_machine_without_pins_is_a_missing_device(monkeypatch):
    monkeypatch.setattr("gpiozero.Device.pin_factory", None)
    monkeypatch.setenv("GPIOZERO_PIN_FACTORY", "no-such-library")
    with pytest.raises(DeviceMissing, match="python3-lgpio"):
        GpioBuzzer()


def test_the_simulated_buzzer_remembers_what_it_played():
    buzzer = SimulatedBuzzer()
    buzzer.play(CUES["welcome"])
    buzzer.play(CUES["click"])
    buzzer.close()
    assert buzzer.played == [CUES["welcome"], CUES["click"]]


def test_the_memory_of_the_simulated_buzzer_is_bounded():
    buzzer = SimulatedBuzzer(pin=12)
    for _ in range(1000):
        buzzer.play(CUES["click"])
    buzzer.close()
    assert len(buzzer.played) == 256
