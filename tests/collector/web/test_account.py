"""Logging in, the second factor, and what a wrong password brings."""

import re
from base64 import b32decode

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django_otp.oath import totp
from django_otp.plugins.otp_totp.models import TOTPDevice

from collector.models import AuditEntry, Grant
from tests.collector.web.conftest import PASSWORD


@pytest.fixture
def newcomer(offices) -> Client:
    """A manager's browser, logged in by password alone for the first time."""
    user = User.objects.create_user("an", password=PASSWORD)
    Grant.objects.create(user=user, role="manager", place=offices.place)
    client = Client()
    client.post("/login", {"username": "an", "password": PASSWORD})
    return client


def shown_by_the_app(client: Client) -> str:
    """The six digits of an app that has scanned what this browser shows."""
    page = client.get("/account/second-factor").content.decode()
    key = re.search(r'<code class="key">([A-Z2-7 ]+)</code>', page)[1].replace(" ", "")
    return f"{totp(b32decode(key)):06d}"


def test_a_password_alone_shows_no_names(newcomer, offices):
    answer = newcomer.get(f"/places/{offices.place.pk}/")

    assert (answer.status_code, answer["Location"].split("?")[0]) == (302, "/account/second-factor")


def test_the_second_factor_is_set_up_once_and_leads_on(newcomer, offices):
    wanted = f"/places/{offices.place.pk}/"
    page = newcomer.get("/account/second-factor", {"next": wanted}).content.decode()
    assert "<svg" in page

    told = newcomer.post(
        "/account/second-factor", {"code": shown_by_the_app(newcomer), "next": wanted}
    ).content.decode()

    assert len(re.findall(r"<code>[a-z2-9]{5} [a-z2-9]{5}</code>", told)) == 10
    assert newcomer.get(wanted).status_code == 200
    assert AuditEntry.objects.filter(action="second_factor_set", user="an").count() == 1


def test_wrong_digits_set_up_nothing(newcomer):
    newcomer.get("/account/second-factor")

    answer = newcomer.post("/account/second-factor", {"code": "000000"})

    assert 'role="alert"' in answer.content.decode()
    assert not TOTPDevice.objects.exists()


def test_a_code_on_paper_lets_in_once(newcomer, offices):
    told = newcomer.post("/account/second-factor", {"code": shown_by_the_app(newcomer)}).content.decode()
    paper = re.findall(r"<code>([a-z2-9]{5} [a-z2-9]{5})</code>", told)[0]

    def login(code: str) -> int:
        client = Client()
        client.post("/login", {"username": "an", "password": PASSWORD})
        client.post("/account/second-factor", {"code": code})
        return client.get(f"/places/{offices.place.pk}/").status_code

    assert [login(paper), login(paper)] == [200, 302]


def test_nobody_is_sent_to_another_site(newcomer):
    told = newcomer.post(
        "/account/second-factor", {"code": shown_by_the_app(newcomer), "next": "https://elsewhere.example/"}
    ).content.decode()

    assert "elsewhere.example" not in told


def test_five_wrong_passwords_close_the_account_from_there(offices):
    User.objects.create_user("an", password=PASSWORD)
    client = Client()
    for _ in range(5):
        answer = client.post("/login", {"username": "an", "password": "x"})

    assert answer.status_code == 429
    assert client.post("/login", {"username": "an", "password": PASSWORD}).status_code == 429
    elsewhere = Client(REMOTE_ADDR="192.0.2.7")
    assert elsewhere.post("/login", {"username": "an", "password": PASSWORD}).status_code == 302


def test_a_new_password_ends_the_other_sessions(client_of):
    first = client_of()
    second = Client()
    second.post("/login", {"username": first.user.username, "password": PASSWORD})
    words = {
        "old_password": PASSWORD,
        "new_password1": "hai mat khau dai",
        "new_password2": "hai mat khau dai",
    }

    first.post("/account/password", words)

    assert first.get("/").status_code == 302
    assert "/login" not in first.get("/")["Location"]
    assert "/login" in second.get("/")["Location"]


def test_logins_stand_in_the_audit_without_what_was_typed(offices):
    User.objects.create_user("an", password=PASSWORD)
    client = Client()
    client.post("/login", {"username": "mat khau dien nham", "password": "x"})
    client.post("/login", {"username": "an", "password": PASSWORD})
    client.post("/logout")

    written = list(AuditEntry.objects.order_by("pk").values_list("action", "user", "address"))
    assert written == [
        ("login_failed", "", "127.0.0.1"),
        ("logged_in", "an", "127.0.0.1"),
        ("logged_out", "an", "127.0.0.1"),
    ]


def test_who_has_only_the_password_cannot_read_what_the_owner_will_scan(newcomer):
    thief = Client()
    thief.post("/login", {"username": "an", "password": PASSWORD})

    assert shown_by_the_app(thief) != shown_by_the_app(newcomer)


def test_digits_that_set_it_up_do_not_let_anybody_in_again(newcomer, offices):
    digits = shown_by_the_app(newcomer)
    newcomer.post("/account/second-factor", {"code": digits})
    other = Client()
    other.post("/login", {"username": "an", "password": PASSWORD})

    other.post("/account/second-factor", {"code": digits})

    assert other.get(f"/places/{offices.place.pk}/").status_code == 302


@pytest.mark.parametrize("path", ["/doors/", "/figures/", "/account/password"])
def test_who_can_come_to_names_proves_it_for_all_that_is_theirs(newcomer, path):
    answer = newcomer.get(path)

    assert answer.headers["Location"].startswith("/account/second-factor")


def test_a_technician_proves_it_before_a_door_obeys(offices, client_of):
    technician = client_of("technician", proven=False)

    answer = technician.post(f"/doors/{offices.box.name}/command", {"name": "restart"})

    assert answer.headers["Location"] == "/account/second-factor?next=/"


def test_a_network_that_tries_and_tries_is_told_to_wait(offices):
    client = Client(REMOTE_ADDR="2001:db8::1")
    tried = [client.post("/login", {"username": f"an{number}", "password": "x"}) for number in range(32)]

    assert [answer.status_code for answer in tried] == [200] * 30 + [429] * 2
    neighbour = Client(REMOTE_ADDR="2001:db8::ffff")
    assert neighbour.post("/login", {"username": "an", "password": "x"}).status_code == 429
    assert AuditEntry.objects.filter(action="login_failed").count() == 30


def test_old_passwords_cannot_be_tried_at_will(client_of):
    client = client_of()
    words = {"old_password": "x", "new_password1": "hai mat khau dai", "new_password2": "hai mat khau dai"}
    tried = [client.post("/account/password", words).status_code for _ in range(11)]

    assert tried == [200] * 10 + [429]
    failed = AuditEntry.objects.filter(action="login_failed", account=client.user.pk)
    assert failed.count() == 10


def test_a_proxy_that_writes_old_addresses_as_new_ones_makes_nobody_anothers_neighbour(offices):
    for number in range(31):
        Client(REMOTE_ADDR="::ffff:192.0.2.1").post("/login", {"username": f"an{number}", "password": "x"})
    other = Client(REMOTE_ADDR="::ffff:192.0.2.2")

    assert other.post("/login", {"username": "an", "password": "x"}).status_code == 200
