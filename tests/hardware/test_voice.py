"""The voice, through SDL: its dummy driver takes the sound as a loudspeaker does, its disk driver writes it down."""

import logging
import shutil
import threading
import wave
from array import array
from math import sin
from pathlib import Path

import pygame
import pytest

from hardware.simulated.memory import REMEMBERED
from hardware.simulated.voice import Said, SimulatedVoice
from hardware.voice import NoVoice, RecordedVoice
from kiosk.errors import DeviceClosed
from tests.programs import eventually

RATE_HZ = 22_050
PEAK = 20_000


def record(path, seconds=0.2, peak=PEAK):
    """A tone as espeak-ng records: 16 bits, mono, 22050 Hz."""
    path.parent.mkdir(parents=True, exist_ok=True)
    samples = array("h", [round(peak * sin(n * 0.1)) for n in range(int(seconds * RATE_HZ))])
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, RATE_HZ, 0, "NONE", ""))
        file.writeframes(samples.tobytes())


@pytest.fixture
def phrases(tmp_path):
    folder = tmp_path / "phrases"
    record(folder / "vi" / "welcome.wav")
    return folder


@pytest.fixture
def dummy(monkeypatch):
    monkeypatch.setenv("SDL_AUDIODRIVER", "dummy")


@pytest.fixture
def no_loudspeaker(monkeypatch):
    """None is there; calling it plugs one in."""
    monkeypatch.setenv("SDL_AUDIODRIVER", "no-such-driver")
    return lambda: monkeypatch.setenv("SDL_AUDIODRIVER", "dummy")


@pytest.fixture
def disk(monkeypatch, tmp_path):
    """A file that every sample goes to, as fast as it can."""
    monkeypatch.setenv("SDL_AUDIODRIVER", "disk")
    monkeypatch.setenv("SDL_DISKAUDIOFILE", str(tmp_path / "heard.raw"))
    monkeypatch.setenv("SDL_DISKAUDIODELAY", "1")
    return tmp_path / "heard.raw"


@pytest.fixture
def voice(phrases):
    opened = RecordedVoice(folder=phrases)
    yield opened
    opened.close()


@pytest.fixture
def long(phrases):
    """A phrase as long as one may be."""
    record(phrases / "vi" / "waiting.wav", seconds=10)


@pytest.fixture
def reads(monkeypatch):
    """The files that were read, in their order."""
    read, really = [], pygame.mixer.Sound

    def reading(file):
        read.append(file.name)
        return really(file)

    monkeypatch.setattr("hardware.voice.pygame.mixer.Sound", reading)
    return read


def tried():
    """Once no attempt to open the loudspeaker goes on."""
    eventually(lambda: not [one for one in threading.enumerate() if one.name == "loudspeaker"])


def speaks():
    return pygame.mixer.Channel(0).get_busy()


def loudest(raw):
    samples = array("h", raw.read_bytes())
    return max(samples)


def test_a_phrase_is_said_to_its_end(dummy, voice):
    voice.say("welcome", "vi")
    assert speaks()
    eventually(lambda: not speaks())


def test_what_was_recorded_is_what_is_heard(disk, voice):
    voice.say("welcome", "vi")
    eventually(lambda: not speaks())
    voice.close()

    assert loudest(disk) == pytest.approx(PEAK, rel=0.1)


def test_half_the_volume_swings_by_a_third(disk, voice):
    """Half as loud to the ear, that is ten decibels less."""
    voice.say("welcome", "vi", volume=50)
    eventually(lambda: not speaks())
    voice.close()

    assert loudest(disk) == pytest.approx(PEAK * 0.315, rel=0.1)


def test_at_volume_0_nothing_is_said(dummy, voice):
    voice.say("welcome", "vi", volume=0)
    assert not speaks()


def test_a_new_phrase_cuts_the_one_being_said_short(dummy, voice, long):
    voice.say("waiting", "vi")
    said = pygame.mixer.Channel(0).get_sound()
    voice.say("welcome", "vi")
    assert said.get_num_channels() == 0
    assert pygame.mixer.Channel(0).get_sound().get_length() == pytest.approx(0.2, rel=0.1)


def test_a_phrase_that_was_never_recorded_cuts_it_short_too(dummy, voice, long):
    voice.say("waiting", "vi")
    voice.say("goodbye", "vi")
    assert not speaks()


def test_an_ogg_is_heard(disk, voice, phrases):
    """A fifth of a second at 20,000 of 32,767."""
    shutil.copy(Path(__file__).with_name("tone.ogg"), phrases / "vi" / "welcome.ogg")
    voice.say("welcome", "vi")
    eventually(lambda: not speaks())
    voice.close()

    assert loudest(disk) == pytest.approx(PEAK, rel=0.1)


