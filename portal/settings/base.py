"""Settings that hold everywhere. What an operator may choose comes from the environment, strictly read."""

import datetime as dt
from pathlib import Path

from csp.constants import NONE, SELF

from portal import environment, logs

BASE_DIR = Path(__file__).resolve().parent.parent.parent
VAR = Path(environment.text("PORTAL_VAR", str(BASE_DIR / "var"))).absolute()

DEBUG = False
SECRET_KEY = environment.text("PORTAL_SECRET_KEY")
# Signs the scope that every statement runs in; installed in the database by the migrate command.
SCOPE_KEY = environment.key("PORTAL_SCOPE_KEY")

INSTALLED_APPS = [
    "portal",  # First: its migrate command takes the place of Django's.
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "axes",
    "csp",
    "bootstrap",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "accounts",
    "projects",
    "assessment",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "portal.request_log.RequestId",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "portal.middleware.Scope",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# Database: one alias, two roles. The application's role owns nothing; commands that must own the
# tables swap in MIGRATOR for their own run.
DATABASES = {"default": environment.database("DATABASE_URL")}
DATABASES["default"]["CONN_MAX_AGE"] = environment.whole("PORTAL_CONN_MAX_AGE", 60, low=0, high=3600)
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
MIGRATOR = environment.owner_of(DATABASES["default"], "MIGRATE_DATABASE_URL")

# Background tasks: what the broker holds can be found again in the database (portal/celery.py).
REDIS_URL = environment.broker("REDIS_URL")

# Second channel of notices; without it they are delivered in the portal alone.
vars().update(environment.mail("PORTAL_MAIL_URL"))

# Evidence is asked about at ClamAV's daemon before it is kept; without one, each file says 未查毒.
PORTAL_CLAMAV = environment.scanner("PORTAL_CLAMAV_URL")

# Who
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "accounts.backends.LoginBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "/"

# The account is locked, not the address: a whole county office sits behind one address.
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = dt.timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = ["username"]
# Warns of attackers who change browser or cookie; neither helps them where the account is counted.
SILENCED_SYSTEM_CHECKS = ["axes.W006"]
AXES_RESET_ON_SUCCESS = True
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False
AXES_COOLOFF_MESSAGE = "登录失败次数过多，该账户已锁定 15 分钟，请稍后再试。"
AXES_LOCKOUT_CALLABLE = "accounts.views.session.locked_out"

# Who failed to sign in is kept beside who did: the audit administrator reads both.
AXES_ENABLE_ACCESS_FAILURE_LOG = True
# Inspection and administrators prove themselves with a second factor. Only the demo and tests do without.
PORTAL_SECOND_FACTOR = True

# A session ends after half an hour without a request, and in any case after this many hours.
SESSION_COOKIE_AGE = 30 * 60
SESSION_SAVE_EVERY_REQUEST = True
PORTAL_SESSION_HOURS = environment.whole("PORTAL_SESSION_HOURS", 12, low=1, high=24)
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"

# What a browser may do with our pages: everything comes from here, nothing stands inside the page.
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],  # Bootstrap draws the arrows of its controls from its style sheet.
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "object-src": [NONE],
    },
}

# The read API. Who reads is found before it, in the middleware.
PORTAL_API_PER_MINUTE = environment.whole("PORTAL_API_PER_MINUTE", 600, low=1, high=100_000)
# X-Forwarded headers are believed only where the operator's proxy writes them: anybody could forge them.
PORTAL_BEHIND_PROXY = environment.flag("PORTAL_BEHIND_PROXY", default=False)
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["accounts.api.access.ReaderAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["accounts.api.access.MayRead"],
    "DEFAULT_THROTTLE_CLASSES": ["accounts.api.access.ReaderThrottle"],
    "DEFAULT_RENDERER_CLASSES": ["accounts.api.rendering.ExactJSON"],
    "DEFAULT_PAGINATION_CLASS": "accounts.api.paging.KeyPages",
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_SCHEMA_CLASS": "accounts.api.schema.ReadSchema",
    "EXCEPTION_HANDLER": "accounts.api.errors.answer",
    "COERCE_DECIMAL_TO_STRING": False,
    "UNAUTHENTICATED_USER": None,
    "URL_FORMAT_OVERRIDE": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "招商引资门户数据接口",
    "DESCRIPTION": "只读。金额以万元计，按原值给出；百分比为文字；日期写作 2012-06-30；空值是未知，不是零",
    "VERSION": "1",
    "SERVE_PERMISSIONS": ["accounts.api.access.IsReader"],
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PUBLIC": True,
    # The description reads models through their managers, which need a scope: the tests check it inside one.
    "ENABLE_DJANGO_DEPLOY_CHECK": False,
    "PREPROCESSING_HOOKS": ["accounts.api.schema.described_paths"],
    "POSTPROCESSING_HOOKS": ["accounts.api.schema.with_problems"],
}

LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
USE_TZ = True

STATIC_URL = "/static/"
EVIDENCE_DIR = VAR / "evidence"
FILE_UPLOAD_PERMISSIONS = 0o600

# Checkpoints of the change log: the file with the key that signs them, which the database never sees, and
# the directory of the signed statements, from where they are carried to somebody outside.
CHECKPOINT_KEY = environment.place("PORTAL_CHECKPOINT_KEY")
CHECKPOINT_DIR = environment.place("PORTAL_CHECKPOINT_DIR", VAR / "checkpoints")

# Business dates may stand still in the demo and in tests only.
PORTAL_NOW = environment.moment("PORTAL_NOW", TIME_ZONE)
PORTAL_FROZEN_NOW_ALLOWED = False

LOGGING = logs.configure(as_json=False)
