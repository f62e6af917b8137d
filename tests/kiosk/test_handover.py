"""What door and bridge hand each other while a box is enrolled."""

import os
import stat

import pytest

from kiosk.errors import JournalFailed
from kiosk.stages import Hitch, Stage, Step, steps
from kiosk.store import handover
from kiosk.store.handover import Handover

CODE = "EK1:INVENTED"


@pytest.fixture
def both(tmp_path):
    return Handover(tmp_path), Handover(tmp_path)


def test_a_code_is_handed_over_once(both):
    door, bridge = both
    door.hand_over(CODE)

    assert bridge.is_waiting()
    assert [bridge.take(), bridge.take()] == [CODE, None]
    assert not bridge.is_waiting()


def test_the_last_code_counts(both):
    door, bridge = both
    door.hand_over(CODE)
    door.hand_over("EK1:OTHER")

    assert [bridge.take(), bridge.take()] == ["EK1:OTHER", None]


def test_a_code_that_was_taken_is_nowhere_any_more(both, tmp_path):
    door, bridge = both
    door.hand_over(CODE)
    bridge.take()

    assert all(CODE not in file.read_text() for file in tmp_path.rglob("*") if file.is_file())


def test_nobody_else_can_read_it(both, tmp_path):
    both[0].hand_over(CODE)
    both[0].tell(steps())

    assert stat.S_IMODE((tmp_path / handover.FOLDER).stat().st_mode) == 0o700
    assert {stat.S_IMODE(file.stat().st_mode) for file in (tmp_path / handover.FOLDER).iterdir()} == {0o600}


def test_a_code_whose_writing_the_power_cut_is_no_code(both, tmp_path, monkeypatch):
    door, bridge = both
    monkeypatch.setattr(os, "fsync", lambda _: (_ for _ in ()).throw(OSError(5, "the power went")))
    with pytest.raises(JournalFailed, match="power went"):
        door.hand_over(CODE)

    assert not bridge.is_waiting()
    assert bridge.take() is None


def test_a_code_half_taken_when_the_power_went_is_not_taken_again(both, tmp_path):
    door, bridge = both
    door.hand_over(CODE)
    folder = tmp_path / handover.FOLDER
    (folder / "code").rename(folder / "code.taken")

    assert bridge.take() is None
    assert not (folder / "code.taken").exists()


def test_what_is_no_text_is_no_code(both, tmp_path):
    both[0].hand_over(CODE)
    (tmp_path / handover.FOLDER / "code").write_bytes(b"\xff\xfe")

    assert both[1].take() is None


def test_how_far_it_is_comes_back(both):
    door, bridge = both
    said = (Stage(Step.NETWORK, done=True, detail="192.0.2.7"), Stage(Step.CENTRE, False, "", Hitch.CLOCK))
    bridge.tell(said)
    assert door.told() == said

    bridge.tell(())
    assert door.told() == ()


@pytest.mark.parametrize("written", [b"", b"[", b"7", b'["x"]', b'[{"step": "dance"}]', b"\xff"])
def test_rubbish_tells_nothing(both, tmp_path, written):
    both[1].tell(steps())
    (tmp_path / handover.FOLDER / "progress.json").write_bytes(written)

    assert both[0].told() == ()


def test_nothing_was_said_yet(both):
    assert both[0].told() == ()