def test_an_empty_phrase_is_silence(dummy, voice, long, caplog):
    voice.say("waiting", "vi")
    voice.say("", "vi")
    assert not speaks()
    assert not caplog.records


def test_an_ogg_is_said_before_a_wav(dummy, voice, phrases):
    """Only people make these. This one is none, which shows that it was taken."""
    (phrases / "vi" / "welcome.ogg").write_bytes(b"no sound")
    voice.say("welcome", "vi")
    assert not speaks()


@pytest.mark.parametrize("content", [b"", b"no sound", b"RIFF\x24\x00\x00\x00WAVEfmt "])
def test_a_file_that_is_no_recording_is_passed_over(dummy, voice, phrases, caplog, content):
    (phrases / "vi" / "welcome.wav").write_bytes(content)
    voice.say("welcome", "vi")
    assert "record it anew" in caplog.text


def test_a_phrase_that_was_never_recorded_is_told_once_with_the_remedy(dummy, voice, caplog):
    for _ in range(3):
        voice.say("goodbye", "vi")
    (told,) = [record.message for record in caplog.records]
    assert told.endswith("vi/goodbye: not recorded; record it, or run `kiosk phrases`")


def test_a_phrase_that_was_recorded_since_is_said(dummy, voice, phrases, caplog):
    caplog.set_level(logging.INFO)
    voice.say("goodbye", "vi")
    record(phrases / "vi" / "goodbye.wav")
    voice.say("goodbye", "vi")
    assert speaks()
    assert caplog.records[-1].message == "vi/goodbye works"


def test_a_missing_loudspeaker_is_told_once_and_passed_over(no_loudspeaker, voice, caplog):
    for _ in range(3):
        voice.say("welcome", "vi")
    (told,) = [record.message for phase in ("setup", "call") for record in caplog.get_records(phase)]
    assert "no loudspeaker" in told
    assert "devices.voice = none" in told


@pytest.fixture
def clock(monkeypatch):
    """A clock that stands still until it is moved."""
    now_s = [1000.0]
    monkeypatch.setattr("hardware.voice.monotonic", lambda: now_s[0])

    def move(seconds):
        now_s[0] += seconds

    return move


@pytest.mark.parametrize(("after_s", "is_tried"), [(59, False), (61, True)])
def test_a_missing_loudspeaker_is_tried_again_after_a_minute(no_loudspeaker, clock, voice, after_s, is_tried):
    voice.say("welcome", "vi")
    no_loudspeaker()
    clock(after_s)
    voice.say("welcome", "vi")
    tried()
    assert bool(pygame.mixer.get_init()) is is_tried


@pytest.mark.parametrize(("after_s", "is_tried"), [(3599, False), (3601, True)])
def test_one_that_stays_missing_is_tried_once_an_hour(no_loudspeaker, clock, voice, after_s, is_tried):
    for _ in range(10):
        voice.say("welcome", "vi")
        tried()
        clock(3601)
    voice.say("welcome", "vi")
    no_loudspeaker()
    clock(after_s)
    voice.say("welcome", "vi")
    tried()
    assert bool(pygame.mixer.get_init()) is is_tried


def test_nobody_waits_while_a_loudspeaker_is_looked_for(no_loudspeaker, clock, voice, monkeypatch):
    opens, begun = threading.Event(), threading.Event()

    def open_slowly():
        begun.set()
        assert opens.wait(30)
        raise pygame.error("still none")

    clock(61)
    monkeypatch.setattr("hardware.voice.pygame.mixer.init", open_slowly)
    voice.say("welcome", "vi")
    assert begun.wait(30)
    voice.say("welcome", "vi")
    opens.set()
    tried()


def test_a_loudspeaker_plugged_in_since_says_what_comes_then(no_loudspeaker, clock, voice):
    no_loudspeaker()
    clock(61)
    voice.say("welcome", "vi")
    tried()
    voice.say("welcome", "vi")
    assert speaks()


def test_closing_while_a_loudspeaker_is_looked_for_leaves_none_open(
    no_loudspeaker, clock, voice, monkeypatch
):
    really = pygame.mixer.init

    def open_late():
        eventually(lambda: voice._closed)
        really()

    no_loudspeaker()
    clock(61)
    monkeypatch.setattr("hardware.voice.pygame.mixer.init", open_late)
    voice.say("welcome", "vi")
    voice.close()
    tried()
    assert pygame.mixer.get_init() is None


def test_a_phrase_is_read_once(dummy, voice, reads):
    for _ in range(3):
        voice.say("welcome", "vi")
    assert reads == ["welcome.wav"]


