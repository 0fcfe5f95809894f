"""All settings, read from the environment; `.env.example` explains each one.

A secret may be given as a file instead: `SECRET_KEY_FILE=/run/secrets/key`. Settings that are not
in the environment are looked for in the file that `ENV_FILE` names, which is `.env` by default.
"""

import os
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.templatetags.static import static
from django.urls import reverse_lazy

from config import embedded_postgres, logs
from config.environment import Environment

BASE_DIR = Path(__file__).resolve().parent.parent
env = Environment()
ENV_FILE = os.environ.get("ENV_FILE", str(BASE_DIR / ".env"))
if Path(ENV_FILE).is_file():
    env.read_env(ENV_FILE)

# --- who we are -----------------------------------------------------------------------------
DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env.str("SECRET_KEY")
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
# Store credentials are encrypted with a key made of SECRET_KEY and these; the first one writes.
SALT_KEY = env.list("CREDENTIALS_SALT")
PUBLIC_URL = env.str("PUBLIC_URL").rstrip("/")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS")
HTTPS = env.bool("HTTPS", default=True)
ALLOW_LOCAL_STORES = env.bool("ALLOW_LOCAL_STORES", default=False)
# By platform, what we are as an app of it.
PLATFORM_APPS: dict[str, dict[str, Any]] = {
    "next29": {
        "client_id": env.str("NEXT29_CLIENT_ID", default=""),
        "client_secret": env.str("NEXT29_CLIENT_SECRET", default=""),
        "scopes": env.list(
            "NEXT29_SCOPES",
            default=[
                "fulfillment_service:read",
                "fulfillment_service:write",
                "webhooks:read",
                "webhooks:write",
                "orders:read",
                "catalogue:read",
                "catalogue:write",
            ],
        ),
        "local_stores": env.str("NEXT29_LOCAL_STORES", default=""),
    },
    "haravan": {
        "client_id": env.str("HARAVAN_CLIENT_ID", default=""),
        "client_secret": env.str("HARAVAN_CLIENT_SECRET", default=""),
        "scopes": env.list(
            "HARAVAN_SCOPES",
            default=[
                "com.read_orders",
                "com.write_orders",
                "com.read_shop",
                "com.read_products",
                "com.read_inventories",
                "com.write_inventories",
                "wh_api",
            ],
        ),
        "local_stores": env.str("HARAVAN_LOCAL_STORES", default=""),
    },
}

# --- database -------------------------------------------------------------------------------
EMBEDDED_POSTGRES = env.str("EMBEDDED_POSTGRES", default="var/postgres" if DEBUG else "")
if not env.str("DATABASE_URL", default="") and not EMBEDDED_POSTGRES:
    raise ImproperlyConfigured(
        "Set DATABASE_URL to a PostgreSQL server, or EMBEDDED_POSTGRES to a folder for a "
        "development server."
    )
DATABASES = {
    "default": env.db_url_config(
        env.str("DATABASE_URL", default="") or embedded_postgres.url(BASE_DIR / EMBEDDED_POSTGRES)
    )
}
if DATABASES["default"].get("ENGINE") != "django.db.backends.postgresql":
    raise ImproperlyConfigured("DATABASE_URL must name a PostgreSQL server: postgres://…")
