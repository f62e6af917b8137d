"""Accounts, units and places, on Django's own pages; what administrators do is written down."""

import pytest
from django.contrib.auth.models import User

from collector.models import AuditEntry, Grant, Place, Unit

ROLES = {f"grants-{name}": value for name, value in {"TOTAL_FORMS": 1, "INITIAL_FORMS": 0}.items()}


@pytest.fixture
def administrator(client_of):
    return client_of("administrator")


def account(user: User, **changed) -> dict[str, object]:
    """The form of an account, with nothing changed but this."""
    given = Grant.objects.filter(user=user)
    form: dict[str, object] = {
        "is_active": "on",
        "grants-TOTAL_FORMS": len(given),
        "grants-INITIAL_FORMS": len(given),
    }
    for number, grant in enumerate(given):
        form |= {
            f"grants-{number}-id": grant.pk,
            f"grants-{number}-user": user.pk,
            f"grants-{number}-role": grant.role,
            f"grants-{number}-unit": grant.unit_id or "",
            f"grants-{number}-place": grant.place_id or "",
        }
    return form | changed


def entries(what: str) -> list[AuditEntry]:
    return [entry for entry in AuditEntry.objects.order_by("pk") if entry.detail.get("what") == what]


def test_an_administrator_sees_accounts_units_and_places_and_no_visit(administrator, offices):
    page = administrator.get("/admin/").content.decode()

    assert "/admin/auth/user/" in page
    assert "visit" not in page
    assert administrator.get(f"/places/{offices.place.pk}/").status_code == 403


def test_who_proves_nothing_administers_nothing(client_of):
    answer = client_of("administrator", proven=False).get("/admin/auth/user/", follow=True)

    assert answer.redirect_chain[-1][0].startswith("/account/second-factor")


def test_a_role_that_is_given_stands_in_the_audit_with_where(administrator, offices, client_of):
    user = client_of(None).user
    role = {"grants-0-role": "clerk", "grants-0-place": offices.place.pk, "grants-0-user": user.pk}

    administrator.post(
        f"/admin/auth/user/{user.pk}/change/", account(user, **role, **{"grants-TOTAL_FORMS": 1})
    )

    (entry,) = entries("role given")
    assert (entry.detail["role"], entry.detail["where"], entry.account) == (
        "clerk",
        offices.place.name,
        administrator.user.pk,
    )
    assert entry.address == "127.0.0.1"


def test_a_role_that_is_taken_stands_there_too(administrator, client_of):
    user = client_of("manager").user

    administrator.post(f"/admin/auth/user/{user.pk}/change/", account(user, **{"grants-0-DELETE": "on"}))

    assert not Grant.objects.filter(user=user).exists()
    assert [entry.detail["role"] for entry in entries("role taken")] == ["manager"]


def test_an_account_keeps_its_name_so_that_the_audit_tells_who_it_was(administrator, client_of):
    user = client_of("manager").user

    administrator.post(f"/admin/auth/user/{user.pk}/change/", account(user, username="somebody-else"))

    assert User.objects.get(pk=user.pk).username == user.username


def test_accounts_are_removed_one_by_one_and_that_is_written_down(administrator, client_of):
    users = [client_of("clerk").user for _ in range(2)]
    chosen = {"action": "delete_selected", "_selected_action": [user.pk for user in users], "post": "yes"}

    administrator.post("/admin/auth/user/", chosen)
    administrator.post(f"/admin/auth/user/{users[0].pk}/delete/", {"post": "yes"})

    assert User.objects.filter(pk__in=[user.pk for user in users]).count() == 1
    assert [(entry.subject, entry.detail["of"]) for entry in entries("removed")] == [
        (str(users[0].pk), "user")
    ]


def test_of_a_place_only_name_and_unit_are_set_here(administrator, offices):
    told = {"name": "UBND phường mới", "unit": offices.province.pk, "zone": "Asia/Hanoi", "keep_days": 0}

    administrator.post(f"/admin/collector/place/{offices.place.pk}/change/", told)

    place = Place.objects.get(pk=offices.place.pk)
    assert (place.name, place.unit, place.zone, place.keep_days) == (
        "UBND phường mới",
        offices.province,
        "Asia/Ho_Chi_Minh",
        30,
    )


@pytest.mark.parametrize("name", ["hai\ndòng", "a\u202eb", ""])
def test_a_name_that_no_door_could_show_is_refused(name, administrator, offices):
    administrator.post(f"/admin/collector/place/{offices.place.pk}/change/", {"name": name, "unit": ""})

    assert Place.objects.get(pk=offices.place.pk).name == offices.place.name


def test_a_unit_cannot_stand_below_itself(administrator, offices):
    province = offices.province
    told = {"name": province.name, "parent": offices.commune.pk}

    administrator.post(f"/admin/collector/unit/{province.pk}/change/", told)

    assert Unit.objects.get(pk=province.pk).parent is None
