"""
The second factor: a code of an app on the phone (TOTP, RFC 6238), or one of ten codes on paper.

Who has none yet sets it up here; who has, proves it once a session. The keys and the counting of wrong codes
are django-otp's.
"""

import time
from io import BytesIO

import django_otp
import segno
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from django_otp.oath import TOTP
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice
from django_otp.util import random_hex

from collector import audit, paper
from collector.audit import Action

PAPER_CODES = 10
_PAPER_LETTERS = 10
_LONGEST_CODE = 32
_KEY = "second_factor_key"


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def second_factor(request: HttpRequest) -> HttpResponse:
    """Ask for a code; of who has no app yet, set one up first."""
    user = _user(request)
    if TOTPDevice.objects.filter(user=user, confirmed=True).exists():
        return _prove(request, user)
    return _set_up(request, user)


def _prove(request: HttpRequest, user: User) -> HttpResponse:
    wrong = False
    if request.method == "POST":
        device = django_otp.match_token(user, _code(request))
        if device is not None:
            django_otp.login(request, device)
            audit.write(request, Action.SECOND_FACTOR)
            return redirect(_next(request))
        audit.write(request, Action.LOGIN_FAILED, step="second_factor")
        wrong = True
    return render(request, "account/prove.html", {"wrong": wrong, "next": _next(request)})


def _set_up(request: HttpRequest, user: User) -> HttpResponse:
    device = _offered(request, user)
    wrong = False
    if request.method == "POST":
        if TOTP(device.bin_key).verify(_digits(request), tolerance=device.tolerance):
            codes = _confirm(request, user, device)
            return render(request, "account/codes.html", {"codes": codes, "next": _next(request)})
        wrong = True
    context = {"wrong": wrong, "next": _next(request), "picture": _picture(device), "key": _key(device)}
    return render(request, "account/set_up.html", context)


def _offered(request: HttpRequest, user: User) -> TOTPDevice:
    """
    What this session offers to set up; not kept before a code has shown that an app has it.

    Each session has a key of its own: who has only the password cannot read what the owner will scan.
    """
    key = request.session.get(_KEY)
    if key is None:
        key = request.session[_KEY] = random_hex()
    return TOTPDevice(user=user, name="app", key=key)


def _confirm(request: HttpRequest, user: User, device: TOTPDevice) -> list[str]:
    """Keep the app's key; the codes for paper, which are told this once."""
    with transaction.atomic():
        device.last_t = int(time.time()) // device.step
        device.save()
        StaticDevice.objects.filter(user=user).delete()
        sheet = StaticDevice.objects.create(user=user, name="paper")
        codes = [paper.word(_PAPER_LETTERS) for _ in range(PAPER_CODES)]
        for code in codes:
            sheet.token_set.create(token=code)
        audit.write(request, Action.SECOND_FACTOR_SET)
    del request.session[_KEY]
    django_otp.login(request, device)
    messages.success(request, _("The second step is set up."))
    return [f"{code[:5]} {code[5:]}" for code in codes]


def _user(request: HttpRequest) -> User:
    """The account itself: django-otp's tables point to it."""
    return User.objects.get(username=request.user.get_username())


def _code(request: HttpRequest) -> str:
    """As it was typed, without the spaces that apps and papers show."""
    return "".join(request.POST.get("code", "").split()).lower()[:_LONGEST_CODE].replace("\0", "")


def _digits(request: HttpRequest) -> int:
    code = _code(request)
    return int(code) if code.isascii() and code.isdigit() else -1


def _next(request: HttpRequest) -> str:
    """Where somebody wanted to go: on this centre only."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    if url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure()):
        return wanted
    return resolve_url("home")


def _picture(device: TOTPDevice) -> str:
    picture = BytesIO()
    segno.make(device.config_url, error="m", micro=False).save(
        picture, kind="svg", xmldecl=False, svgns=True, omitsize=True, border=4, light="#fff"
    )
    return picture.getvalue().decode()


def _key(device: TOTPDevice) -> str:
    """For who cannot scan: in groups of four."""
    secret = device.config_url.partition("secret=")[2].partition("&")[0]
    return " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))
