"""All settings, one file; every value an operator may set comes from the environment or `.env`.

Nothing has to be set: without a single variable the site serves itself on this machine, on SQLite.
`.env.example` lists every variable, and a test holds the two together.
"""

from pathlib import Path

from django.utils.translation import gettext_lazy as _

from gptsite.addresses import (
    LOOPBACK_NAMES,
    bracketed,
    host_names,
    listen_host,
    networks,
    site_url,
    web_address,
    web_address_or_off,
    without_scheme,
)
from gptsite.branding import accent, logo, site_name
from gptsite.connections import database, mail, redis_url
from gptsite.environment import (
    api_key,
    choice,
    load_env_file,
    model_name,
    optional,
    secret,
    sender,
    switch,
    whole_number,
)
from gptsite.private_files import DATABASE, data_folder, private_file, site_secret

BASE_DIR = Path(__file__).resolve().parent.parent
# What the operator should be told of `.env`; the checks say it (chat/doctor/setup.py)
ENVIRONMENT_WARNINGS = load_env_file(BASE_DIR / ".env")

# Where things are
DATA_DIR = data_folder("DATA_DIR", BASE_DIR / "var", BASE_DIR)
STATIC_ROOT = BASE_DIR / "build" / "static"
STATIC_URL = "/static/"
HOST = listen_host("HOST", "127.0.0.1")
PORT = whole_number("PORT", 8000, most=65535)
DEBUG = switch("DEBUG")
SECRET_KEY = secret("SECRET_KEY") or site_secret(DATA_DIR)
ENCRYPTION_KEY = secret("ENCRYPTION_KEY")

# The address: allowed hosts, origins, cookies, HSTS and links in mails all follow from SITE_URL
SITE_URL_GIVEN = optional("SITE_URL")
SITE = site_url("SITE_URL", f"http://{bracketed(HOST)}:{PORT}")
SITE_URL = SITE.origin
SITE_PORT = SITE_URL.removeprefix(f"{SITE.scheme}://{SITE.host}")
SITE_IS_SECURE = SITE.scheme == "https"
_own_names = [SITE.host, *([] if SITE_URL_GIVEN else LOOPBACK_NAMES)]
ALLOWED_HOSTS = list(dict.fromkeys([*_own_names, *host_names("ALLOWED_HOSTS")]))
# Those of the names that are one. By which port a browser came is told by its Host (gptsite/edge.py)
SITE_ORIGINS = [
    f"{SITE.scheme}://{name}{SITE_PORT}" for name in ALLOWED_HOSTS if name != "*" and name[0] != "."
]
TRUSTED_PROXIES = networks("TRUSTED_PROXIES")
CSRF_TRUSTED_ORIGINS = SITE_ORIGINS
CSRF_FAILURE_VIEW = "chat.web.error_views.csrf_failure"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = SITE_IS_SECURE
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
SECURE_SSL_REDIRECT = SITE_IS_SECURE
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if SITE_IS_SECURE else 0
# For this host alone: what else lives below the domain is not ours to bind, and a preload list hardly
# lets go again. The checks that ask for both are silenced
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = False
# models.W040: SQLite has no indexes that hold more columns than they sort by, PostgreSQL does
SILENCED_SYSTEM_CHECKS = ["models.W040", "security.W005", "security.W021"]
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

# Nothing inline, nothing from elsewhere; a picture in an answer never leaves the origin
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:", "blob:"],
        "font-src": ["'self'"],
        # The silence that plays along while a reply is read: without it a browser gives no media keys
        "media-src": ["blob:"],
        "connect-src": ["'self'"],
        "manifest-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}

