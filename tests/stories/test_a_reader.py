"""A door with a code reader beside its camera, driven by lines as a script would."""

import pytest

from tests import people
from tests.stories.test_the_door import door

BOTH = ("--set", 'devices.scanner=["simulated", "simulated_reader"]')


@pytest.fixture
def card(tmp_path):
    (file := tmp_path / "card.txt").write_text(people.CCCD + "\n", encoding="utf-8")
    return file


def reasons(lines):
    return [line["reason"] for line in lines if line["cue"] and line["reason"]]


def test_a_card_that_the_reader_types_is_welcomed_once(tmp_path, card):
    done, lines = door(tmp_path / "data", [f"scan {card}", "wait 0.3", "quit"], *BOTH)

    assert done.returncode == 0, done.stderr
    assert reasons(lines) == ["welcome"]


def test_a_card_before_camera_and_reader_is_one_visit(tmp_path, card, house):
    picture = house.card(people.CCCD)

    _, lines = door(tmp_path / "data", [f"scan {card}", f"show {picture}", "wait 0.3", "quit"], *BOTH)

    assert reasons(lines) == ["welcome"]


def test_half_a_card_is_nobodys_visit(tmp_path, card):
    card.write_text(people.CCCD[:40], encoding="utf-8")

    _, lines = door(tmp_path / "data", [f"scan {card}", "wait 0.3", "quit"], *BOTH)

    assert reasons(lines) == []


def test_a_reader_that_is_pulled_out_is_a_sign_and_the_camera_still_serves(tmp_path, card, house):
    picture = house.card(people.CCCD_OF_A_WOMAN)
    script = [
        "reader lost",
        "wait 0.5",
        f"show {picture}",
        "wait 0.2",
        "reader found",
        f"scan {card}",
        "wait 0.3",
    ]

    _, lines = door(tmp_path / "data", script, *BOTH)

    assert any("reader_lost" in line["signs"] and line["reason"] == "welcome" for line in lines)
    assert reasons(lines) == ["welcome", "welcome"]
    assert "reader_lost" not in lines[-1]["signs"]


def test_a_camera_that_is_pulled_out_leaves_the_reader(tmp_path, card):
    _, lines = door(tmp_path / "data", ["camera lost", "wait 0.5", f"scan {card}", "wait 0.3"], *BOTH)

    assert reasons(lines) == ["welcome"]
    assert "camera_lost" in lines[-1]["signs"]
