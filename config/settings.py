"""The one settings file; everything that differs between installations comes from the environment."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import unquote, urlparse

import django_stubs_ext
from csp.constants import NONCE, NONE, SELF
from django.utils.translation import gettext_lazy as _

from config import outside_identity
from tradewind.base.home import home, secret
from tradewind.base.stores import database

django_stubs_ext.monkeypatch()  # Django's fields and views take type parameters at run time too

env = os.environ.get
ROOT = Path(__file__).resolve().parent.parent
TESTING = env("TRADEWIND_ENV") == "test"
DEBUG = env("TRADEWIND_DEBUG") == "1"

SECRET_KEY = secret("django")
SITE_URL = env("SITE_URL", f"http://{env('HOST', '127.0.0.1')}:{env('PORT', '8000')}").rstrip("/")
STREAM_URL = env("STREAM_URL", "").rstrip("/")
HTTPS = SITE_URL.startswith("https://")
ALLOWED_HOSTS = [
    *env("ALLOWED_HOSTS", "").split(","),
    urlparse(SITE_URL).hostname or "",
    "localhost",
    "127.0.0.1",
    "[::1]",
]
ALLOWED_HOSTS = [host for host in ALLOWED_HOSTS if host] + (["testserver"] if TESTING else [])
CSRF_TRUSTED_ORIGINS = [SITE_URL]

AREAS = ["structure", "culture", "remote", "compliance", "performance", "risk",
         "learning", "finance", "supply", "market", "customers", "innovation"]  # fmt: skip
ENGINES = ["practices", "meetings", "discuss", "surveys", "library", "metrics",
           "exchange", "inbox", "agenda", "jobs", "actions", "access"]  # fmt: skip
NOUNS = ["org", "goals", "skills", "trade", "files"]
ROOMS = [
    *(f"tradewind.areas.{name}" for name in AREAS),
    *(f"tradewind.engines.{name}" for name in ENGINES),
    *(f"tradewind.nouns.{name}" for name in NOUNS),
]
INSTALLED_APPS = [
    "config.apps.TradewindConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django_cotton.apps.SimpleAppConfig",
    "django_htmx",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.socialaccount.providers.saml",
    "tradewind.ui",
    *ROOMS,
]
MIDDLEWARE = [
    "config.meter.Meter",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "config.middleware.CurrentPerson",
    "config.api.ApiEdge",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "config.middleware.SeenSession",
]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"


DATABASES = {"default": database(env("DATABASE_URL") or f"sqlite:///{home() / 'store.sqlite3'}")}
CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache"}}
if TESTING:
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "test"}}

UI_CONTEXT = [
    "django.template.context_processors.request",
    "django.template.context_processors.i18n",
    "django.contrib.messages.context_processors.messages",
    "csp.context_processors.nonce",
    "tradewind.ui.context.shell",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "tradewind" / "ui" / "templates"],  # before allauth's own
        "OPTIONS": {
            "context_processors": UI_CONTEXT,
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        "django_cotton.cotton_loader.Loader",
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
            "builtins": [
                "django_cotton.templatetags.cotton",
                "django.templatetags.i18n",
                "tradewind.ui.templatetags.ui",
            ],
        },
    }
]
UI_SLOTS: dict[str, str] = {
    "activity": "discuss:activity",
    "people": "discuss:people",
    "files": "discuss:files",
    "views": "actions:views",
    "scope": "actions:scope-picker",
    "notices": "inbox:bell",
    "notice_count": "inbox:count",
    "profile": "inbox:profile",
    "sign_out": "account_logout",
    "view_as_end": "actions:view-as-end",
    "stream": f"{STREAM_URL}/events" if STREAM_URL else "",
}
UI_HOOKS: dict[str, str] = {
    "on_export": "config.shell.note_export",
    "search": "config.shell.search",
    "commands": "config.shell.commands",
    "headquarters": "config.shell.headquarters",
    "preference": "config.shell.keep_preference",
    "health": "config.shell.health",
    "choices": "config.shell.limit_choices",
}
CSRF_FAILURE_VIEW = "tradewind.ui.errors.csrf_failure"
FORM_RENDERER = "django.forms.renderers.DjangoTemplates"

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("zh-hans", _("Simplified Chinese"))]
LOCALE_PATHS = [ROOT / "locale"]
USE_TZ = True
TIME_ZONE = "UTC"
STATIC_URL = "static/"
STATIC_ROOT = env("STATIC_ROOT") or str(ROOT / "build" / "static")
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if TESTING or DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
MEDIA_ROOT = str(home() / "files")

AUTH_USER_MODEL = "org.User"
AUTHENTICATION_BACKENDS = ["config.identity.PersonBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/me/"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
if TESTING:
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_ADAPTER = "config.identity.AccountAdapter"
SOCIALACCOUNT_ADAPTER = "config.identity.SocialAdapter"
SOCIALACCOUNT_EMAIL_AUTHENTICATION = SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT = True  # verified addresses only
SOCIALACCOUNT_LOGIN_ON_GET = True  # a form that leads to the provider is stopped by our own policy (form-action)
SOCIALACCOUNT_PROVIDERS = outside_identity.from_environment(env)
MFA_ADAPTER = "config.identity.MFAAdapter"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False  # this session stays, all others end with the old password
ACCOUNT_EMAIL_NOTIFICATIONS = False
ACCOUNT_RATE_LIMITS = {"login_failed": "10/m/ip,5/5m/key", "login": "60/m/ip", "reset_password": "20/m/ip,5/m/key"}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not HTTPS
USERSESSIONS_TRACK_ACTIVITY = False  # the library would write on every request; config.middleware.SeenSession does not

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"
SECURE_SSL_REDIRECT = False
SECURE_HSTS_SECONDS = 31536000 if HTTPS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env("BEHIND_PROXY") == "1" else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "style-src-attr": ["'unsafe-inline'"],
        "img-src": [SELF, "data:", "blob:"],
        "font-src": [SELF],
        "connect-src": [SELF, *([STREAM_URL] if STREAM_URL else [])],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
MAX_UPLOAD_BYTES = int(env("MAX_UPLOAD_MB", "512")) * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000

mail = urlparse(env("MAIL_URL", ""))
EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
if TESTING and not env("MAIL_URL"):
    EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
EMAIL_HOST, EMAIL_PORT = mail.hostname or "", mail.port or 25
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = unquote(mail.username or ""), unquote(mail.password or "")
EMAIL_USE_TLS, EMAIL_USE_SSL = mail.scheme == "smtp+tls", mail.scheme == "smtps"
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env("MAIL_FROM", "tradewind@localhost")

METRICS_TOKEN = env("METRICS_TOKEN", "")
BACKUP_SECOND_PLACE = env("BACKUP_SECOND_PLACE", "")
WATCH_FOLDER = env("WATCH_FOLDER", "")
TRASH_DAYS = int(env("TRASH_DAYS", "30"))
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"stderr": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["stderr"], "level": env("LOG_LEVEL", "WARNING" if TESTING else "INFO")},
}
