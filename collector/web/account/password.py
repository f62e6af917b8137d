"""A new password, for who knows the old one."""

from django.contrib import messages
from django.contrib.auth.forms import PasswordChangeForm
from django.contrib.auth.views import PasswordChangeView
from django.db import transaction
from django.http import HttpResponse
from django.urls import reverse_lazy
from django.utils.translation import gettext as _

from collector import audit
from collector.audit import Action


class PasswordView(PasswordChangeView):
    """Django's own, with a word of what was done; all other sessions of the account end."""

    template_name = "account/password.html"
    success_url = reverse_lazy("home")

    def form_valid(self, form: PasswordChangeForm) -> HttpResponse:
        """The password is changed, and that is written down."""
        with transaction.atomic():
            answer = super().form_valid(form)
            audit.write(self.request, Action.PASSWORD_CHANGED)
        messages.success(self.request, _("The new password holds from now on."))
        return answer
