"""The poster: one page of A4 with a code of at least 15 cm that any phone reads, whatever the place is called."""

from io import BytesIO
from itertools import pairwise

import pytest
import zxingcpp
from django.test import Client
from PIL import Image, ImageDraw
from pypdf import PdfReader
from pypdf.generic import ContentStream

from collector import poster
from collector.models import AuditEntry, Place

ADDRESS = "https://vao.example.vn/o/k7p2mqx"
_MM_PER_PT = 25.4 / 72
_DOTS_PER_MM = 8


def drawn(name="UBND phường Chiềng An", address=ADDRESS, kind=Place.CHECKPOINT):
    return PdfReader(BytesIO(poster.draw(Place(name=name, kind=kind), address)))


def rectangles(page):
    """What is filled on a page: left, top, width, height of each, in millimetres from the upper left corner."""
    height_pt = float(page.mediabox.height)
    found = []
    for operands, operator in ContentStream(page.get_contents(), None).operations:
        if operator == b"re":
            x, y, width, height = (float(one) for one in operands)
            top = height_pt - max(y, y + height)
            found.append([one * _MM_PER_PT for one in (x, top, abs(width), abs(height))])
    return found


def scanned(page):
    """What a camera reads of it."""
    picture = Image.new("L", (210 * _DOTS_PER_MM, 297 * _DOTS_PER_MM), 255)
    pen = ImageDraw.Draw(picture)
    for x, y, width, height in rectangles(page):
        corners = (x, y, x + width - 1 / _DOTS_PER_MM, y + height - 1 / _DOTS_PER_MM)
        pen.rectangle([round(one * _DOTS_PER_MM) for one in corners], fill=0)
    return [(code.text, code.format) for code in zxingcpp.read_barcodes(picture)]


@pytest.mark.parametrize(
    "address", [ADDRESS, f"https://{'ten-mien-rat-dai.' * 8}vn/o/k7p2mqx"], ids=["short", "long"]
)
def test_the_code_reads_as_the_places_own_address(address):
    assert scanned(drawn(address=address).pages[0]) == [(address, zxingcpp.BarcodeFormat.QRCode)]


@pytest.mark.parametrize(
    "address", [ADDRESS, f"https://{'ten-mien-rat-dai.' * 8}vn/o/k7p2mqx"], ids=["short", "long"]
)
def test_the_code_is_at_least_15_cm_and_all_of_it_is_on_the_page(address):
    (page,) = drawn(address=address).pages
    parts = rectangles(page)
    left, right = min(x for x, *_ in parts), max(x + width for x, _, width, _ in parts)
    top, bottom = min(y for _, y, *_ in parts), max(y + height for _, y, _, height in parts)
    least_module = min(width for *_, width, _ in parts)

    assert (float(page.mediabox.width), float(page.mediabox.height)) == pytest.approx(
        (595.28, 841.89), abs=0.1
    )
    assert right - left >= 150
    assert bottom - top >= 150
    assert left >= 4 * least_module
    assert 210 - right >= 4 * least_module
    assert bottom < 297 - 60
    assert least_module >= 2.9


def test_a_short_address_gets_the_most_forgiving_code():
    assert poster.code(ADDRESS).error == "H"


def test_it_says_in_vietnamese_then_in_english_what_to_do_and_the_address_in_letters():
    (page,) = drawn().pages
    told = page.extract_text()

    lines = [
        "UBND phường Chiềng An",
        ADDRESS,
        "1. Mở máy ảnh",
        "3. Ghi họ tên, số điện thoại",
        "1. Point your phone",
    ]
    for before, after in pairwise(lines):
        assert told.index(before) < told.index(after)


def test_a_public_place_asks_for_no_name_on_its_poster():
    assert "họ tên" not in drawn(kind=Place.PUBLIC).pages[0].extract_text()


@pytest.mark.parametrize(
    "name",
    [
        "Ủy ban nhân dân " * 5,
        "W" * 80,
        "a" + "\u0301" * 79,
        "\u202eNA gnềihC",
        "שלום",
        "<script>alert(1)</script>",
        "(\\) Tj /JS (app.alert(1))",
        "\0\n\t",
    ],
)
def test_any_name_fits_and_does_no_harm(name):
    read = drawn(name=name[:80])

    (page,) = read.pages
    assert scanned(page) == [(ADDRESS, zxingcpp.BarcodeFormat.QRCode)]
    assert "1. Mở máy ảnh" in page.extract_text()
    assert "/Annots" not in page
    assert not {"/AA", "/Names", "/AcroForm", "/JavaScript"} & read.trailer["/Root"].keys()
    assert "/S" not in (read.trailer["/Root"].get("/OpenAction") or {})


def test_it_tells_of_itself_its_title_and_when_it_was_made():
    assert drawn().metadata.keys() == {"/Title", "/CreationDate"}


@pytest.fixture
def page(offices):
    return f"/places/{offices.place.pk}/poster/"


def test_the_page_shows_the_address_and_the_file_is_the_places(client, offices, page, settings):
    settings.ADDRESS = "https://vao.example.vn"

    html = client.get(page).content.decode()
    answer = client.get(f"{page}poster.pdf")

    assert f"https://vao.example.vn/o/{offices.place.slug}" in html
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == f'attachment; filename="poster-{offices.place.slug}.pdf"'
    assert scanned(PdfReader(BytesIO(answer.content)).pages[0])[0][0].endswith(f"/o/{offices.place.slug}")


def test_a_centre_that_phones_cannot_reach_says_what_to_do(client, page):
    assert "--address" in client.get(page).content.decode()
    assert client.get(f"{page}poster.pdf")["Location"] == page


def test_a_place_whose_doors_show_another_code_is_told_so(client, offices, page, settings):
    settings.ADDRESS = "https://vao.example.vn"
    Place.objects.update(code="https://example.org/vao")

    assert "https://example.org/vao" in client.get(page).content.decode()


def test_an_address_that_is_misused_is_replaced_after_a_second_thought(client, offices, page):
    assert client.get(f"{page}renew/").status_code == 200
    assert Client().get(f"/o/{offices.place.slug}").status_code == 200

    client.post(f"{page}renew/")

    assert Client().get(f"/o/{offices.place.slug}").status_code == 404
    assert Client().get(f"/o/{Place.objects.get(pk=offices.place.pk).slug}").status_code == 200
    assert AuditEntry.objects.get().detail == {"fields": ["slug"]}
