"""A number typed at the centre finds what the doors have written down, and a person sealed there opens."""

import pytest

from kiosk.formats.health_insurance import recognise
from kiosk.model import Format, Visitor
from kiosk.sealing import Sealer, SealingKey
from mqtt_bridge.wire.persons import open_person, seal_person
from mqtt_bridge.wire.pseudonyms import of_document, of_phone, of_reference

KEY = bytes(range(32))
DOOR = Sealer("cong-chinh", KEY)


@pytest.mark.parametrize("typed", ["014099000001", "014 099 000 001", "0140.9900.0001"])
def test_an_id_number_finds_the_card_that_was_shown(typed):
    card = Visitor(Format.CCCD, document="014099000001", name="Nguyễn Văn Thử", birth="1999-02-01")

    assert of_document(KEY, typed) == DOOR.pseudonyms(card).document


@pytest.mark.parametrize("typed", ["0982688084", "0982 688 084", "+84 982 688 084"])
def test_a_phone_number_finds_the_one_that_was_keyed_in(typed):
    assert of_phone(KEY, typed) == DOOR.pseudonyms(Visitor(Format.PHONE, phone="+84982688084")).phone


@pytest.mark.parametrize("typed", ["7916123456", "7916 123 456", "gd 4 01 7916123456"])
@pytest.mark.parametrize("code", ["7916123456", "GD4017916123456"])
def test_a_health_insurance_number_finds_the_card_new_or_old(typed, code):
    card = recognise(f"{code}|4cc3b2205468e1bb8b204769e1baa3|01/02/1999|2|||||$")

    assert of_reference(KEY, typed) == DOOR.pseudonyms(card).other


@pytest.mark.parametrize("typed", ["", "0982", "x" * 10_000, "014099000001'", "\0"])
def test_what_is_no_number_finds_nothing(typed):
    assert (of_document(KEY, typed), of_phone(KEY, typed), of_reference(KEY, typed)) == (None, None, None)


def test_a_person_sealed_at_the_centre_opens_like_one_of_a_door():
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

    private = X25519PrivateKey.generate()
    key = SealingKey("2026-1", private.public_key().public_bytes_raw(), None)

    person = seal_person({"name": "Lò Thị Thử", "phone": "+84982688084"}, key, kiosk="@1", visit="x")

    told = open_person(person, private.private_bytes_raw(), kiosk="@1", visit="x")
    assert told == {"name": "Lò Thị Thử", "phone": "+84982688084"}
