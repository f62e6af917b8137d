"""
Who gets to which page: every address, every role, one table.

A right that is given or taken by mistake changes a line here, or fails.
"""

import gzip
import re
import uuid
from typing import Any

import pytest
from django.test import Client
from django.urls import get_resolver, reverse
from django.utils import timezone

from collector.models import Export, Grant, Guard, Order, PersonRequest, Place, SupportBundle, Visit

TABLE = """
home                 GET       clerk manager province auditor technician administrator
places               GET       clerk manager
login                GET POST  anybody
logout               POST      anybody
language             POST      anybody
password             GET POST  account
second_factor        GET POST  account
health               GET       anybody
health_live          GET       anybody
health_ready         GET       anybody
metrics              GET       anybody
check_in             GET POST  anybody
checked_in           GET       anybody
day                  GET       clerk manager
rows                 GET       clerk manager
inside               GET       clerk manager
inside_rows          GET       clerk manager
search               GET POST  clerk manager
visit                GET       clerk manager
check_out            POST      manager
exports              GET POST  manager
export               GET       manager
export_progress      GET       manager
export_file          GET       manager
guards               GET POST  manager
guard                GET       manager
guard_right          POST      manager
guard_phone          POST      manager
guard_pin            POST      manager
guard_badge          POST      manager
guard_badge_remove   POST      manager
guard_remove         GET POST  manager
persons              GET POST  manager
persons_see          POST      manager
persons_correct      POST      manager
persons_erase        POST      manager
persons_receipt      GET       manager
poster               GET       manager
poster_file          GET       manager
poster_renew         GET POST  manager
place_settings       GET POST  manager
place_questions      GET POST  manager
record               GET       manager
figures              GET       clerk manager province
figures_all          GET       clerk manager province
report_all           GET       clerk manager province
report_table_all     GET       clerk manager province
figures_unit         GET       clerk manager province
report_unit          GET       clerk manager province
report_table_unit    GET       clerk manager province
figures_place        GET       clerk manager province
report_place         GET       clerk manager province
report_table_place   GET       clerk manager province
doors                GET       manager technician
door                 GET       manager technician
door_latest          GET       manager technician
door_command         POST      manager technician
door_support         GET       manager technician
door_new             GET POST  manager technician
door_code            GET POST  manager technician
door_code_latest     GET       manager technician
door_code_withdraw   POST      manager technician
technician_badge     GET POST  manager technician
audit                GET       auditor
audit_table          GET       auditor
admin:index          GET       administrator
"""
ROLES = ("clerk", "manager", "province", "auditor", "technician", "administrator", None)
WITHOUT_PROOF = {"home"}
"""It only sends on."""
ROWS = [
    pytest.param(name, method, who.split(), id=f"{method} {name}")
    for line in TABLE.strip().splitlines()
    for name, methods, who in [re.fullmatch(r"(\S+) +(GET POST|GET|POST) +(.*)", line).groups()]
    for method in methods.split()
]
DAY = {"first": "2026-03-14", "last": "2026-03-14"}
DJANGOS = {"login", "logout", "language", "password", "admin:index"}
"""Views of Django's own, which take some other methods for one of these."""
NAMES = {row.values[0] for row in ROWS}


def export(client: Client, place: int) -> uuid.UUID:
    """A list that this account has asked for."""
    return Export.objects.create(
        user=client.user, place_id=place, kind="csv", made_at=timezone.now(), query=DAY
    ).pk


@pytest.fixture
def things(offices) -> dict[str, Any]:
    """Something of the place for each part of an address, and the same of another place: `(ours, theirs)`."""
    return {
        "ours": of(offices.place, offices.box),
        "theirs": of(offices.elsewhere, offices.other_box),
    }


def bundle(box, now) -> SupportBundle:
    """What a box told of itself when it was asked."""
    order = Order.objects.create(kiosk=box, name="support_bundle", made_at=now, deadline=now, status="done")
    return SupportBundle.objects.create(order=order, received_at=now, content=gzip.compress(b"{}"))


def of(place, box) -> dict[str, Any]:
    now = timezone.now()
    visit = Visit.objects.create(
        id=uuid.uuid4(),
        kiosk=box.name,
        place=place,
        epoch=uuid.uuid4(),
        sequence=1,
        direction="in",
        via="camera",
        verified=True,
        at=now,
        clock_trusted=True,
        boot=uuid.uuid4(),
        monotonic=1.0,
        format="cccd",
        received_at=now,
    )
    return {
        "place": place.pk,
        "unit": place.unit_id,
        "slug": place.slug,
        "kiosk": box.name,
        "visit": visit.pk,
        "guard": Guard.objects.create(place=place, name="Lò Văn Giả").pk,
        "receipt": PersonRequest.objects.create(place=place, kind="see", at=now, by="an").pk,
        "list_": uuid.uuid4(),
        "order": bundle(box, now).pk,
    }


