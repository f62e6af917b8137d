"""A manager's browser."""

import http.cookiejar
import re
import urllib.parse
import urllib.request


def page(address: str, user: str, password: str, path: str = "/") -> str:
    """A page of the centre, for somebody who has to log in first."""
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))
    with browser.open(urllib.parse.urljoin(address, path)) as login:
        token = re.search(r'csrfmiddlewaretoken" value="([^"]+)"', login.read().decode())[1]
        where = login.geturl()
    form = {"csrfmiddlewaretoken": token, "username": user, "password": password, "next": path}
    with browser.open(urllib.request.Request(where, urllib.parse.urlencode(form).encode())) as shown:
        return shown.read().decode()
