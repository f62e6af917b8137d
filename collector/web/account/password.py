"""A new password, for who knows the old one."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.forms import PasswordChangeForm
from django.contrib.auth.views import PasswordChangeView
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse_lazy
from django.utils.translation import gettext as _

from collector import audit
from collector.audit import Action
from collector.web.access import ask_for_proof, must_prove
from collector.web.account import throttle


class PasswordView(PasswordChangeView):
    """
    Django's own, with a word of what was done; all other sessions of the account end.

    Who has a second factor shows it first: an old password alone must not lock its owner out.
    """

    template_name = "account/password.html"
    success_url = reverse_lazy("home")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Ask for the second factor, and let nobody try old passwords at will."""
        if request.user.is_authenticated:
            if must_prove(request):
                return ask_for_proof(request)
            if request.method == "POST" and throttle.password_waits(request):
                return render(request, "registration/locked.html", status=429)
        return super().dispatch(request, *args, **kwargs)

    def form_valid(self, form: PasswordChangeForm) -> HttpResponse:
        """The password is changed, and that is written down."""
        with transaction.atomic():
            answer = super().form_valid(form)
            audit.write(self.request, Action.PASSWORD_CHANGED)
        messages.success(self.request, _("The new password holds from now on."))
        return answer

    def form_invalid(self, form: PasswordChangeForm) -> HttpResponse:
        """It is not; a wrong old password is written down."""
        if "old_password" in form.errors:
            audit.write(self.request, Action.LOGIN_FAILED, step="password_change")
        return super().form_invalid(form)
