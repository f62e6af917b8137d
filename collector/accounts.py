"""Accounts: who may log in."""

from django.contrib.auth.models import User
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import override
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice

from collector import audit, granting, paper
from collector.audit import Action
from collector.errors import AccountRefused

_LONGEST_NAME = 150
_GROUPS, _GROUP_LETTERS = 4, 5


def add(name: str, password: str) -> None:
    """
    Make an account.

    Raises:
        AccountRefused: If there is one of that name, or name or password will not do.
    """
    user = User(username=name)
    try:
        with override("en"):
            User.username_validator(name)
    except ValidationError as error:
        raise AccountRefused(f'user "{name}": only letters, digits and @ . + - _ in a name') from error
    if len(name) > _LONGEST_NAME:
        raise AccountRefused(f'user "{name[:20]}…": more than 150 letters; choose a shorter name')
    if User.objects.filter(username=name).exists():
        raise AccountRefused(f'user "{name}": already there; see `collector user password {name}`')
    _set_password(user, password)


def change_password(name: str, password: str) -> None:
    """
    Give an account a new password; whoever is logged in with the old one is out.

    Raises:
        AccountRefused: If there is no such account, or the password will not do.
    """
    user = granting.account(name)
    _set_password(user, password)


def remove(name: str) -> None:
    """
    Remove an account; what it did stays in the audit.

    Raises:
        AccountRefused: If there is no such account.
    """
    user = granting.account(name)
    user.delete()
    audit.write_own(Action.ADMINISTERED, what="account removed", account=name)


def forget_second_factor(name: str) -> None:
    """
    Have an account set up its second factor anew; whoever is logged in with the old one proves it no more.

    Raises:
        AccountRefused: If there is no such account.
    """
    take_second_factor(granting.account(name))
    audit.write_own(Action.ADMINISTERED, what="second factor forgotten", account=name)


def take_second_factor(user: User) -> None:
    """Forget app and codes on paper of an account; whoever calls this writes it down."""
    TOTPDevice.objects.filter(user=user).delete()
    StaticDevice.objects.filter(user=user).delete()


def generate_password() -> str:
    """A password that can be read over the phone: about 99 bits."""
    return "-".join(paper.word(_GROUP_LETTERS) for _ in range(_GROUPS))


def _set_password(user: User, password: str) -> None:
    try:
        with override("en"):
            validate_password(password, user)
    except ValidationError as error:
        why = " ".join(error.messages)
        raise AccountRefused(f'password of "{user.username}": {why} Choose another.') from error
    user.set_password(password)
    user.save()
