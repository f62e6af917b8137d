"""The version before this one serves again, or nothing changes."""

import stat
from pathlib import Path

import pytest

from kiosk import rolling_back
from kiosk.errors import JournalFailed, SettingsError
from kiosk.store.opening import connected, open_journal

STAND_IN = """#!/bin/sh
[ "$1" = {refuses} ] || exit 0
echo "kiosk: {says}" >&2
exit 2
"""


@pytest.fixture
def tree(tmp_path):
    """Two versions as the package leaves them after an upgrade."""
    for version in ("versions/0.2.0", "kept/0.1.0"):
        put(tmp_path / version)
    (tmp_path / "current").symlink_to("versions/0.2.0")
    return tmp_path


def put(version, refuses="nothing", says=""):
    command = version / "bin" / "kiosk"
    command.parent.mkdir(parents=True, exist_ok=True)
    (version / "lib" / "kiosk").mkdir(parents=True, exist_ok=True)
    command.write_text(STAND_IN.format(refuses=refuses, says=says))
    command.chmod(command.stat().st_mode | stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH)


@pytest.fixture
def journal(tmp_path):
    folder = tmp_path / "data"
    open_journal(folder).close()
    return folder


def test_a_version_knows_the_folder_of_all(tree):
    assert rolling_back.home(tree / "current" / "lib" / "kiosk" / "rolling_back.py") == tree


def test_what_no_package_installed_has_no_way_back():
    with pytest.raises(SettingsError, match="was not installed by the package"):
        rolling_back.home(Path(rolling_back.__file__))


def test_back_is_the_version_that_was_kept(tree):
    assert rolling_back.other(tree, undo=False) == "kept/0.1.0"


def test_versions_are_told_apart_by_their_numbers(tree):
    for version in ("kept/0.9.0", "kept/0.10.0"):
        put(tree / version)

    assert rolling_back.other(tree, undo=False) == "kept/0.10.0"


def test_forth_is_the_newer_one(tree):
    rolling_back.point(tree, "kept/0.1.0")

    assert rolling_back.other(tree, undo=True) == "versions/0.2.0"


def test_there_is_nothing_before_the_first_version(tree):
    (tree / "kept" / "0.1.0" / "bin" / "kiosk").unlink()

    with pytest.raises(SettingsError, match=r"no version before 0\.2\.0 is kept here; install its package"):
        rolling_back.other(tree, undo=False)


def test_who_is_back_already_is_told_the_way_forth(tree):
    rolling_back.point(tree, "kept/0.1.0")

    with pytest.raises(SettingsError, match=r"0\.1\.0, serves already; to leave it: kiosk rollback --undo"):
        rolling_back.other(tree, undo=False)


def test_who_was_never_back_has_nothing_to_undo(tree):
    with pytest.raises(SettingsError, match=r"0\.2\.0, serves already; to leave it: kiosk rollback$"):
        rolling_back.other(tree, undo=True)


def test_the_link_is_changed_in_one_step(tree):
    (tree / "current.new").symlink_to("of a power cut")

    rolling_back.point(tree, "kept/0.1.0")

    assert rolling_back.serving(tree) == "kept/0.1.0"
    assert not (tree / "current.new").is_symlink()


def test_a_version_that_understands_settings_and_journal_may_serve(tree, journal):
    rolling_back.assure_serves(tree / "kept" / "0.1.0", journal, None)


def test_a_version_that_does_not_understand_the_settings_is_not_gone_back_to(tree, tmp_path):
    put(tree / "kept" / "0.1.0", refuses="settings", says="door.new: no such setting")

    with pytest.raises(
        SettingsError, match=r"0\.1\.0 cannot serve here; nothing was changed: .*no such setting"
    ):
        rolling_back.assure_serves(tree / "kept" / "0.1.0", tmp_path / "none", None)


def test_a_version_that_cannot_read_the_journal_is_not_gone_back_to(tree, journal):
    put(tree / "kept" / "0.1.0", refuses="journal", says="a newer version has written it")

    with pytest.raises(SettingsError, match=r"nothing was changed: .*a newer version has written it"):
        rolling_back.assure_serves(tree / "kept" / "0.1.0", journal, None)


def test_a_version_that_does_not_run_at_all_is_not_gone_back_to(tree, journal):
    (tree / "kept" / "0.1.0" / "bin" / "kiosk").unlink()

    with pytest.raises(SettingsError, match="does not run"):
        rolling_back.assure_serves(tree / "kept" / "0.1.0", journal, None)


def test_a_journal_of_a_newer_version_is_refused_and_left_alone(journal):
    db = connected(journal / "journal.sqlite3")
    row = {"migration_set": "journal", "name": "of_next_year", "applied_at": "2027-01-01"}
    db["_sqlite_migrations"].insert(row)
    db.close()

    with pytest.raises(JournalFailed, match="a newer version has written it"):
        open_journal(journal)
