"""What is erased stays erased, and what is corrected opens again, on either database, whatever the doors send."""

import uuid
from datetime import UTC, datetime

import pytest
from django.utils import timezone

from collector import persons
from collector.enrolment import enrol
from collector.ingest.receiving import Aside, Place, Received
from collector.ingest.storing import Store
from collector.keyring import Keyring
from collector.models import Change, SealingKey, SetAside, Visit
from collector.opening import open_visit
from collector.persons import Asked
from kiosk.entries import SealedPerson
from kiosk.sealing import SealingKey as PublicKey
from kiosk.sealing import sealed
from tests.collector.conftest import visit


@pytest.fixture
def place(database):
    return enrol("cong-chinh", "UBND phường Chiềng An").place


def test_a_door_that_sends_a_visit_again_does_not_bring_the_person_back(place):
    event = visit()
    Store().commit([Received("cong-chinh", [event])], timezone.now())
    persons.erase(Asked(place, "an"), [event.id])

    outcome = Store().commit([Received("cong-chinh", [event])], timezone.now())

    stored = Visit.objects.get()
    assert (stored.person, stored.document, stored.phone, stored.other) == (None,) * 4
    assert (outcome.stored, outcome.repeated, outcome.set_aside) == (0, 1, 0)


def test_what_is_erased_at_one_place_stays_at_another_that_has_the_same_id(on_postgresql):
    """Two boxes may use an id."""
    event = visit()
    here = enrol("cong-chinh", "UBND phường Chiềng An").place
    enrol("cong-sau", "UBND phường Xa")
    for kiosk in ("cong-chinh", "cong-sau"):
        Store().commit([Received(kiosk, [visit(kiosk=kiosk, id=str(event.id))])], timezone.now())

    persons.erase(Asked(here, "an"), [event.id])

    held = {one.kiosk: one.person is not None for one in Visit.objects.all()}
    assert held == {"cong-chinh": False, "cong-sau": True}


def test_what_was_set_aside_of_the_same_visit_is_emptied_too(place):
    event = visit()
    aside = Aside(
        topic="t", reason="r", payload=b"sealed", place=Place("cong-chinh", str(event.epoch), event.number)
    )
    other = Aside(
        topic="t", reason="r", payload=b"of another", place=Place("cong-chinh", str(uuid.uuid4()), 1)
    )
    Store().commit([Received("cong-chinh", [event], aside=[aside, other])], timezone.now())

    persons.erase(Asked(place, "an"), [event.id])

    assert sorted(bytes(payload) for payload in SetAside.objects.values_list("payload", flat=True)) == [
        b"",
        b"of another",
    ]


def test_what_is_corrected_opens_again_and_stays_so_when_a_door_sends_the_visit_again(place, database):
    begins = datetime(2020, 1, 1, tzinfo=UTC)
    keyring = Keyring(database.folder)
    public = keyring.make_sealing(["k"])["k"]
    SealingKey.objects.create(id="k", public=public, begins=begins, keep_days=30)
    id_ = str(uuid.uuid4())
    box = sealed({"name": "Sai"}, PublicKey("k", public, begins), kiosk="cong-chinh", visit=id_).box
    event = visit(id=id_, person=SealedPerson("k", box))
    Store().commit([Received("cong-chinh", [event])], timezone.now())

    receipt = persons.correct(Asked(place, "an", "r"), [event.id], {"phone": "+84912345678"}, keyring)
    Store().commit([Received("cong-chinh", [event])], timezone.now())

    assert receipt.visits == 1
    assert open_visit(Visit.objects.get(), keyring) == {"name": "Sai", "phone": "+84912345678"}
    assert persons.find(place, keyring, phone="0912 345 678").count() == 1
    assert Change.objects.get().fields == "phone"
