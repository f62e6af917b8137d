"""In which language a page speaks to whom."""

import pytest
from django.test import Client


@pytest.fixture
def own_page(offices):
    return f"/o/{offices.place.slug}"


def language(address, wanted, chosen=""):
    client = Client(headers={"Accept-Language": wanted} if wanted else {})
    if chosen:
        client.post("/language", {"language": chosen, "next": "/"})
    answer = client.get(address)
    assert f'lang="{answer["Content-Language"]}"' in answer.content.decode()
    return answer["Content-Language"]


@pytest.mark.parametrize(
    ("wanted", "told"),
    [
        ("en-GB,en;q=0.9", "en"),
        ("ko-KR,ko;q=0.9,en-US;q=0.8", "en"),
        ("vi-VN,vi;q=0.9,en;q=0.8", "vi"),
        ("fr", "vi"),
        ("xx-../../etc,*;q=0", "vi"),
        ("", "vi"),
    ],
)
def test_a_visitors_page_speaks_as_their_phone_asks(own_page, wanted, told):
    assert language(own_page, wanted) == told


@pytest.mark.parametrize(("wanted", "chosen"), [("en", "vi"), ("vi", "en")])
def test_what_a_visitor_has_chosen_counts_before_what_the_phone_asks(own_page, wanted, chosen):
    assert language(own_page, wanted, chosen) == chosen


def test_elsewhere_the_centre_speaks_its_own(db):
    assert language("/login", "en") == "vi"
