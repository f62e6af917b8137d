"""Devices by their names in the device table."""

import pytest

from kiosk import devices, settings
from kiosk.errors import SettingsError


@pytest.mark.parametrize(
    ("kind", "default"), [(kind, info.default) for kind, info in settings.Devices.model_fields.items()]
)
def test_every_default_device_is_in_the_table_and_can_be_imported(kind, default):
    assert callable(devices.find(kind, default))


@pytest.mark.parametrize("kind", ["scanner", "keypad", "buzzer", "lamp"])
def test_every_device_of_a_box_has_a_simulated_twin(kind):
    assert "simulated" in devices.names(kind)


def test_an_unknown_device_is_named_with_a_suggestion():
    with pytest.raises(
        SettingsError, match=r'devices\.scanner = "camra": no such device; did you mean "camera"\?'
    ):
        devices.find("scanner", "camra")


def test_a_name_like_no_other_is_answered_with_all_there_are():
    with pytest.raises(SettingsError, match="there are gpio, simulated"):
        devices.find("lamp", "zzz")
