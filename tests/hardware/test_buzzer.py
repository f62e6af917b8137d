"""The sounder."""

from threading import Event, Thread

import pytest
from gpiozero.pins.mock import MockFactory, MockPWMPin

from hardware.buzzer import PlainBuzzer, TonalBuzzer
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
    opened = TonalBuzzer(pin_factory=pins)
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
    buzzer._tone(hz, 100)
    assert round(pin.frequency) == hz


@pytest.mark.parametrize(("volume", "duty"), [(100, 0.5), (50, 0.1020), (20, 0.0218)])
def test_a_softer_tone_has_shorter_pulses(buzzer, pin, volume, duty):
    buzzer._tone(1000, volume)
    assert pin.state == pytest.approx(duty, abs=0.0001)


def test_at_volume_0_nothing_sounds(buzzer, pin, stop):
    buzzer.play(Cue("quiet", (Beep(1000, 5), Beep(0, 5), Beep(1500, 5))), volume=0)
    assert buzzer.finish(SOON_S)
    assert tones(pin) == []


@pytest.mark.parametrize("volume", [-1, 101])
def test_a_volume_that_is_none_is_refused(buzzer, volume):
    with pytest.raises(ValueError, match="take 0 to 100"):
        buzzer.play(CUES["click"], volume)


def test_a_pin_of_a_buzzer_that_sounds_while_it_is_low_rests_high(pins):
    buzzer = TonalBuzzer(active_high=False, pin_factory=pins)
    buzzer._tone(1000, 20)
    sounding = pins.pin(18).state
    buzzer._tone(0, 0)
    assert (sounding, pins.pin(18).state) == (pytest.approx(1 - 0.0218, abs=0.0001), 1)
    buzzer.close()


def test_a_cue_is_finished_when_its_last_beep_is_over(buzzer, pin, stop):
    buzzer.play(Cue("up", (Beep(1000, 5), Beep(1500, 5))))
    assert buzzer.finish(SOON_S)
    assert (tones(pin), pin.frequency) == ([1000, 1500], None)


def test_a_cue_that_goes_on_is_not_finished(buzzer, pin, stop):
    buzzer.play(Cue("long", (Beep(600, 60_000),)))
    assert pin.heard.wait(SOON_S)
    assert not buzzer.finish(0)


def test_a_cue_that_nobody_plays_is_not_finished(buzzer):
    buzzer.play(CUES["click"])
    assert not buzzer.finish(0)


def test_a_buzzer_that_was_asked_for_nothing_is_finished(buzzer):
    assert buzzer.finish(0)


def test_a_cue_that_was_cut_short_by_another_is_finished_with_that(buzzer, pin, stop):
    buzzer.play(Cue("long", (Beep(600, 60_000),)))
    assert pin.heard.wait(SOON_S)
    buzzer.play(Cue("short", (Beep(2999, 1),)))
    assert buzzer.finish(SOON_S)
    assert tones(pin) == [600, 2999]


def test_whoever_waits_for_a_closed_buzzer_waits_no_longer(buzzer, pin):
    player = Thread(target=buzzer.run, args=(lambda _: None, Event()))
    player.start()
    buzzer.play(Cue("long", (Beep(600, 60_000),)))
    assert pin.heard.wait(SOON_S)
    buzzer.close()
    assert buzzer.finish(SOON_S)
    player.join(SOON_S)


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
        TonalBuzzer(pin_factory=pins)


def test_a_pin_that_does_not_exist_is_a_missing_device(pins):
    with pytest.raises(DeviceMissing, match=r"buzzer\.pin = 99"):
        TonalBuzzer(pin=99, pin_factory=pins)


def test_a_machine_without_pins_is_a_missing_device(monkeypatch):
    monkeypatch.setattr("gpiozero.Device.pin_factory", None)
    monkeypatch.setenv("GPIOZERO_PIN_FACTORY", "no-such-library")
    with pytest.raises(DeviceMissing, match="python3-lgpio"):
        TonalBuzzer()


class SwitchedPin(MockPWMPin):
    """Writes down when it went on and off."""

    def __init__(self, factory, info):
        self.levels = []
        super().__init__(factory, info)

    def _change_state(self, value):
        if super()._change_state(value):
            self.levels.append(bool(value))
            return True
        return False


@pytest.fixture
def plain():
    pins = MockFactory(pin_class=SwitchedPin)
    opened = PlainBuzzer(pin_factory=pins)
    stop = Event()
    player = Thread(target=opened.run, args=(lambda _: None, stop))
    player.start()
    yield opened, pins.pin(18)
    stop.set()
    player.join(SOON_S)
    opened.close()


TWICE = Cue("twice", (Beep(1000, 5), Beep(0, 5), Beep(1500, 5)))


@pytest.mark.parametrize("volume", [1, 20, 100])
def test_a_plain_buzzer_sounds_the_rhythm_at_any_volume(plain, volume):
    buzzer, pin = plain
    buzzer.play(TWICE, volume)
    assert buzzer.finish(SOON_S)
    assert pin.levels == [True, False, True, False]


def test_a_plain_buzzer_is_silent_at_volume_0(plain):
    buzzer, pin = plain
    buzzer.play(TWICE, 0)
    assert buzzer.finish(SOON_S)
    assert pin.levels == []


def test_tones_without_a_rest_between_are_one_on_a_plain_buzzer(plain):
    buzzer, pin = plain
    buzzer.play(Cue("glide", (Beep(1000, 5), Beep(1500, 5))))
    assert buzzer.finish(SOON_S)
    assert pin.levels == [True, False]


def test_a_plain_buzzer_may_sound_while_its_pin_is_low():
    pins = MockFactory(pin_class=MockPWMPin)
    buzzer = PlainBuzzer(active_high=False, pin_factory=pins)
    resting = pins.pin(18).state
    buzzer._tone(1000, 100)
    assert (resting, pins.pin(18).state) == (1, 0)
    buzzer.close()


def test_a_plain_buzzer_whose_pin_is_in_use_is_a_missing_device(buzzer, pins):
    with pytest.raises(DeviceMissing, match=r"buzzer\.pin = 18.*no other program"):
        PlainBuzzer(pin_factory=pins)


def test_the_simulated_buzzer_remembers_what_it_played():
    buzzer = SimulatedBuzzer()
    buzzer.play(CUES["welcome"])
    buzzer.play(CUES["click"])
    buzzer.close()
    assert buzzer.played == [CUES["welcome"], CUES["click"]]


def test_the_simulated_buzzer_remembers_how_loud():
    buzzer = SimulatedBuzzer()
    buzzer.play(CUES["welcome"], volume=20)
    buzzer.play(CUES["click"])
    buzzer.close()
    assert buzzer.volumes == [20, 100]


def test_the_memory_of_the_simulated_buzzer_is_bounded():
    buzzer = SimulatedBuzzer(pin=12)
    for _ in range(1000):
        buzzer.play(CUES["click"])
    buzzer.close()
    assert len(buzzer.played) == 256
