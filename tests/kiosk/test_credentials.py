"""What makes a box one of a centre's, read from its folder."""

import json
from datetime import UTC, datetime

import pytest

from kiosk import credentials
from kiosk.errors import SettingsError
from tests.mqtt_bridge.centre import text

GOOD = {
    "kiosk": "kiosk-1",
    "place_key": text(b"p" * 32),
    "sealing_keys": [
        {"id": "2026-11-24", "public": text(b"2" * 32), "begins": "2026-11-24T00:00:00+07:00"},
        {"id": "2026-11-23", "public": text(b"1" * 32), "begins": "2026-11-23T00:00:00+07:00"},
    ],
    "signing_keys": {"centre-1": text(b"s" * 32)},
}


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / credentials.FOLDER
    folder.mkdir()
    return folder


def write(folder, **change):
    (folder / credentials.CENTRE).write_text(json.dumps({**GOOD, **change}), encoding="utf-8")


def fault(tmp_path, kiosk="kiosk-1"):
    with pytest.raises(SettingsError) as caught:
        credentials.load(tmp_path, kiosk)
    return str(caught.value)


def test_a_box_that_was_never_enrolled_has_none(tmp_path):
    assert credentials.load(tmp_path, "kiosk-1") is None


def test_what_the_centre_wrote_is_read(folder, tmp_path):
    write(folder)

    known = credentials.load(tmp_path, "kiosk-1")

    assert known is not None
    assert (known.kiosk, known.place_key) == ("kiosk-1", b"p" * 32)
    assert dict(known.signing_keys) == {"centre-1": b"s" * 32}


def test_sealing_keys_are_in_the_order_of_their_beginnings(folder, tmp_path):
    write(folder)

    keys = credentials.load(tmp_path, "kiosk-1").sealing_keys

    assert [key.id for key in keys] == ["2026-11-23", "2026-11-24"]
    assert keys[0].begins == datetime(2026, 11, 22, 17, tzinfo=UTC)
    assert keys[0].public == b"1" * 32


def test_a_place_that_keeps_no_names_has_no_sealing_keys(folder, tmp_path):
    write(folder, sealing_keys=[])

    assert credentials.load(tmp_path, "kiosk-1").sealing_keys == ()


def test_no_repr_holds_the_places_key(folder, tmp_path):
    write(folder)

    assert repr(b"p" * 32) not in repr(credentials.load(tmp_path, "kiosk-1"))


def test_another_boxs_credentials_are_refused(folder, tmp_path):
    write(folder, kiosk="kiosk-2")

    assert fault(tmp_path) == (
        f"kiosk.name = kiosk-1: the credentials in {folder} are those of kiosk-2; set that name, or enrol the box"
        " anew: `kiosk enrol`"
    )


@pytest.mark.parametrize(
    "change",
    [
        {"place_key": text(b"p" * 31)},
        {"place_key": "?"},
        {"place_key": None},
        {"place_key": "ü" * 43},
        {"sealing_keys": None},
        {"sealing_keys": [{"id": "a"}]},
        {"sealing_keys": [{"id": "a", "public": text(b"1" * 32), "begins": "soon"}]},
        {"sealing_keys": [{"id": "a", "public": text(b"1" * 32), "begins": "2026-11-23T00:00:00"}]},
        {"sealing_keys": [{"id": "a", "public": text(b"1" * 32), "begins": 7}]},
        {"sealing_keys": "keys"},
        {"signing_keys": []},
        {"signing_keys": {"a": "short"}},
        {"signing_keys": {"a": 7}},
    ],
)
def test_what_no_centre_writes_is_refused(folder, tmp_path, change):
    write(folder, **change)

    assert fault(tmp_path) == (
        f"credentials {folder / 'centre.json'}: not what a centre writes; enrol the box anew: `kiosk enrol`"
    )


@pytest.mark.parametrize("name", list(GOOD))
def test_what_is_missing_is_refused(folder, tmp_path, name):
    less = {key: value for key, value in GOOD.items() if key != name}
    (folder / "centre.json").write_text(json.dumps(less), encoding="utf-8")

    assert "not what a centre writes" in fault(tmp_path)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"null", b"\xff", b"7", b"[" * 100_000])
def test_a_file_that_is_none_is_refused(folder, tmp_path, content):
    (folder / "centre.json").write_bytes(content)

    assert "not what a centre writes" in fault(tmp_path)


def test_a_file_that_cannot_be_read_is_told_with_the_remedy(folder, tmp_path):
    (folder / "centre.json").mkdir()

    assert fault(tmp_path).endswith("Is a directory; let the door's user read it")
