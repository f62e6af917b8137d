"""A story of a door is recorded: what of it is worth looking at, and for how long."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from PIL import Image

from hardware.simulated.demo import recording
from hardware.simulated.demo.failing import DemoFailed
from hardware.simulated.demo.recording import Recording, morning_zone, stills


def line(state, name, reason=None, signs=()):
    return {"state": state, "reason": reason, "signs": list(signs), "screen": f"{name}.png"}


def shown(*told):
    return [still.screen.removesuffix(".png") for still in stills(told)]


def test_the_third_answer_of_a_kind_is_left_out():
    welcomes = [line("showing", name, "welcome") for name in "abc"]

    assert shown(*welcomes, line("showing", "d", "goodbye")) == ["a", "b", "d"]


def test_a_number_is_keyed_in_once():
    number = [line("typing", digit) for digit in "09"]
    welcome = line("showing", "welcome", "welcome")
    again = [line("typing", digit) for digit in "18"]

    assert shown(*number, welcome, *again) == ["0", "9", "welcome"]


def test_the_door_at_rest_is_shown_when_a_line_goes_and_when_it_comes():
    told = line("waiting", "cut", signs=["line_down"]), line("waiting", "restored")

    assert [still.ms for still in stills(told)] == [recording.SIGN_MS, recording.REST_MS]


def test_a_refusal_is_read_longer_than_a_welcome_and_a_whole_number_longer_than_a_digit():
    told = (
        *(line("typing", digit) for digit in "09"),
        line("showing", "welcome", "welcome"),
        line("showing", "refused", "payment_code"),
    )

    digit, number, welcome, refusal = (still.ms for still in stills(told))
    assert digit < number
    assert welcome < refusal


@pytest.mark.parametrize("hour", range(24))
def test_whenever_it_is_recorded_it_is_morning(hour):
    now = datetime(2026, 11, 30, hour, 59, tzinfo=UTC)

    at_the_door = now.astimezone(ZoneInfo(morning_zone(now)))

    assert (at_the_door.hour, at_the_door.minute) == (8, 59)
    assert abs(at_the_door.utcoffset()) <= timedelta(hours=12)


def test_the_moving_picture_holds_each_screen_as_it_was_drawn(tmp_path):
    told = [line("waiting", "001-waiting"), line("showing", "002-welcome", "welcome")]
    drawn = [Image.linear_gradient("L").convert("RGB"), Image.radial_gradient("L").convert("RGB")]
    screens = tmp_path / "screens"
    screens.mkdir()
    for picture, one in zip(drawn, told, strict=True):
        picture.save(screens / one["screen"])

    Recording(tmp_path / "made" / "here").keep(screens, told)

    with Image.open(tmp_path / "made" / "here" / "morning.webp") as moving:
        assert moving.n_frames == len(drawn)
        for number, picture in enumerate(drawn):
            moving.seek(number)
            assert moving.convert("RGB").tobytes() == picture.tobytes()


def test_pictures_of_somebody_who_never_recorded_here_stay(tmp_path):
    own = tmp_path / "001-holiday.png"
    own.touch()
    screens = tmp_path / "screens"
    screens.mkdir()
    Image.new("RGB", (8, 8)).save(screens / "001-waiting.png")

    Recording(tmp_path).keep(screens, [line("waiting", "001-waiting")])

    assert own.exists()


def test_a_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").touch()

    with pytest.raises(DemoFailed, match=r"--record .*/file/below: .*choose another folder"):
        Recording(tmp_path / "file" / "below")
