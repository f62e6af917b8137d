"""Files that are written whole or not at all."""

import os
import threading

import pytest

from collector.whole import write_whole, writing_whole


def test_what_somebody_has_laid_in_the_way_of_a_draft_is_not_followed(tmp_path):
    victim = tmp_path / "victim"
    victim.write_text("precious")
    (tmp_path / f".key.{os.getpid()}-{threading.get_native_id()}").symlink_to(victim)

    write_whole(tmp_path / "key", b"new", mode=0o640)

    assert victim.read_text() == "precious"
    assert (tmp_path / "key").read_bytes() == b"new"
    assert (tmp_path / "key").stat().st_mode & 0o777 == 0o640


def test_a_link_in_the_place_of_the_file_is_replaced_and_not_followed(tmp_path):
    victim = tmp_path / "victim"
    victim.write_text("precious")
    (tmp_path / "key").symlink_to(victim)

    write_whole(tmp_path / "key", b"new", mode=0o600)

    assert (victim.read_text(), (tmp_path / "key").is_symlink()) == ("precious", False)


def test_what_fails_leaves_what_was_there_and_no_draft(tmp_path):
    (tmp_path / "key").write_bytes(b"old")

    with pytest.raises(TypeError), writing_whole(tmp_path / "key", mode=0o600) as file:
        file.write("no bytes")

    assert [one.read_bytes() for one in tmp_path.iterdir()] == [b"old"]