# What is installed
INSTALLED_APPS = [
    "chat.serving.apps.DaphneConfig",  # first: it gives runserver its sockets
    "chat.apps.AdminConfig",  # django.contrib.admin behind the site's own log-in
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "channels",
    "allauth",
    "allauth.account",
    "chat",
]
MIDDLEWARE = [
    "chat.web.middleware.RequestIdMiddleware",
    "chat.web.middleware.AfterAnswerMiddleware",
    "django.middleware.gzip.GZipMiddleware",  # with random padding, so that sizes tell nothing of secrets
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "chat.web.middleware.FormMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "chat.web.language_switch.LanguageSwitchMiddleware",  # before what counts the forms that are sent
    "chat.accounts.middleware.AccountFormsMiddleware",
    "chat.web.middleware.KnownPersonMiddleware",
    "chat.web.middleware.RefusalMiddleware",
    "chat.web.middleware.PrivatePagesMiddleware",
    "chat.web.middleware.PreferencesMiddleware",
]
ROOT_URLCONF = "gptsite.urls"
ASGI_APPLICATION = "gptsite.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    ["gptsite.templates.Loader", "django.template.loaders.app_directories.Loader"],
                ),
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "chat.pages.context_processors.site",
            ],
        },
    },
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "gptsite.storage.StaticStorage"},
}

