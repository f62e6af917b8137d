"""Addresses: logging in, the second factor, the password."""

from django.urls import path

from collector.web.account import entering, leaving, password, second_factor

urlpatterns = [
    path("login", entering.LoginView.as_view(), name="login"),
    path("logout", leaving.LogoutView.as_view(), name="logout"),
    path("account/password", password.PasswordView.as_view(), name="password"),
    path("account/second-factor", second_factor.second_factor, name="second_factor"),
]
