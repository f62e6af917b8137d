"""
Django's settings. All that differs between two centres comes from `COLLECTOR_…` in the environment, which
the command `collector` fills from its options.
"""

import datetime as dt
import os
import secrets
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from collector import database
from collector.folder import read_key

_HERE = Path(__file__).parent
_OFF = {"", "0", "false", "no"}
_BEHIND_PROXY = os.environ.get("COLLECTOR_BEHIND_PROXY", "") not in _OFF
_SUFFIX = os.environ.get("COLLECTOR_COOKIE_SUFFIX", "")
_COOKIE_SUFFIX = f"_{_SUFFIX}" if _SUFFIX else ""

DATA = Path(os.environ.get("COLLECTOR_DATA", "/var/lib/entrance-collector"))
SECRET_KEY = read_key(DATA) or secrets.token_urlsafe(48)
DEBUG = False
ALLOWED_HOSTS = os.environ.get("COLLECTOR_ALLOWED_HOSTS", "127.0.0.1 localhost [::1]").split()

INSTALLED_APPS = [
    "collector",  # first: its templates stand in the place of Django's own
    "django.contrib.admin.apps.SimpleAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
    "axes",
]
MIDDLEWARE = [
    "collector.web.access_log.AccessLogMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "collector.web.middleware.GuardMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "collector.web.middleware.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "collector.urls"
WSGI_APPLICATION = "collector.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "collector.web.navigation.menu",
            ]
        },
    }
]

DATABASES = {"default": database.parse(database.chosen(), DATA)}

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "login"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = dt.timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
"""Strangers elsewhere lock nobody out; an office behind one address locks out one account at a time."""
AXES_LOCKOUT_TEMPLATE = "registration/locked.html"
AXES_RESET_ON_SUCCESS = True
AXES_DISABLE_ACCESS_LOG = True
AXES_VERBOSE = False
AXES_CLIENT_IP_CALLABLE = "collector.web.access.network"
OTP_TOTP_ISSUER = "Entrance"
SECOND_FACTOR = os.environ.get("COLLECTOR_NO_SECOND_FACTOR", "") in _OFF
"""Whether those who see names prove themselves twice; off for trying out on this machine only."""
ADDRESS = os.environ.get("COLLECTOR_ADDRESS", "").rstrip("/")
"""Under which phones reach this centre, such as `https://vao.example.vn`; empty for not at all."""
KEEP_MONTHS = int(os.environ.get("COLLECTOR_KEEP_MONTHS") or 0) or None
"""So many whole months of visits are kept; None for all."""
ENROLMENT = os.environ.get("COLLECTOR_ENROLMENT", "")
"""`HOST:PORT` at which new boxes reach this centre; empty where none are enrolled by code."""
BROKER_FOR_BOXES = os.environ.get("COLLECTOR_BROKER_FOR_BOXES", "")
"""`HOST:PORT` at which they reach the broker; empty for what `collector broker` was told."""
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}
"""Counts requests of strangers, to limit them: one process serves the pages."""

MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
SESSION_COOKIE_NAME = f"sessionid{_COOKIE_SUFFIX}"
CSRF_COOKIE_NAME = f"csrftoken{_COOKIE_SUFFIX}"
LANGUAGE_COOKIE_NAME = f"django_language{_COOKIE_SUFFIX}"
"""A host's cookies are those of all its ports: two centres of one host need names of their own."""
SESSION_COOKIE_AGE = 12 * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = _BEHIND_PROXY
"""Off by default only because the page is served in plain http on loopback; on behind a proxy with TLS."""
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if _BEHIND_PROXY else 0
SECURE_SSL_REDIRECT = _BEHIND_PROXY
SECURE_REDIRECT_EXEMPT = [r"^health", r"^metrics"]
"""Machines on this machine ask these in plain http."""
SILENCED_SYSTEM_CHECKS = [
    "security.W005",  # other hosts below the office's name may still speak plain http: not ours to forbid
    "security.W021",  # as above: a preload list is for whoever owns the whole domain
]
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
FRAMED_BY = os.environ.get("COLLECTOR_FRAMED_BY", "").split()
"""Origins whose pages may show a place's in a frame; none for nobody."""

LANGUAGE_CODE = "vi"
LANGUAGES = [("vi", _("Vietnamese")), ("en", _("English"))]
LOCALE_PATHS = [_HERE / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = os.environ.get("COLLECTOR_TIME_ZONE", "Asia/Ho_Chi_Minh")

STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = True
WHITENOISE_MAX_AGE = 300

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
LOGGING_CONFIG = None
"""Logging is set up by the command: one line a happening, to standard error."""
