"""`collector user` and `collector unit`: accounts, what they may do, and the tree of units."""

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction

from collector import accounts, enrolment, granting, registering, rights, tree
from collector.errors import AccountRefused, EnrolmentRefused, RegistryRefused
from collector.models import AuditEntry, Place, Unit
from collector.rights import Right
from tests.collector.conftest import run
from tests.collector.test_command import complaint

PASSWORD = "mot mat khau dai"


@pytest.fixture
def data(tmp_path):
    return str(tmp_path / "data")


@pytest.fixture
def places(db):
    """Two communes of a province, with a place each, and a place that stands alone."""
    made = [Place.objects.create(name=name) for name in ("UBND Chiềng An", "UBND Tô Hiệu", "Trạm y tế")]
    for place, path in zip(made, ("Sơn La/Chiềng An", "Sơn La/Tô Hiệu"), strict=False):
        place.unit = tree.add(path)
        place.save()
    return made


@pytest.fixture
def an(db):
    accounts.add("an", PASSWORD)
    return User.objects.get(username="an")


def test_a_user_is_made_with_a_role_and_a_password_that_is_shown_once(data):
    done = run("user", "add", "an", "--role", "manager", "--data", data)

    assert done.returncode == 0
    assert len(done.stdout.split("Password: ")[1].strip()) == 23
    assert run("user", "list", "--data", data).stdout == "an: manager at all places\n"
    assert "collector user password an" in complaint(
        run("user", "add", "an", "--role", "clerk", "--data", data)
    )


def test_a_user_can_bring_a_password(data):
    done = run(
        "user", "add", "an", "--role", "manager", "--password-stdin", "--data", data, stdin=f"{PASSWORD}\n"
    )

    assert done.stdout == "an may log in.\n"
    assert "mot mat khau" not in done.stderr


def test_units_are_made_and_listed(data):
    run("unit", "add", "Sơn La/Chiềng An", "--data", data)

    assert run("unit", "list", "--data", data).stdout == "Sơn La\nSơn La/Chiềng An\n"


@pytest.mark.django_db
@pytest.mark.parametrize("password", ["", "short", "1234567890123"])
def test_a_weak_password_is_refused(password):
    with pytest.raises(AccountRefused):
        accounts.add("an", password)


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["an binh", "a" * 151, ""])
def test_a_name_that_is_none_is_refused(name):
    with pytest.raises(AccountRefused):
        accounts.add(name, PASSWORD)


def test_a_role_that_cannot_be_given_leaves_no_account(data):
    run("migrate", "--data", data)

    assert "not known" in complaint(
        run("user", "add", "an", "--role", "clerk", "--place", "UBND", "--data", data)
    )
    assert run("user", "list", "--data", data).stdout == ""


def test_who_has_no_account_is_told_who_was_meant(an):
    with pytest.raises(AccountRefused, match="did you mean an"):
        granting.account("ann")


def test_a_manager_of_a_unit_sees_all_places_below_it_and_no_other(an, places):
    granting.give("an", "manager", unit="Sơn La")

    assert list(rights.places(an, Right.SEE_NAMES)) == places[:2]


def test_a_manager_of_a_place_sees_that_place(an, places):
    granting.give("an", "manager", place="UBND Tô Hiệu")

    assert list(rights.places(an, Right.EXPORT)) == [places[1]]
    assert not rights.units(an, Right.SEE_FIGURES).exists()


def test_who_is_granted_everywhere_sees_places_of_no_unit_too(an, places):
    granting.give("an", "province")

    assert rights.places(an, Right.SEE_FIGURES).count() == 3
    assert not rights.has(an, Right.SEE_NAMES)


