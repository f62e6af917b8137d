"""The pages of visits ask each kind of database the same, and get the same."""

import html as markup
import re
import uuid

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from collector import counting, days
from collector.enrolment import enrol
from collector.ingest.receiving import Received
from collector.ingest.storing import Store
from collector.keyring import Keyring
from collector.models import CheckOut, Grant
from collector.schedule import keys_for
from collector.zones import named
from kiosk.model import Direction, Format, Visitor
from kiosk.sealing import Sealer, SealingKey
from tests.collector.conftest import visit

PEOPLE = (
    Visitor(Format.CCCD, document="014099000001", name="Nguyễn Văn Thử", phone="+84912345678"),
    Visitor(Format.CCCD, document="014099000002", name="Trần Thị Mẫu"),
    Visitor(Format.BHYT, reference="1234567890", name="Lò Văn Giả"),
)


@pytest.fixture
def box(database, settings):
    settings.DATA, settings.SECOND_FACTOR = database.folder, False
    return enrol("cong-chinh", "UBND phường Thử", "Cửa chính")


@pytest.fixture
def client(box):
    user = User.objects.create_user("an")
    Grant.objects.create(user=user, role="manager", place=box.place)
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def store(box, settings):
    keyring = Keyring(settings.DATA)
    (key, *_) = keys_for(30, timezone.localdate(), timezone.get_default_timezone(), keyring)
    public = SealingKey(key.id, bytes(key.public), key.begins)
    sealer = Sealer("cong-chinh", keyring.place_key(box.place_id), (public,))
    numbers = iter(range(1, 100))

    def store(visitor, direction=Direction.IN, **facts):
        id_, now = str(uuid.uuid4()), timezone.now()
        known = {"pseudonyms": sealer.pseudonyms(visitor), "person": sealer.seal(visitor, id_, now)}
        event = visit(next(numbers), id=id_, at=now, direction=direction, **known, **facts)
        Store().commit([Received("cong-chinh", [event])], now)
        return event

    return store


def test_a_managers_day(client, store, box):
    place = f"/places/{box.place_id}/"
    first, second, _ = map(store, PEOPLE)
    store(PEOPLE[1], Direction.OUT)
    store(PEOPLE[0], Direction.OUT, corrects=str(first.id), operator="Lường Văn Gác")

    html = client.get(place).content.decode()
    assert counting.totals(
        box.place, days.of(timezone.localdate(), named(box.place.zone))
    ) == counting.Totals(2, 1, 0, 1)
    assert "Đang ở trong</a></dt><dd>1</dd>" in html
    poll = markup.unescape(re.search(r'hx-get="([^"]+)"', html).group(1))
    assert client.get(poll).status_code == 204

    inside = client.get(f"{place}inside/").content.decode()
    assert re.findall(r"<strong><bdi>(.*?)</bdi></strong></a>", inside) == ["Lò Văn Giả"]

    for sought in ("014099000002", "mau"):
        found = client.post(f"{place}search/", {"sought": sought}).content.decode()
        assert found.count("Trần Thị Mẫu") == 2

    page = f"{place}visits/{second.id}/"
    assert "Trần Thị Mẫu" in client.get(page).content.decode()
    told = {"what": "inside", "reason": "Ra rồi lại vào cửa sau"}
    assert client.post(f"{page}check-out/", told).status_code == 302
    assert CheckOut.objects.get().at is None
    assert client.get(poll).status_code == 200

    for chosen in ({"direction": "out"}, {"via": "camera"}, {"door": "cong-chinh"}, {"guard": "0" * 12}):
        assert client.get(place, chosen).status_code == 200