def parts(name: str) -> list[str]:
    """What must be told in an address."""
    return get_resolver().reverse_dict[name][0][0][1] if ":" not in name else []


def address(name: str, things: dict[str, Any]) -> str:
    return reverse(name, kwargs={part: things[part] for part in parts(name)})


def reached(answer) -> str:
    """`in`, or where somebody was sent or refused."""
    if answer.status_code == 403:
        return "refused"
    where = answer.headers.get("Location", "").split("?")[0]
    known = {"/login": "login", "/account/second-factor": "second factor", "/admin/login/": "refused"}
    return known.get(where, "in")


def ask(client: Client, method: str, name: str, things: dict[str, Any]):
    return client.generic(method, address(name, things))


def test_every_address_stands_in_the_table():
    known = {name for name in get_resolver().reverse_dict if isinstance(name, str)}

    assert known == NAMES - {"admin:index"}


@pytest.mark.parametrize(("name", "method", "who"), ROWS)
def test_each_role_gets_to_its_pages_and_no_other(name, method, who, things, client_of):
    told = {}
    for role in ROLES:
        client = client_of(role, everywhere=True)
        if role == "manager" and name.startswith("export"):
            things["ours"]["list_"] = export(client, things["ours"]["place"])
        told[role] = reached(ask(client, method, name, things["ours"]))

    allowed = {*ROLES} if who[0] in {"anybody", "account"} else {*who}
    expected = {role: "in" if role in allowed else "refused" for role in ROLES}
    if name == "logout":
        expected = dict.fromkeys(ROLES, "login")
    assert told == expected


@pytest.mark.parametrize(("name", "method", "who"), ROWS)
def test_strangers_get_to_the_login_and_to_what_is_for_anybody(name, method, who, things):
    way = reached(ask(Client(), method, name, things["ours"]))

    if name == "admin:index":
        assert way == "refused"
    else:
        assert way == ("in" if who[0] == "anybody" and name != "logout" else "login")


@pytest.mark.parametrize(("name", "method", "who"), [row for row in ROWS if row.values[0] not in DJANGOS])
def test_a_method_that_is_not_in_the_table_is_not_taken(name, method, who, things, client_of):
    others = {"GET", "POST", "PUT", "DELETE"} - {row.values[1] for row in ROWS if row.values[0] == name}
    client = client_of("administrator", everywhere=True)
    for role in Grant.Role.values:
        Grant.objects.create(user=client.user, role=role)

    assert {other: ask(client, other, name, things["ours"]).status_code for other in others} == dict.fromkeys(
        others, 405
    )


@pytest.mark.parametrize(("name", "method", "who"), [row for row in ROWS if "manager" in row.values[2]])
def test_a_password_alone_leads_to_no_name(name, method, who, things, client_of):
    client = client_of("manager", everywhere=True, proven=False)

    way = reached(ask(client, method, name, things["ours"]))

    assert way == ("in" if name in WITHOUT_PROOF else "second factor")


ABOVE = {"place", "unit", "kiosk"}
OWN = {"visit", "guard", "receipt", "list_"}
SCOPED = [row for row in ROWS if ABOVE & {*parts(row.values[0])}]
OF_A_THING = [row for row in ROWS if OWN & {*parts(row.values[0])}]


@pytest.mark.parametrize(("name", "method", "who"), SCOPED)
def test_nobody_gets_to_another_place(name, method, who, things, client_of):
    elsewhere = Place.objects.get(pk=things["theirs"]["place"])
    there = {"unit": elsewhere.unit} if "unit" in parts(name) else {"place": elsewhere}

    told = {role: reached(ask(client_of(role, **there), method, name, things["ours"])) for role in who}

    assert told == dict.fromkeys(who, "refused")


@pytest.mark.parametrize(("name", "method", "who"), OF_A_THING)
def test_a_thing_of_another_place_is_not_found_in_ones_own(name, method, who, things, client):
    mixed = {part: things["theirs" if part in OWN else "ours"][part] for part in parts(name)}

    assert client.generic(method, reverse(name, kwargs=mixed)).status_code == 404


@pytest.mark.parametrize(("name", "method", "who"), SCOPED)
def test_a_place_that_is_not_there_is_refused_like_one_that_is_not_theirs(name, method, who, things, client):
    nowhere = things["ours"] | {"place": 10**9, "unit": 10**9, "kiosk": "no-such-box"}

    assert client.generic(method, address(name, nowhere)).status_code == 403
