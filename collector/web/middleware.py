"""What holds for every answer: what a browser may do with it, and its language."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation

_ADMINISTRATION = "/admin/"
_VISITORS = "/o/"
Answer = Callable[[HttpRequest], HttpResponse]

CONTENT_POLICY = (
    "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; img-src 'self'; "
    "font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""Our own scripts, styles and pictures, from files; nothing written into a page, nothing from elsewhere."""


ADMINISTRATION_POLICY = CONTENT_POLICY.replace("style-src 'self'", "style-src 'self' 'unsafe-inline'")
"""Django's own pages of administration set styles in their scripts."""
_NO_FRAME = "frame-ancestors 'none'"
_MAY_BE_FRAMED = frozenset({"day", "inside"})
"""Names of the pages that only show a place: nobody logs in there, or changes anything but what is shown."""


class GuardMiddleware:
    """
    Tell browsers to run our own scripts only, and keep no page with names.

    They show us in no frame, but where the centre was told whose pages may: those show who comes and goes at
    a place, and nothing else.
    """

    def __init__(self, get_response: Answer) -> None:
        self._answer = get_response
        self._framers = " ".join(settings.FRAMED_BY)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, with the rules that hold for all answers."""
        response = self._answer(request)
        is_administration = request.path.startswith(_ADMINISTRATION)
        policy = ADMINISTRATION_POLICY if is_administration else CONTENT_POLICY
        if self._framers and request.resolver_match and request.resolver_match.view_name in _MAY_BE_FRAMED:
            policy = policy.replace(_NO_FRAME, f"frame-ancestors {self._framers}")
            del response.headers["X-Frame-Options"]  # it can name nobody
        response.headers["Content-Security-Policy"] = policy
        response.headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()"
        response.headers.setdefault("Cache-Control", "no-store")
        return response


class LanguageMiddleware:
    """
    The language that was chosen on the page; else the centre's own, whatever the browser prefers.

    Visitors may come from anywhere, and open one page once: there, their browser's counts before ours.
    """

    def __init__(self, get_response: Answer) -> None:
        self._answer = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer in that language."""
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        language = settings.LANGUAGE_CODE
        if chosen in dict(settings.LANGUAGES):
            language = chosen
        elif request.path.startswith(_VISITORS):
            language = translation.get_language_from_request(request)
        with translation.override(language):
            response = self._answer(request)
        response.headers["Content-Language"] = language
        return response
