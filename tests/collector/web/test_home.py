"""Where somebody comes first, and the places to choose from."""

import pytest

from collector.models import Place
from tests.collector.managers import browser


@pytest.mark.parametrize(
    ("role", "where"),
    [
        ("manager", "/places/"),
        ("clerk", "/places/"),
        ("province", "/figures/"),
        ("auditor", "/audit/"),
        ("technician", "/doors/"),
        ("administrator", "/admin/"),
    ],
)
def test_each_role_comes_first_to_its_own_page(role, where, client_of):
    assert client_of(role).get("/").headers["Location"] == where


def test_who_has_one_place_goes_there(client, offices):
    assert client.get("/places/").headers["Location"] == f"/places/{offices.place.pk}/"


def test_who_has_no_role_is_told_whom_to_ask(client_of):
    answer = client_of(None).get("/")

    assert answer.status_code == 403
    assert "hỏi" in answer.content.decode()


@pytest.fixture
def many(offices) -> None:
    names = [
        "UBND xã Đông Sang",
        "UBND xã Ấp Bắc",
        "UBND xã Xuân Nha",
        *(f"UBND xã Thử {n:03}" for n in range(70)),
    ]
    Place.objects.bulk_create(
        Place(name=name, unit=offices.commune, slug=f"thu{n:04}") for n, name in enumerate(names)
    )


def listed(html: str, *names: str) -> list[int]:
    return [html.index(name) for name in names]


def test_places_stand_in_the_order_in_which_people_look(many):
    client = browser()
    html = "".join(client.get("/places/", {"page": page}).content.decode() for page in (1, 2))

    found = listed(html, "Ấp Bắc", "Đông Sang", "Thử 000", "Xuân Nha")
    assert found == sorted(found)


@pytest.mark.parametrize("asked", ["đông", "dong sang", "ĐÔNG"])
def test_a_place_is_found_without_accents_or_case(asked, many):
    html = browser().get("/places/", {"q": asked}).content.decode()

    assert "Đông Sang" in html
    assert "Xuân Nha" not in html


def test_a_place_is_found_by_its_unit(many):
    assert "Đông Sang" in browser().get("/places/", {"q": "chieng an"}).content.decode()


def test_there_are_more_pages_where_there_are_more_places(many):
    html = browser().get("/places/", {"page": "2"}).content.decode()

    assert "Trang 2 trên 2" in html
    assert "UBND xã Xuân Nha" in html


@pytest.mark.parametrize("asked", ["\0", "%", "a" * 5000, "<script>", "\u202eb"])
def test_whatever_is_asked_for_is_harmless(asked, many):
    answer = browser().get("/places/", {"q": asked})

    assert answer.status_code == 200
    assert "<script>" not in answer.content.decode().replace('<script src="', "")