def test_a_phrase_that_was_recorded_anew_is_read_anew(dummy, voice, phrases, reads):
    voice.say("welcome", "vi")
    record(phrases / "vi" / "welcome.wav", seconds=0.4)
    voice.say("welcome", "vi")
    assert pygame.mixer.Channel(0).get_sound().get_length() == pytest.approx(0.4, rel=0.1)


def test_a_phrase_kept_ready_takes_the_volume_of_the_moment(dummy, voice):
    voice.say("welcome", "vi", volume=50)
    voice.say("welcome", "vi", volume=100)
    assert pygame.mixer.Channel(0).get_sound().get_volume() == 1.0


def test_the_phrase_that_was_not_said_for_longest_makes_room(dummy, voice, phrases, reads, monkeypatch):
    monkeypatch.setattr("hardware.voice._MOST_KEPT", 2)
    for name in ("goodbye", "waiting"):
        record(phrases / "vi" / f"{name}.wav")
    for name in ("welcome", "goodbye", "welcome", "waiting", "welcome", "goodbye"):
        voice.say(name, "vi")
    assert reads == ["welcome.wav", "goodbye.wav", "waiting.wav", "goodbye.wav"]


def test_a_phrase_of_more_than_a_megabyte_is_said_and_not_kept(dummy, voice, long, reads):
    for _ in range(2):
        voice.say("waiting", "vi")
    assert speaks()
    assert reads == ["waiting.wav", "waiting.wav"]


def test_a_phrase_longer_than_ten_seconds_is_refused_and_told_once(dummy, voice, phrases, reads, caplog):
    record(phrases / "vi" / "waiting.wav", seconds=11)
    for _ in range(2):
        voice.say("waiting", "vi")
    (told,) = [record.message for record in caplog.records]
    assert told.endswith("waiting.wav: longer than 10 s; record it anew, shorter")
    assert reads == ["waiting.wav"]
    assert not speaks()


def test_a_file_too_large_for_a_phrase_is_not_even_read(dummy, voice, phrases, reads, caplog):
    (phrases / "vi" / "waiting.wav").write_bytes(bytes(4_000_001))
    voice.say("waiting", "vi")
    assert "longer than 10 s" in caplog.text
    assert reads == []


def test_the_loudspeaker_is_open_before_the_first_phrase_has_to_wait_for_it(dummy, voice):
    assert pygame.mixer.get_init() is not None


def test_the_screen_stays_open_when_the_voice_is_closed(dummy, voice, monkeypatch):
    monkeypatch.setenv("SDL_VIDEODRIVER", "dummy")
    pygame.display.init()
    try:
        voice.say("welcome", "vi")
        voice.close()
        assert pygame.display.get_init()
    finally:
        pygame.display.quit()


def test_the_voice_goes_on_when_the_screen_is_closed(dummy, voice, long, monkeypatch):
    monkeypatch.setenv("SDL_VIDEODRIVER", "dummy")
    pygame.display.init()
    voice.say("waiting", "vi")
    pygame.display.quit()
    assert speaks()


def test_closing_gives_the_loudspeaker_back_in_mid_phrase(dummy, voice, long):
    voice.say("waiting", "vi")
    voice.close()
    assert pygame.mixer.get_init() is None


def test_closing_twice_does_no_harm(voice):
    voice.close()
    voice.close()


@pytest.mark.parametrize("make", [RecordedVoice, SimulatedVoice])
def test_a_closed_voice_says_nothing(make, phrases):
    voice = make(folder=phrases)
    voice.close()
    with pytest.raises(DeviceClosed):
        voice.say("welcome", "vi")


@pytest.mark.parametrize("volume", [-1, 101])
def test_a_volume_that_is_none_is_refused(voice, volume):
    with pytest.raises(ValueError, match="take 0 to 100"):
        voice.say("welcome", "vi", volume)


def test_no_voice_opens_no_loudspeaker(dummy, phrases):
    voice = NoVoice(folder=phrases)
    voice.say("welcome", "vi")
    assert pygame.mixer.get_init() is None
    voice.close()


def test_the_simulated_voice_remembers_what_it_said_recorded_or_not(tmp_path):
    voice = SimulatedVoice(folder=tmp_path)
    voice.say("welcome", "vi")
    voice.say("", "vi")
    voice.say("hint.cut", "en", volume=20)
    assert voice.said == [Said("welcome", "vi", 100), Said("hint.cut", "en", 20)]


def test_the_memory_of_the_simulated_voice_is_bounded(tmp_path):
    voice = SimulatedVoice(folder=tmp_path)
    for _ in range(1000):
        voice.say("welcome", "vi")
    assert len(voice.said) == REMEMBERED
