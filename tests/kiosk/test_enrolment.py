"""A box made a centre's, by what the centre grants, wherever it came from; and nobody's again."""

import json
import os
import stat
import subprocess
from contextlib import closing
from pathlib import Path

import pytest

from kiosk import admission, config, credentials, enrolment
from kiosk.admission import NotAdmitted
from kiosk.credentials import BOX, CENTRE, FOLDER, NEW, OLD
from kiosk.errors import JournalFailed, SettingsError
from kiosk.store.inbox import Inbox
from tests.kiosk import admissions
from tests.programs import BIN, PATIENCE_S


@pytest.fixture
def file(tmp_path):
    written = tmp_path / "box.enrol"
    written.write_text(json.dumps(admissions.admission()), encoding="utf-8")
    return written


@pytest.fixture
def data(tmp_path):
    return tmp_path / "data"


def enrolled(data, **how):
    enrolment.take_up(admission.admission(admissions.admission(**how)), data)
    return data


def told(data, **more):
    return config.load(None, {"data": {"folder": str(data)}}, **more)


def kiosk(*arguments):
    return subprocess.run(
        [BIN / "kiosk", *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE_S,
    )


# What makes a box a centre's.


def test_a_box_knows_its_centre_then(data):
    assert credentials.load(enrolled(data), "front").kiosk == "front"


def test_the_centre_says_how_the_box_is_called_and_where_its_broker_is(data):
    settings = told(enrolled(data))

    assert (settings.kiosk.name, settings.door.name) == ("front", "Cửa sau")
    assert (settings.mqtt.host, settings.mqtt.port, settings.mqtt.tls) == ("broker.example", 8883, True)
    assert settings.mqtt.protocol == "5"


def test_the_centre_says_what_its_broker_speaks(data):
    broker = {"host": "n1.example n2.example", "port": 8883, "tls": True, "protocol": "3.1.1"}
    settings = told(enrolled(data, broker=broker))

    assert (settings.mqtt.hosts, settings.mqtt.protocol) == (("n1.example", "n2.example"), "3.1.1")


def test_the_centre_counts_more_than_the_file_and_less_than_the_command(data, tmp_path):
    own = tmp_path / "kiosk.toml"
    own.write_text('[door]\nname = "of the file"\n[mqtt]\nport = 1\n', encoding="utf-8")
    layers = {"data": {"folder": str(enrolled(data))}}, {"mqtt": {"port": 2}}

    settings = config.load(own, *layers)
    assert (settings.door.name, settings.mqtt.port) == ("Cửa sau", 2)
    assert config.load(own, *layers, with_centre=False).door.name == "of the file"


@pytest.mark.parametrize("written", ["{", "[]", '{"door": {"nmae": "x"}}', '{"mqtt": {"port": 0}}'])
def test_what_is_wrong_with_the_centres_settings_is_said_with_the_file(data, written):
    (enrolled(data) / FOLDER / BOX).write_text(written)

    with pytest.raises(SettingsError, match=f"{FOLDER}/{BOX}.*enrol the box anew"):
        told(data)


def test_nobody_else_can_read_any_of_it(data):
    enrolled(data)

    assert stat.S_IMODE((data / FOLDER).stat().st_mode) == 0o700
    assert {stat.S_IMODE(one.stat().st_mode) for one in (data / FOLDER).iterdir()} == {0o600}


def test_no_error_and_no_repr_holds_the_key(data):
    granted = admissions.admission()
    key = granted["key"].splitlines()[1]
    assert key not in repr(admission.admission(granted))

    with pytest.raises(NotAdmitted) as caught:
        admission.admission({**granted, "certificate": "rubbish"})
    assert key not in str(caught.value)


@pytest.mark.parametrize(
    "change",
    [
        {"centre": {}},
        {"centre": None},
        {"broker": {"host": "broker.example", "port": 8883, "tls": False}},
        {"broker": {"host": "broker.example", "port": 0, "tls": True}},
        {"broker": {}},
        {"place": "two\nlines"},
        {"authority": ""},
        {"authority": admissions.Authority().pem},
        {"authority": admissions.Authority().pem * 2},
        {"certificate": "?"},
        {"key": ""},
        {"key": 7},
        {"key": admissions.admission()["key"]},
        {"centre": admissions.centre("another")},
    ],
)
def test_what_does_not_belong_together_is_refused_and_nothing_changes(data, change):
    with pytest.raises(NotAdmitted):
        enrolled(data, **change)

    assert not data.exists()


def test_a_broker_on_the_box_itself_needs_no_certificate(data):
    local = {"broker": {"host": "127.0.0.1", "port": 1883, "tls": False}, "authority": "", "certificate": ""}

    assert not told(enrolled(data, **local)).mqtt.tls


# The power goes in between.


def steps_of(monkeypatch):
    """Let each rename and each fsync of the enrolment be the last that is done, one after the other."""
    done = {"left": 0}

    def cut(name, real):
        def one(*arguments, **more):
            if done["left"] == 0:
                raise OSError(5, "the power went")
            done["left"] -= 1
            return real(*arguments, **more)

        return one

    monkeypatch.setattr(os, "fsync", cut("fsync", os.fsync))
    monkeypatch.setattr(Path, "rename", cut("rename", Path.rename))
    return done


def test_whenever_the_power_goes_the_box_is_wholly_the_old_centres_or_wholly_the_new_ones(data, monkeypatch):
    enrolled(data, kiosk="old")
    new = admission.admission(admissions.admission(kiosk="new"))
    seen = set()
    with monkeypatch.context() as patched:
        left = steps_of(patched)
        for moment in range(100):
            left["left"] = moment
            try:
                admission.keep(new, data)
            except OSError:
                left["left"] = 1000
                credentials.settle(data)
                kiosk_now = json.loads((data / FOLDER / CENTRE).read_text())["kiosk"]
                seen.add(kiosk_now)
                assert told(data).kiosk.name == kiosk_now
                admission.keep(admission.admission(admissions.admission(kiosk="old")), data)
            else:
                break
    assert moment > 10
    assert {"old", "new"} == seen | {credentials.load(data, "new").kiosk}


def test_what_was_moved_away_when_the_power_went_is_followed_by_the_new(data):
    enrolled(data)
    (data / FOLDER).rename(data / OLD)
    enrolled(data / "elsewhere", kiosk="new")
    (data / "elsewhere" / FOLDER).rename(data / NEW)

    assert told(data).kiosk.name == "new"
    assert credentials.load(data, "new").kiosk == "new"


# What the old centre had said.


def test_another_centres_configuration_counts_no_more(data):
    enrolled(data)
    with closing(Inbox(data)) as inbox:
        inbox.keep_config(7, "{}")

    enrolled(data, signing=b"o" * 32)
    with closing(Inbox(data)) as inbox:
        assert (inbox.newest_config(), inbox.last("config")) == (None, 0)


def test_another_centres_orders_count_no_more_though_the_power_went_before_they_were_forgotten(
    data, monkeypatch
):
    enrolled(data)
    with closing(Inbox(data)) as inbox:
        inbox.keep_config(7, "{}")
    with monkeypatch.context() as patched:
        patched.setattr(Inbox, "begin_anew", lambda _: (_ for _ in ()).throw(JournalFailed("the power went")))
        enrolled(data, signing=b"o" * 32)

    enrolment.settle(data)
    with closing(Inbox(data)) as inbox:
        assert inbox.last("config") == 0
        inbox.keep_config(1, "{}")
    enrolment.settle(data)
    with closing(Inbox(data)) as inbox:
        assert inbox.last("config") == 1


def test_a_box_whose_new_credentials_cannot_be_written_keeps_its_orders(data, monkeypatch):
    enrolled(data)
    with closing(Inbox(data)) as inbox:
        inbox.keep_config(7, "{}")
    monkeypatch.setattr(admission, "keep", lambda *_: (_ for _ in ()).throw(OSError(28, "full")))
    with pytest.raises(OSError, match="full"):
        enrolled(data, signing=b"o" * 32)

    with closing(Inbox(data)) as inbox:
        assert inbox.last("config") == 7


def test_what_the_same_centre_said_to_this_box_still_counts(data):
    enrolled(data)
    with closing(Inbox(data)) as inbox:
        inbox.keep_config(7, "{}")

    enrolled(data)
    with closing(Inbox(data)) as inbox:
        assert inbox.last("config") == 7


# By a file.


def test_a_file_makes_a_box_a_centres(file, data):
    data.mkdir()
    done = kiosk("enrol", "--file", file, "--data", data)

    assert (done.returncode, done.stdout) == (
        0,
        f"enrolled as front; {file} is used up: delete it, it holds a key\n",
    )
    assert credentials.load(data, "front")


def test_a_file_that_is_none_is_refused_with_the_remedy(tmp_path, data):
    wrong = tmp_path / "wrong.enrol"
    wrong.write_text("rubbish")
    done = kiosk("enrol", "--file", wrong, "--data", data)

    assert done.returncode == 2
    assert "not JSON as the centre writes it; make it anew: `collector enrol" in done.stderr


def test_a_file_that_is_not_there_is_named(tmp_path, data):
    done = kiosk("enrol", "--file", tmp_path / "none", "--data", data)

    assert (done.returncode, "No such file" in done.stderr) == (2, True)


@pytest.mark.parametrize("arguments", [(), ("--file", "x", "--forget")])
def test_one_of_both_must_be_asked_for(arguments, data):
    done = kiosk("enrol", *arguments, "--data", data)

    assert (done.returncode, "one of the two" in done.stderr) == (2, True)


def test_a_box_whose_credentials_are_broken_can_be_enrolled(file, data):
    (enrolled(data) / FOLDER / BOX).write_text("{")

    assert kiosk("enrol", "--file", file, "--data", data).returncode == 0


def test_a_box_is_made_nobodys_and_keeps_its_journal(data):
    with closing(Inbox(enrolled(data))) as inbox:
        inbox.keep_config(7, "{}")
    done = kiosk("enrol", "--forget", "--yes", "--data", data)

    assert done.stdout == "this box is nobody's now; kept: 0 visits that it had, and 0 not sent yet\n"
    assert not (data / FOLDER).exists()
    assert told(data).kiosk.name == "kiosk-1"
    with closing(Inbox(data)) as inbox:
        assert inbox.last("config") == 0


def test_making_it_nobodys_is_asked_for(data):
    done = subprocess.run(
        [BIN / "kiosk", "enrol", "--forget", "--data", enrolled(data)],
        input="n\n",
        timeout=PATIENCE_S,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 2
    assert (data / FOLDER / CENTRE).exists()


# On the boot partition.


def test_a_file_on_the_boot_partition_is_taken_once(file, data):
    assert enrolment.take_from_boot(data, file) == "front"
    assert not file.exists()


def test_a_partition_that_cannot_be_written_is_remembered(file, data, monkeypatch, caplog):
    monkeypatch.setattr(Path, "unlink", lambda *_, **__: (_ for _ in ()).throw(OSError(30, "read-only")))
    assert enrolment.take_from_boot(data, file) == "front"
    monkeypatch.undo()
    assert "cannot be removed, and holds a key" in caplog.text
    enrolment.leave(data)

    assert enrolment.take_from_boot(data, file) == ""
    assert not (data / FOLDER).exists()


def test_a_box_that_is_somebodys_takes_no_file(file, data):
    enrolled(data, kiosk="old")

    assert enrolment.take_from_boot(data, file) == ""
    assert file.exists()


def test_no_file_is_nothing(data, tmp_path):
    assert enrolment.take_from_boot(data, tmp_path / "none") == ""