# The database: SQLite that syncs before it says "saved", PostgreSQL with a pool
DATABASES = {"default": database("DATABASE_URL", DATA_DIR / DATABASE, BASE_DIR)}
CACHES = {
    # allauth counts its mails in it. In memory it would hold 300 values, of one process, and a flood would
    # push them out; here what has expired is removed by conversations/sweep.py, and nothing else ever is
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "chat_cacheentry",
        "OPTIONS": {"MAX_ENTRIES": 100_000_000},
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
if DATABASES["default"]["ENGINE"] == "gptsite.sqlite3":
    private_file(DATABASES["default"]["NAME"])
    DATABASES["default"]["OPTIONS"] = {
        # A transaction that will write takes the lock at once: deferred ones end in "database is locked"
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        # What is erased is overwritten too, not just forgotten
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-8000; "
        "PRAGMA secure_delete=ON;",
    }
else:
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    _options = DATABASES["default"].setdefault("OPTIONS", {})
    _options["pool"] = {"min_size": 1, "max_size": 8, "timeout": 10}
    # Whoever holds a row for long must not hold up everybody who writes: they all share a thread
    _options.setdefault("options", "-c lock_timeout=5s")

# The channel layer carries what is rare; tokens go straight to the sockets of this process
REDIS_URL = redis_url("REDIS_URL")
CHANNEL_LAYERS = {
    "default": {
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        "CONFIG": {"hosts": [REDIS_URL]},
    }
    if REDIS_URL
    else {"BACKEND": "chat.realtime.layer.MemoryLayer", "CONFIG": {"capacity": 1000}}
}

# The model
OPENAI_API_KEY = api_key("OPENAI_API_KEY")
OPENAI_BASE_URL = web_address("OPENAI_BASE_URL")
OPENAI_MODEL = model_name("OPENAI_MODEL")
DEFAULT_OPENAI_MODEL = "gpt-5-mini"
OLLAMA_BASE_URL = web_address("OLLAMA_BASE_URL", "http://127.0.0.1:11434/v1")
ENVIRONMENT_WARNINGS += without_scheme(
    OPENAI_BASE_URL="https://api.example.com/v1", OLLAMA_BASE_URL="http://127.0.0.1:11434/v1"
)
OPENAI_PROMPT_CACHING = choice("OPENAI_PROMPT_CACHING", ("off", "on")) == "on"
SYSTEM_PROMPT = "You are a helpful assistant. Answer in the language of the question. Use Markdown."
CONTEXT_TOKENS = whole_number("CONTEXT_TOKENS", 100_000, least=0)
# No more than a chat's own settings allow (chat/conversations.py)
CONTEXT_EXCHANGES = whole_number("CONTEXT_EXCHANGES", 10, least=0, most=50)
# Seconds, where a service of the admin has none of its own
PROVIDER_FIRST_TOKEN_TIMEOUT = whole_number("PROVIDER_FIRST_TOKEN_TIMEOUT", 600, most=86400)
PROVIDER_PAUSE_TIMEOUT = whole_number("PROVIDER_PAUSE_TIMEOUT", 300, most=86400)
PROVIDER_REPLY_TIMEOUT = whole_number("PROVIDER_REPLY_TIMEOUT", 3600, most=86400)

# Speech: services of their own, never the model's. "off" is none, however the model is set up
SPEECH_TO_TEXT_URL = web_address_or_off("SPEECH_TO_TEXT_URL")
SPEECH_TO_TEXT_KEY = api_key("SPEECH_TO_TEXT_KEY")
SPEECH_TO_TEXT_MODEL = model_name("SPEECH_TO_TEXT_MODEL")
TEXT_TO_SPEECH_URL = web_address_or_off("TEXT_TO_SPEECH_URL")
TEXT_TO_SPEECH_KEY = api_key("TEXT_TO_SPEECH_KEY")
TEXT_TO_SPEECH_MODEL = model_name("TEXT_TO_SPEECH_MODEL")
TEXT_TO_SPEECH_VOICE = model_name("TEXT_TO_SPEECH_VOICE")
# `make speech`: where it is looked for ("off": nowhere), its Whisper model (a name or a folder), and where it
# keeps models
LOCAL_SPEECH_URL = web_address_or_off("LOCAL_SPEECH_URL", "http://127.0.0.1:8969/v1")
LOCAL_SPEECH_MODEL = optional("LOCAL_SPEECH_MODEL") or "base"
LOCAL_SPEECH_FOLDER = (
    BASE_DIR / Path(optional("LOCAL_SPEECH_FOLDER") or DATA_DIR / "speech-models").expanduser()
)
# Most browsers send what they hear to their maker
VOICE_BROWSER_RECOGNITION = choice("VOICE_BROWSER_RECOGNITION", ("on", "off")) == "on"
# Of one person; 0 is no limit
VOICE_MINUTES_A_DAY = whole_number("VOICE_MINUTES_A_DAY", 120, least=0)
VOICE_CHARACTERS_A_DAY = whole_number("VOICE_CHARACTERS_A_DAY", 300_000, least=0)
VOICE_CLIPS_AT_ONCE = whole_number("VOICE_CLIPS_AT_ONCE", 2, least=0)

# Of a file of conversations from elsewhere, in megabytes
IMPORT_MAX_MB = whole_number("IMPORT_MAX_MB", 1024, most=1_000_000)

# Whether the site fetches pictures of answers for who asks: from the world, or from its own network too
REMOTE_PICTURES = choice("REMOTE_PICTURES", ("off", "public", "private"))

# Chats that are in no history: whether there are any, and for how many days a record of them is kept
TEMPORARY_CHATS = choice("TEMPORARY_CHATS", ("on", "off", "recorded"))
TEMPORARY_RECORD_DAYS = whole_number("TEMPORARY_RECORD_DAYS", 30, most=3650)
# Who may open links to conversations, at most; what exists obeys at once
SHARING = choice("SHARING", ("anyone", "members", "off"))

# The tests' own push service: the only one on plain http, and on this machine
PUSH_TEST_ORIGIN = ""

# Background jobs that a server does at once; 0 leaves them to `manage.py worker`
JOBS_IN_SERVER = whole_number("JOBS_IN_SERVER", 2, least=0, most=16)

# What one person, one address or everybody together may take; 0 is no limit. A class, or a school, may share
# an address. Those of the model count in an hour, with the titles
MESSAGES_PER_MINUTE = whole_number("MESSAGES_PER_MINUTE", 20, least=0)
REPLIES_AT_ONCE = whole_number("REPLIES_AT_ONCE", 3, least=0)
MODEL_REQUESTS_PER_PERSON = whole_number("MODEL_REQUESTS_PER_PERSON", 300, least=0)
MODEL_REQUESTS_PER_ADDRESS = whole_number("MODEL_REQUESTS_PER_ADDRESS", 6000, least=0)
MODEL_REQUESTS_PER_SITE = whole_number("MODEL_REQUESTS_PER_SITE", 20_000, least=0)
SIGNUPS_PER_ADDRESS = whole_number("SIGNUPS_PER_ADDRESS", 100, least=0)
SOCKETS_PER_PERSON = whole_number("SOCKETS_PER_PERSON", 20, least=0)
PAGES_AT_ONCE = whole_number("PAGES_AT_ONCE", 6, least=0)
CONNECTIONS_PER_ADDRESS = whole_number("CONNECTIONS_PER_ADDRESS", 500, least=0)

# Accounts
AUTH_USER_MODEL = "chat.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "chat.accounts.passwords.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
SIGNUP = choice("SIGNUP", ("open", "closed"))
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "chat.accounts.adapter.AccountAdapter"
ACCOUNT_FORMS = {
    "signup": "chat.accounts.forms.SignUpForm",
    "add_email": "chat.accounts.forms.AddAddressForm",
}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
# Ours are in chat/accounts and chat/web/middleware.py: allauth's count right passwords too while they
# are checked, and lock out the owner together with the stranger who guesses
ACCOUNT_RATE_LIMITS = dict.fromkeys(
    (
        *("login", "login_failed", "signup", "reauthenticate", "change_password", "manage_email"),
        *("reset_password", "reset_password_from_key"),
    )
)
ACCOUNT_DEFAULT_HTTP_PROTOCOL = SITE.scheme
ACCOUNT_LOGOUT_REDIRECT_URL = LOGIN_URL
ACCOUNT_LOGIN_ON_PASSWORD_RESET = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # strangers must not make this site write to anybody
ACCOUNT_EMAIL_NOTIFICATIONS = True
# Without a mail server nobody could confirm an address, so that is asked only when there is one
EMAIL_URL = optional("EMAIL_URL")
ACCOUNT_EMAIL_VERIFICATION = "mandatory" if EMAIL_URL else "none"
vars().update(mail("EMAIL_URL"))
DEFAULT_FROM_EMAIL = sender("DEFAULT_FROM_EMAIL", f"no-reply@{SITE.host}")

# Languages and time
LANGUAGE_CODE = "en"
LANGUAGES = [
    ("ar", "العربية"),
    ("de", "Deutsch"),
    ("en", "English"),
    ("es", "Español"),
    ("fr", "Français"),
    ("hi", "हिन्दी"),
    ("ja", "日本語"),
    ("ko", "한국어"),
    ("pt-br", "Português (Brasil)"),
    ("ru", "Русский"),
    ("zh-hans", "简体中文"),
    ("zh-hant", "繁體中文"),
]
LOCALE_PATHS = [BASE_DIR / "build" / "locale"]
USE_I18N = USE_TZ = True
FORMAT_MODULE_PATH = "gptsite.formats"
TIME_ZONE = "UTC"

# How it presents itself; what administrators choose in the admin goes before it (chat/branding)
SITE_NAME = site_name("SITE_NAME") or _("GPT site")
SITE_ACCENT = accent("SITE_ACCENT")
SITE_LOGO = logo("SITE_LOGO")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"request_id": {"()": "chat.core.tracing.RequestIdFilter"}},
    "formatters": {
        "line": {
            "()": "chat.core.tracing.LineFormatter",
            "format": "%(asctime)s %(levelname)s [%(request_id)s] %(name)s: %(message)s",
        }
    },
    "handlers": {
        "console": {"class": "logging.StreamHandler", "filters": ["request_id"], "formatter": "line"}
    },
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "chat": {"level": "INFO"},
        "django": {"handlers": ["console"], "level": "INFO", "propagate": False},
        "django.request": {"level": "ERROR"},
        "django.server": {"handlers": ["console"], "level": "INFO", "propagate": False},  # its own writes raw
    },
}