def test_roles_add_up_and_can_be_taken(an, places):
    granting.give("an", "clerk", place="UBND Tô Hiệu")
    granting.give("an", "technician")
    granting.give("an", "technician")
    assert granting.told(an) == ["clerk at UBND Tô Hiệu", "technician at all places"]

    granting.take("an", "clerk", place="UBND Tô Hiệu")

    assert granting.told(an) == ["technician at all places"]
    with pytest.raises(AccountRefused):
        granting.take("an", "clerk", place="UBND Tô Hiệu")


def test_an_administrator_sees_no_names(an, places):
    granting.give("an", "administrator")

    assert not rights.has(User.objects.get(), Right.SEE_NAMES)
    with pytest.raises(AccountRefused):
        granting.give("an", "administrator", place="UBND Tô Hiệu")


def test_an_account_that_may_not_log_in_any_more_has_no_right(an, places):
    granting.give("an", "manager")
    an.is_active = False

    assert not rights.has(an, Right.SEE_NAMES)


def test_what_is_given_and_taken_stands_in_the_audit(an, places):
    granting.give("an", "clerk", place="UBND Tô Hiệu")
    granting.take("an", "clerk", place="UBND Tô Hiệu")
    accounts.remove("an")

    assert [entry.detail["what"] for entry in AuditEntry.objects.order_by("pk")] == [
        "role given",
        "role taken",
        "account removed",
    ]


def test_units_stand_below_one_another_once(db):
    tree.add("Sơn La/Chiềng An")
    tree.add("Sơn La/Chiềng An/Trạm y tế")

    assert tree.every() == ["Sơn La", "Sơn La/Chiềng An", "Sơn La/Chiềng An/Trạm y tế"]
    with pytest.raises(IntegrityError), transaction.atomic():
        Unit.objects.create(name="Sơn La")


def test_a_unit_may_be_named_by_its_end_where_that_is_clear(db):
    tree.add("Sơn La/Tân Lập")
    lone = tree.add("Sơn La/Chiềng An")
    tree.add("Thái Nguyên/Tân Lập")

    assert tree.named("Chiềng An") == lone
    assert tree.path_of(tree.named("Thái Nguyên/Tân Lập")) == "Thái Nguyên/Tân Lập"
    with pytest.raises(RegistryRefused, match="Sơn La/Tân Lập, Thái Nguyên/Tân Lập"):
        tree.named("Tân Lập")
    with pytest.raises(RegistryRefused, match="did you mean Chiềng An"):
        tree.named("Chiềng Ân")


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["", "/", "Sơn La/", "a" * 81, "a\u202eb", "/".join("a" * 21)])
def test_a_path_that_is_none_is_refused(path):
    with pytest.raises(RegistryRefused):
        tree.add(path)


def test_a_place_is_put_below_a_unit_and_out_of_it(places):
    assert registering.set_place("Trạm y tế", {"unit": "Tô Hiệu", "closes": "17:00"}).unit.name == "Tô Hiệu"
    assert registering.set_place("Trạm y tế", {"unit": "", "closes": ""}).unit is None
    with pytest.raises(RegistryRefused, match="closes"):
        registering.set_place("Trạm y tế", {"closes": "5 giờ"})


def test_a_box_is_not_enrolled_at_a_place_by_a_slip_of_the_pen(places):
    enrolment.enrol("cong-chinh", "UBND Chiềng An", new=False)

    with pytest.raises(EnrolmentRefused, match="did you mean UBND Tô Hiệu"):
        enrolment.enrol("cong-phu", "UBND To Hieu", new=False)
    with pytest.raises(EnrolmentRefused, match="belongs to UBND Chiềng An"):
        enrolment.enrol("cong-chinh", "Thư viện", new=False)
    assert Place.objects.count() == 3


def test_a_place_that_is_called_like_no_other_is_made_with_its_first_box(places):
    assert enrolment.enrol("thu-vien", "Thư viện tỉnh", new=False).place.name == "Thư viện tỉnh"
    assert enrolment.enrol("to-hieu", "UBND To Hieu", new=True).place.name == "UBND To Hieu"