# A host that is cut off must not hang in a query, and the server must not keep its locks: each
# side gives the other up after about half a minute of silence. DATABASE_URL may say otherwise.
SILENCE = {"keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3}
SERVER_SIDE = {f"tcp_{name}": seconds for name, seconds in SILENCE.items()} | {
    "tcp_user_timeout": 20_000,
    "idle_in_transaction_session_timeout": 60_000,
}
DATABASES["default"] |= {
    "OPTIONS": {
        "connect_timeout": 10,
        "tcp_user_timeout": 20_000,
        **SILENCE,
        "options": " ".join(f"-c {name}={value}" for name, value in SERVER_SIDE.items()),
        **DATABASES["default"].get("OPTIONS", {}),
    },
    "CONN_MAX_AGE": env.int("DATABASE_CONNECTION_SECONDS", default=60),
    "CONN_HEALTH_CHECKS": True,
    "TEST": {"NAME": env.str("TEST_DATABASE_NAME", default="test_crossdock")},
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- applications ---------------------------------------------------------------------------
INSTALLED_APPS = [
    "unfold",
    "unfold.contrib.filters",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "rest_framework",
    "oauth2_provider",
    "procrastinate.contrib.django",
    "backoffice",
    "locations",
    "relay",
    "inventory",
    "fulfillment",
    "api",
    "config.apps.ConfigConfig",
]
MIDDLEWARE = [
    "config.middleware.CorrelationMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

# --- the web --------------------------------------------------------------------------------
# A store that posts without the final slash must not be redirected: it would lose its body.
APPEND_SLASH = False
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
SECURE_SSL_REDIRECT = HTTPS
# Asked from inside, past the proxy that ends TLS.
SECURE_REDIRECT_EXEMPT = [r"^health/", r"^metrics$"]
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
BEHIND_PROXY = env.bool("BEHIND_PROXY", default=False)
if BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("MinimumLengthValidator", "CommonPasswordValidator", "NumericPasswordValidator")
]
LOGIN_URL = reverse_lazy("admin:login")
LOGIN_REDIRECT_URL = reverse_lazy("admin:index")
STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
WHITENOISE_USE_FINDERS = True
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": [],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": [],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "UNAUTHENTICATED_USER": None,
}

# --- the API that merchants call ------------------------------------------------------------
API_CALLS_PER_MINUTE = env.int("API_CALLS_PER_MINUTE", default=600)
API_LOGINS_PER_MINUTE = env.int("API_LOGINS_PER_MINUTE", default=20)
DAY = 86_400
OAUTH2_PROVIDER = {
    "SCOPES": {"oms": "Place orders for you, and read how they stand"},
    "DEFAULT_SCOPES": ["oms"],
    "OAUTH2_VALIDATOR_CLASS": "api.oauth.validator.Validator",
    "ACCESS_TOKEN_EXPIRE_SECONDS": 7 * DAY,
    # Counted from when its access token expires: thirty days in all.
    "REFRESH_TOKEN_EXPIRE_SECONDS": 23 * DAY,
    "ROTATE_REFRESH_TOKEN": True,
    "REFRESH_TOKEN_REUSE_PROTECTION": True,
    "ALLOWED_REDIRECT_URI_SCHEMES": ["https", *(["http"] if ALLOW_LOCAL_STORES else [])],
    # The merchants' programs were written before it.
    "PKCE_REQUIRED": False,
    "COMPLIANT_BCP_RFC9700_PKCE_METHOD": True,
    "COMPLIANT_BCP_RFC9700_ACCESS_TOKEN_TRANSPORT": True,
    "COMPLIANT_BCP_RFC9700_TOKEN_STORAGE": True,
    # Where a browser is sent back to, it says who sends it (RFC 9207).
    "COMPLIANT_BCP_RFC9700_AUTHZ_RESPONSE_ISS": True,
    "OIDC_ISS_ENDPOINT": PUBLIC_URL,
}
# What a contract of 2018 asks for and is advised against today: the grants by password and by
# the browser's address, and no PKCE (decision 23).
SILENCED_SYSTEM_CHECKS = [f"oauth2_provider.W{number:03}" for number in (1, 2, 10)]
SPECTACULAR_SETTINGS = {
    "TITLE": "Crossdock API",
    "DESCRIPTION": "The Fulfillment.com APIv2 contract, as served here.",
    "VERSION": "2.0",
    "SERVERS": [{"url": "/v2"}],
    "SCHEMA_PATH_PREFIX": "/v2",
    "SCHEMA_PATH_PREFIX_TRIM": True,
    "POSTPROCESSING_HOOKS": [],
    "ENABLE_LIST_MECHANICS_ON_NON_2XX": False,
}

# --- language and time ----------------------------------------------------------------------
LANGUAGE_CODE = "en"
USE_I18N = True
FORMAT_MODULE_PATH = "config.formats"
USE_TZ = True
TIME_ZONE = env.str("TIME_ZONE", default="UTC")

# --- work behind the web --------------------------------------------------------------------
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs"
WORKER_CONCURRENCY = env.int("WORKER_CONCURRENCY", default=16)
WORKER_HEARTBEAT_SECONDS = env.float("WORKER_HEARTBEAT_SECONDS", default=10.0)
WORKER_STALLED_SECONDS = env.float("WORKER_STALLED_SECONDS", default=40.0)
PULL_CRON = env.str("PULL_CRON", default="*/10 * * * *")
REREAD_CRON = env.str("REREAD_CRON", default="*/15 * * * *")
RECONCILE_CRON = env.str("RECONCILE_CRON", default="23 2 * * *")
TRACKING_CRON = env.str("TRACKING_CRON", default="40 * * * *")
TRACKING_HOURS = env.int("TRACKING_HOURS", default=6)
TRACKING_DAYS = env.int("TRACKING_DAYS", default=30)
METHODS_CRON = env.str("METHODS_CRON", default="20 4 * * *")
STOCK_CRON = env.str("STOCK_CRON", default="50 2 * * *")
# Where a Spree hub calls us, below our address; empty: at its root.
SPREE_HUB_PATH = env.str("SPREE_HUB_PATH", default="spree_hub").strip("/")
MESSAGES_MODULE = "config.messages"

# --- what can be seen of it -----------------------------------------------------------------
LOG_FORMAT = env.str("LOG_FORMAT", default="line" if DEBUG else "json")
if LOG_FORMAT not in logs.FORMATS:
    raise ImproperlyConfigured(f"LOG_FORMAT must be json or line, not {LOG_FORMAT!r}.")
LOGGING = logs.configuration(
    LOG_FORMAT,
    env.str("LOG_LEVEL", default="INFO"),
    env.str("ENGINE_LOG_LEVEL", default="WARNING"),
)
TRUST_CORRELATION_ID = env.bool("TRUST_CORRELATION_ID", default=False)
METRICS_TOKEN = env.str("METRICS_TOKEN", default="")

UNFOLD = {
    "SITE_TITLE": "Crossdock",
    "SITE_HEADER": "Crossdock",
    "SITE_SUBHEADER": "Fulfillment back office",
    "SITE_SYMBOL": "conveyor_belt",
    "SITE_FAVICONS": [
        {
            "rel": "icon",
            "type": "image/svg+xml",
            "href": lambda request: static("backoffice/favicon.svg"),
        }
    ],
    "SITE_URL": reverse_lazy("admin:index"),
    "SHOW_BACK_BUTTON": True,
    "DASHBOARD_CALLBACK": "config.dashboard.fill",
    "STYLES": [lambda request: static("backoffice/crossdock.css")],
    "SCRIPTS": [lambda request: static("backoffice/menu.js")],
    "SIDEBAR": {"show_search": False, "navigation": "config.navigation.sidebar"},
}
