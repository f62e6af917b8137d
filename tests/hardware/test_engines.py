"""Two engines side by side, one of them missing, and both of two minds."""

import logging
import sys
from types import SimpleNamespace

import numpy as np
import pytest

from hardware import engines as starting
from hardware.engines import Engines
from hardware.simulated.codes import draw_code
from hardware.zxing import Look, Zxing
from kiosk.errors import DeviceMissing
from tests import people
from tests.hardware import invented

GREY = np.full((240, 320), 118, np.uint8)
FOUND = invented.located(10, 10, 50)


class FirstReads:
    """A first engine that reads the same bytes on every picture, and finds the same codes."""

    def __init__(self, *contents, unread=()):
        self.seen = Look(contents, unread)

    def look(self, _luma):
        return self.seen


class SecondReads:
    """A second engine that reads the same bytes on every picture, and counts its looks."""

    def __init__(self, *contents):
        self.contents = list(contents)
        self.looks = 0

    def read(self, _luma):
        self.looks += 1
        return self.contents


def side_by_side(first, second):
    engines = Engines()
    engines.zxing, engines.zbar = first, second
    return engines


@pytest.fixture
def without(monkeypatch):
    """Make libraries look as if they were not installed."""

    def remove(*modules):
        starting._warn_once.cache_clear()
        for module in modules:
            monkeypatch.setitem(sys.modules, module, None)
            package = sys.modules.get("pyzbar")
            if module == "pyzbar.wrapper" and hasattr(package, "wrapper"):
                monkeypatch.delattr(package, "wrapper")

    yield remove
    starting._warn_once.cache_clear()


def test_two_engines_that_agree_have_read():
    assert side_by_side(FirstReads(b"1"), SecondReads(b"1")).both(GREY).texts == ("1",)


def test_they_agree_though_in_another_order():
    assert side_by_side(FirstReads(b"1", b"2"), SecondReads(b"2", b"1")).both(GREY).texts == ("1", "2")


def test_they_agree_though_one_gives_kanji_and_the_other_utf8():
    first, second = FirstReads("日本語".encode()), SecondReads("日本語".encode("shift_jis"))

    assert side_by_side(first, second).both(GREY).texts == ("日本語",)


def test_two_engines_that_contradict_each_other_have_read_nothing():
    assert side_by_side(FirstReads(b"1"), SecondReads(b"7")).both(GREY).texts == ()


def test_an_engine_that_reads_no_text_contradicts_nobody():
    assert side_by_side(FirstReads(b"1"), SecondReads(b"Caf\xe9")).both(GREY).texts == ("1",)


def test_what_only_the_second_reads_is_read():
    assert side_by_side(FirstReads(), SecondReads(b"1")).both(GREY).texts == ("1",)


def test_a_first_look_leaves_the_second_engine_alone():
    second = SecondReads(b"1")

    assert (side_by_side(FirstReads(), second).first(GREY).texts, second.looks) == ((), 0)


def test_codes_that_were_found_are_told_though_nothing_is_read():
    engines = side_by_side(FirstReads(unread=(FOUND,)), SecondReads())

    assert (engines.first(GREY).unread, engines.both(GREY).unread) == ((FOUND,), (FOUND,))


def test_a_lone_first_engine_has_no_one_to_agree_with():
    assert side_by_side(FirstReads(b"1"), None).both(GREY).texts == ("1",)


def test_a_lone_second_engine_looks_once():
    second = SecondReads(b"1")

    assert (side_by_side(None, second).both(GREY).texts, second.looks) == (("1",), 1)


def test_texts_do_not_show_in_a_log():
    assert people.PHONE not in repr(side_by_side(FirstReads(people.PHONE.encode()), None).first(GREY))


def test_without_zxing_zbar_reads_phones_in_dark_mode_too(without):
    without("zxingcpp")
    engines = Engines()

    assert engines.zxing is None
    assert engines.both(draw_code(people.CCCD, dark_mode=True)).texts == (people.CCCD,)


def test_without_pyzbar_zxing_reads_alone(without):
    without("pyzbar")
    engines = Engines()

    assert engines.zbar is None
    assert engines.both(draw_code(people.CCCD)).texts == (people.CCCD,)


def test_without_the_systems_libzbar_zxing_reads_alone(without):
    without("pyzbar.wrapper")

    assert Engines().both(draw_code(people.CCCD)).texts == (people.CCCD,)


@pytest.mark.parametrize(
    ("module", "remedy"), [("pyzbar", "apt install libzbar0"), ("zxingcpp", "pip install zxing-cpp")]
)
def test_a_missing_engine_is_told_once_with_its_remedy(without, caplog, module, remedy):
    without(module)

    with caplog.at_level(logging.WARNING):
        Engines()
        Engines()

    (record,) = caplog.records
    assert remedy in record.message


def test_without_any_engine_the_device_is_missing(without):
    without("zxingcpp", "pyzbar")

    with pytest.raises(DeviceMissing, match="pip install zxing-cpp"):
        Engines()


def bent_past_reading():
    return invented.bent(np.pad(invented.drawn(people.CCCD, 5, mask=0), 20, constant_values=255), 3, seed=0)


def test_a_code_that_is_found_and_not_read_has_its_place_and_size():
    (found,) = Zxing().look(bent_past_reading()).unread

    assert found.modules == 45
    assert found.module_px == pytest.approx(5, rel=0.1)
    assert np.abs(found.corners[0] - 40).max() < 10


def test_a_code_is_found_in_a_picture_that_does_not_lie_side_by_side():
    wide = bent_past_reading().repeat(2, axis=1)

    assert len(Zxing().look(wide[:, ::2]).unread) == 1


class Finds:
    """A library that finds one broken code."""

    TextMode = SimpleNamespace(Plain=None)

    def __init__(self, extra, side_px=50):
        far = SimpleNamespace(x=side_px, y=side_px)
        near = SimpleNamespace(x=0, y=0)
        across, down = SimpleNamespace(x=side_px, y=0), SimpleNamespace(x=0, y=side_px)
        place = SimpleNamespace(top_left=near, top_right=across, bottom_right=far, bottom_left=down)
        self.code = SimpleNamespace(valid=False, extra=extra, position=place)

    def read_barcodes(self, _luma, **_how):
        return [self.code]


@pytest.mark.parametrize(
    ("library", "modules"),
    [
        (Finds({"Version": "1"}), [21]),
        (Finds({"Version": "40"}), [177]),
        (Finds({"Version": "M2"}), []),
        (Finds({}), []),
        (Finds(None), []),
        (Finds({"Version": "1"}, side_px=19), []),
    ],
)
def test_a_broken_code_counts_where_its_size_is_known_and_sensible(library, modules):
    zxing = Zxing()
    zxing._library = library

    assert [found.modules for found in zxing.look(GREY).unread] == modules
