"""The command `kiosk phrases`, with espeak-ng as it is installed."""

import os
import shutil
import subprocess
import wave
from array import array

import pygame
import pytest

from hardware.voice import RecordedVoice
from kiosk import phrases, words
from kiosk.errors import SettingsError
from kiosk.glimpse import Glimpse
from kiosk.settings import Settings
from kiosk.words import Words
from tests.programs import BIN, eventually

ALL = [phrase for language in words.languages() for phrase in phrases.of(language)]
EACH = pytest.mark.parametrize("phrase", ALL, ids=lambda phrase: phrase.path)
SILENCE = 1000
"""Of 32,767."""


def kiosk(folder, *arguments, **more):
    return subprocess.run(
        [BIN / "kiosk", "phrases", "--set", f"voice.folder={folder}", *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        **more,
    )


def made(folder, **options):
    """What was done, by the path of the phrase."""
    done = phrases.record(folder, ("vi",), **options)
    return {phrase.path: what for phrase, what in done}


def sound(file):
    with wave.open(str(file)) as recording:
        samples = array("h", recording.readframes(recording.getnframes()))
        return samples, len(samples) / recording.getframerate()


@pytest.fixture(scope="module")
def everything(tmp_path_factory):
    """All phrases of all languages, made once."""
    folder = tmp_path_factory.mktemp("phrases")
    list(phrases.record(folder, tuple(words.languages())))
    return folder


@pytest.fixture
def two(monkeypatch):
    """A language of two phrases."""
    table = {"phrase.welcome": "Xin chào.", "phrase.hint.cut": "Mời đưa cả mã.", "hint.cut": "no phrase"}
    monkeypatch.setattr(words, "load", lambda language: Words(language, table))
    return table


@EACH
def test_a_phrase_is_heard(everything, phrase):
    samples, _ = sound(everything / phrase.path)

    assert max(samples) > SILENCE


@EACH
def test_a_phrase_takes_as_long_as_somebody_who_speaks_slowly(everything, phrase):
    """Two to five syllables a second; espeak-ng leaves some silence at the end of each sentence."""
    _, seconds = sound(everything / phrase.path)
    vowels = "".join(
        letter if letter.lower() in "aeiouy" or ord(letter) > 127 else " " for letter in phrase.text
    )
    syllables = len(vowels.split())

    assert syllables / 5 < seconds < syllables / 2 + 1.5


@EACH
def test_a_phrase_does_not_outlast_the_answer_on_the_screen(everything, phrase):
    samples, seconds = sound(everything / phrase.path)
    last = max(place for place, sample in enumerate(samples) if abs(sample) > SILENCE)

    assert last / len(samples) * seconds <= Settings().door.result_s


@EACH
def test_a_phrase_is_played_to_its_end(everything, phrase, monkeypatch, tmp_path):
    """Through the mixer into a file, as fast as it goes: all of it comes out, and is heard."""
    monkeypatch.setenv("SDL_AUDIODRIVER", "disk")
    monkeypatch.setenv("SDL_DISKAUDIOFILE", str(tmp_path / "heard.raw"))
    monkeypatch.setenv("SDL_DISKAUDIODELAY", "1")
    voice = RecordedVoice(folder=everything)
    voice.say(phrase.name, phrase.language)
    rate_hz, _, channels = pygame.mixer.get_init()
    eventually(lambda: not pygame.mixer.Channel(0).get_busy())
    voice.close()

    _, seconds = sound(everything / phrase.path)
    heard = array("h", (tmp_path / "heard.raw").read_bytes())
    assert len(heard) / channels / rate_hz >= seconds - 0.05
    assert max(heard) > SILENCE


def test_a_phrase_is_taken_by_a_loudspeaker(everything, monkeypatch):
    """SDL's dummy driver takes as long as one."""
    monkeypatch.setenv("SDL_AUDIODRIVER", "dummy")
    voice = RecordedVoice(folder=everything)
    voice.say("goodbye", "vi")
    assert pygame.mixer.Channel(0).get_busy()
    eventually(lambda: not pygame.mixer.Channel(0).get_busy())
    voice.close()


@EACH
def test_no_phrase_holds_a_name_or_a_number(phrase):
    """Nothing is filled in, and there is no digit."""
    assert not set("{}0123456789") & set(phrase.text)


@pytest.mark.parametrize("language", words.languages())
def test_every_language_says_the_same(language):
    assert {one.name for one in phrases.of(language)} == {one.name for one in phrases.of("vi")}


@pytest.mark.parametrize("glimpse", [one for one in Glimpse if one is not Glimpse.NOTHING])
def test_every_hint_is_said(glimpse):
    assert f"hint.{glimpse}" in {one.name for one in phrases.of("vi")}


def test_what_is_there_already_stays(two, tmp_path):
    made(tmp_path)
    before = (tmp_path / "vi" / "welcome.wav").stat().st_ino

    assert made(tmp_path) == {"vi/welcome.wav": "there", "vi/hint.cut.wav": "there"}
    assert (tmp_path / "vi" / "welcome.wav").stat().st_ino == before


def test_a_phrase_whose_words_have_changed_is_made_anew(two, tmp_path):
    made(tmp_path)
    before = (tmp_path / "vi" / "welcome.wav").read_bytes()
    two["phrase.welcome"] = "Kính chào quý khách."

    assert made(tmp_path) == {"vi/welcome.wav": "made", "vi/hint.cut.wav": "there"}
    assert (tmp_path / "vi" / "welcome.wav").read_bytes() != before


def test_a_phrase_that_was_deleted_is_made_again(two, tmp_path):
    made(tmp_path)
    (tmp_path / "vi" / "welcome.wav").unlink()

    assert made(tmp_path)["vi/welcome.wav"] == "made"


def test_another_speed_makes_all_anew(two, tmp_path, monkeypatch):
    made(tmp_path)
    monkeypatch.setattr(phrases, "WORDS_PER_MINUTE", 100)

    assert set(made(tmp_path).values()) == {"made"}


@pytest.mark.parametrize("name", ["welcome.wav", "welcome.ogg"])
@pytest.mark.parametrize("is_first", [True, False], ids=["before", "after"])
def test_a_recording_of_your_own_is_kept(two, tmp_path, name, is_first):
    if not is_first:
        made(tmp_path)
    own = tmp_path / "vi" / name
    own.parent.mkdir(exist_ok=True)
    own.write_bytes(b"your voice")

    assert made(tmp_path)["vi/welcome.wav"] == "yours"
    assert own.read_bytes() == b"your voice"


def test_a_recording_of_your_own_is_kept_when_the_words_change(two, tmp_path):
    made(tmp_path)
    (tmp_path / "vi" / "welcome.wav").write_bytes(b"your voice")
    two["phrase.welcome"] = "Kính chào quý khách."

    assert made(tmp_path)["vi/welcome.wav"] == "yours"


@pytest.mark.parametrize("name", ["welcome.wav", "welcome.ogg"])
def test_anew_takes_the_place_of_your_own(two, tmp_path, name):
    made(tmp_path)
    (tmp_path / "vi" / name).write_bytes(b"your voice")

    assert set(made(tmp_path, anew=True).values()) == {"made"}
    assert b"your voice" not in {file.read_bytes() for file in (tmp_path / "vi").iterdir()}


@pytest.mark.parametrize("at", [1, 2], ids=["manifest", "recording"])
def test_what_was_cut_short_in_the_middle_is_not_taken_for_your_own(two, tmp_path, monkeypatch, at):
    """Whichever file was about to take its place."""
    made(tmp_path)
    two["phrase.welcome"] = "Kính chào quý khách."
    replaced, calls = type(tmp_path).replace, []

    def replace(path, target):
        calls.append(path)
        if len(calls) == at:
            raise KeyboardInterrupt
        return replaced(path, target)

    with monkeypatch.context() as patch:
        patch.setattr("pathlib.Path.replace", replace)
        with pytest.raises(KeyboardInterrupt):
            made(tmp_path)

    assert made(tmp_path) == {"vi/welcome.wav": "made", "vi/hint.cut.wav": "there"}
    assert made(tmp_path) == {"vi/welcome.wav": "there", "vi/hint.cut.wav": "there"}


def test_no_half_of_a_recording_is_left(two, tmp_path):
    made(tmp_path)

    names = sorted(str(file.relative_to(tmp_path)) for file in tmp_path.rglob("*") if file.is_file())
    assert names == ["made.json", "vi/hint.cut.wav", "vi/welcome.wav"]


@pytest.mark.parametrize("content", ["", "[]", '{"vi/welcome.wav": 3}'])
def test_a_manifest_that_is_none_is_told_with_the_remedy(two, tmp_path, content):
    (tmp_path / "made.json").write_text(content)

    with pytest.raises(SettingsError, match=r"made\.json: is damaged; delete it"):
        made(tmp_path)


def test_a_language_that_espeak_does_not_speak_is_told_with_the_remedy(two, tmp_path):
    with pytest.raises(SettingsError, match=r"xx/welcome\.wav .*voice does not exist.*record .* yourself"):
        list(phrases.record(tmp_path, ("xx",)))


def test_the_command_makes_the_languages_of_the_place_and_says_their_words(tmp_path):
    done = kiosk(tmp_path, "--set", 'place.languages=["en"]')

    first = done.stdout.splitlines()[0]
    assert done.returncode == 0
    assert first == f"made  {tmp_path}/en/question.wav  {phrases.of('en')[0].text}"
    assert sorted(file.name for file in tmp_path.iterdir()) == ["en", "made.json"]


def test_without_espeak_the_remedy_is_told(tmp_path):
    done = kiosk(tmp_path, env={**os.environ, "PATH": "/none"})

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "kiosk: espeak-ng: not installed; install it: sudo apt install espeak-ng\n"


def test_espeak_is_not_missed_where_nothing_is_to_be_made(everything):
    done = kiosk(everything, env={**os.environ, "PATH": "/none"})

    assert done.returncode == 0
    assert {line.split()[0] for line in done.stdout.splitlines()} == {"there"}


def test_a_folder_that_cannot_be_written_is_told_with_the_remedy():
    done = kiosk("/proc/none")

    assert done.returncode == 2
    assert done.stderr.startswith("kiosk: voice.folder = /proc/none: ")
    assert len(done.stderr.splitlines()) == 1


def test_a_program_that_hangs_is_not_waited_for_for_ever(two, tmp_path, monkeypatch):
    (tmp_path / "espeak-ng").write_text("#!/bin/sh\nexec tail -f /dev/null\n")
    (tmp_path / "espeak-ng").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    monkeypatch.setattr(phrases, "_PATIENCE_S", 0.1)

    with pytest.raises(SettingsError, match="espeak-ng: said nothing for"):
        made(tmp_path / "phrases")


def test_a_program_that_says_nothing_makes_no_phrase(tmp_path):
    """As espeak-ng does, which ends well though it could write nothing."""
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "espeak-ng").symlink_to(shutil.which("true"))

    done = kiosk(tmp_path / "phrases", env={**os.environ, "PATH": str(tmp_path / "bin")})

    assert done.returncode == 2
    assert "does not say vi/question.wav (no sound)" in done.stderr
