"""zbar in binary mode, and that pyzbar is left as it was."""

import gc

import pytest
from pyzbar import pyzbar

from hardware.simulated.codes import draw_code
from hardware.zbar import Zbar
from tests import people
from tests.hardware import invented


def test_the_bytes_come_as_they_are():
    everything = bytes(range(1, 128)).decode() + "ếữựậ\0ÿ"

    assert Zbar().read(draw_code(everything, module_px=4)) == [everything.encode()]


def test_names_that_plain_zbar_garbles_come_right():
    """Fails when zbar itself has learnt better, and this module can go."""
    pictures = {text: draw_code(text, module_px=4) for text in invented.names(40)}
    plain = [text for text, luma in pictures.items() if pyzbar.decode(luma)[0].data.decode() != text]
    zbar = Zbar()

    assert plain
    assert [zbar.read(pictures[text]) for text in plain] == [[text.encode()] for text in plain]


def test_one_object_reads_picture_after_picture():
    zbar = Zbar()
    texts = invented.cards(20)

    assert [zbar.read(draw_code(text, module_px=3))[0].decode() for text in texts] == texts


def test_a_light_code_on_dark_is_read_when_asked_for():
    luma = draw_code(people.PHONE, dark_mode=True)

    assert (Zbar().read(luma), Zbar(inverted=True).read(luma)) == ([], [people.PHONE.encode()])


def test_a_libzbar_without_binary_mode_is_not_used(monkeypatch):
    from pyzbar import wrapper

    monkeypatch.setattr(
        wrapper, "zbar_image_scanner_set_config", lambda _s, _y, setting, _v: int(setting == 4)
    )

    with pytest.raises(ImportError, match=r"older than 0\.23\.1"):
        Zbar()


def test_a_thousand_readers_come_and_go():
    for _ in range(1000):
        Zbar()
    gc.collect()

    assert Zbar().read(draw_code(people.PHONE)) == [people.PHONE.encode()]
