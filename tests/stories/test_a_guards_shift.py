"""A guard at the keypad, and visitors who do not wait: a real door, driven by lines as a script would."""

import sqlite3

import pytest

from kiosk.pins import hashed
from kiosk.store.opening import FILE_NAME
from tests import people
from tests.programs import Door
from tests.stories.test_the_door import door

PIN, OTHER_PIN = "264819", "918273"
SALT = b"an invented salt"


@pytest.fixture
def settings(tmp_path):
    """A place whose guards key in numbers, in two languages, with short times."""
    file = tmp_path / "kiosk.toml"
    file.write_text(
        f"""
        [place]
        languages = ["vi", "en"]
        self_service = false
        [door]
        typing_s = 2.0
        result_s = 1.0
        language_s = 2.0
        [[guards]]
        name = "Lò Văn An"
        pin_hash = "{hashed(PIN, SALT)}"
        [[guards]]
        name = "Quàng Thị Bình"
        pin_hash = "{hashed(OTHER_PIN, SALT)}"
        """,
        encoding="utf-8",
    )
    return file


def written(data):
    """What the journal holds, in its order: direction, source, operator, and whether it takes one back."""
    with sqlite3.connect(data / FILE_NAME) as db:
        rows = db.execute(
            "SELECT direction, source, operator, corrects IS NOT NULL FROM entries WHERE kind = 'visit' ORDER BY sequence"
        ).fetchall()
    return [(direction, source, operator, bool(corrects)) for direction, source, operator, corrects in rows]


def play(tmp_path, settings, *lines):
    done, shown = door(tmp_path / "data", [*lines, "quit"], "--config", settings)
    assert done.returncode == 0, done.stderr
    assert PIN not in done.stdout + done.stderr
    return shown, [
        line["reason"] for line in shown if line["reason"] and line["cue"] not in {None, "click", "erase"}
    ]


def test_a_guards_whole_shift(tmp_path, settings):
    _, said = play(
        tmp_path,
        settings,
        "key 0912345678#",
        "wait 1.2",
        f"key *{PIN}#",
        "wait 1.2",
        "key 0912345678#",
        "wait 1.2",
        "key 014099000005#",
        "wait 1.2",
        "key 0912345678#",
        "wait 1.2",
        "key *3*",
        "wait 1.2",
        f"key {OTHER_PIN}#",
        "wait 1.2",
        "key 0987654321#",
        "wait 1.2",
        "key *0",
        "wait 1.2",
        "key 0912345678#",
    )

    assert said == [
        "guard_needed",
        "on_duty",
        "welcome",
        "welcome",
        "goodbye",
        "taken_back",
        "on_duty",
        "welcome",
        "off_duty",
        "guard_needed",
    ]
    an, binh = "Lò Văn An", "Quàng Thị Bình"
    assert written(tmp_path / "data") == [
        ("in", "keypad", an, False),
        ("in", "keypad", an, False),
        ("out", "keypad", an, False),
        ("in", "keypad", an, True),
        ("in", "keypad", binh, False),
    ]


def test_five_wrong_pins_lock_out_even_the_right_one(tmp_path, settings):
    wrong = ["key *111222#", "wait 0.2"] * 5

    _, said = play(tmp_path, settings, *wrong, f"key *{PIN}#", "wait 0.2")

    assert said == ["wrong_pin"] * 4 + ["locked"] * 2


def test_typing_that_is_left_is_forgotten_and_the_guard_begins_anew(tmp_path, settings):
    shown, said = play(
        tmp_path, settings, f"key *{PIN}#", "wait 1.2", "key 0912", "wait 2.3", "key 0987654321#", "wait 0.2"
    )

    assert said == ["on_duty", "welcome"]
    assert [line["state"] for line in shown].count("typing") >= 3
    assert len(written(tmp_path / "data")) == 1


def test_a_code_shown_while_a_guard_types_wins_and_the_number_goes_on(tmp_path, settings, house):
    card = house.card(people.CCCD)

    _, said = play(
        tmp_path,
        settings,
        f"key *{PIN}#",
        "wait 1.2",
        "key 09123",
        f"show {card}",
        "wait 1.2",
        "key 45678#",
        "wait 0.2",
    )

    assert said == ["on_duty", "welcome", "welcome"]
    assert [(source, operator) for _, source, operator, _ in written(tmp_path / "data")] == [
        ("camera", None),
        ("keypad", "Lò Văn An"),
    ]


def test_a_keypad_that_is_unplugged_in_the_middle_of_a_number_comes_back_to_it(tmp_path, settings):
    shown, said = play(
        tmp_path,
        settings,
        f"key *{PIN}#",
        "wait 1.2",
        "key 09123",
        "keypad lost",
        "key 9",
        "keypad found",
        "key 45678#",
        "wait 0.2",
    )

    assert said == ["on_duty", "welcome"]
    assert any("keypad_lost" in line["signs"] for line in shown)
    assert "keypad_lost" not in shown[-1]["signs"]


def test_two_visitors_in_three_seconds_are_both_greeted(tmp_path, settings, house):
    cards = [house.card(text) for text in (people.CCCD, people.CAN_CUOC)]

    _, said = play(tmp_path, settings, f"show {cards[0]}", "wait 0.5", f"show {cards[1]}", "wait 0.2")

    assert said == ["welcome", "welcome"]
    assert len(written(tmp_path / "data")) == 2


def test_a_key_changes_the_language_and_the_next_visitor_finds_the_first(tmp_path, settings, house):
    card = house.card(people.CCCD)

    shown, _ = play(tmp_path, settings, "key #", f"show {card}", "wait 3.5")

    assert next(line for line in shown if line["reason"] == "welcome")["language"] == "en"
    assert (shown[-1]["state"], shown[-1]["language"]) == ("waiting", "vi")


def test_a_visit_is_taken_back_and_the_visitor_comes_in_anew(tmp_path, settings, house):
    card = house.card(people.CCCD)

    _, said = play(
        tmp_path,
        settings,
        f"key *{PIN}#",
        "wait 1.2",
        f"show {card}",
        "wait 2.6",
        "key *3*",
        "wait 1.2",
        f"show {card}",
    )

    assert said == ["on_duty", "welcome", "taken_back", "welcome"]
    assert [(direction, taken) for direction, _, _, taken in written(tmp_path / "data")] == [
        ("in", False),
        ("out", True),
        ("in", False),
    ]


def test_whoever_is_asked_when_the_power_button_is_pressed_is_written_down(tmp_path, house):
    file = tmp_path / "kiosk.toml"
    file.write_text('[[questions]]\nid = "fever"\ntext = { vi = "Quý vị có sốt không?" }\n', encoding="utf-8")
    running = Door(tmp_path / "data", "--config", file)
    running.next(state="waiting")
    running.say(f"show {house.card(people.CCCD)}")
    running.next(state="asking")

    running.stop()

    assert written(tmp_path / "data") == [("in", "camera", None, False)]
