"""A manager's browser, for tests of more than pages."""

from django.contrib.auth.models import User
from django.test import Client

from collector.models import Grant
from tests.collector.web.conftest import prove


def browser() -> Client:
    """Of somebody who may see all places, logged in and proven twice."""
    user = User.objects.create_user("an")
    Grant.objects.create(user=user, role="manager")
    client = Client()
    client.force_login(user)
    prove(client, user)
    return client
