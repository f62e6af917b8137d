"""What is erased stays erased, on either database, whatever the doors send."""

import uuid

import pytest
from django.utils import timezone

from collector import persons
from collector.enrolment import enrol
from collector.ingest.receiving import Aside, Place, Received
from collector.ingest.storing import Store
from collector.models import SetAside, Visit
from collector.persons import Asked
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
