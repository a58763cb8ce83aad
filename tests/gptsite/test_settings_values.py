"""Values that cannot be meant: each variable of `.env.example` with three of them, and what is said."""

import re
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from redis.connection import parse_url

from chat.conversations.actions import MOST_EXCHANGES
from tests.settings import EXAMPLE
from tests.support.site_settings import settings_with

NUMBER = ["ten", "-1", "1.5", "9999999", "٨", "1e3"]
LIMIT = [*NUMBER, "0"]
SECRETS = [
    "changeme-canary",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    "“canary-0123456789-abcdefghijklmnop”",
]
BAD = {
    "HOST": ["http://0.0.0.0", "127.0.0.1:8000", "my host", "1.2.3", "host/path"],
    "PORT": ["80800", "http", "-1", "0", "80 80", "8000/tcp", "1e3", "٨"],
    "DATA_DIR": ["{file}", "{file}/data", "/proc/none/data"],
    "SITE_URL": [
        "chat.example.org",
        "//chat.example.org",
        "ftp://chat.example.org",
        "https://",
        "https://chat.example.org/chat",
        "https://chat.example.org?a=b",
        "https://chat.example.org#a",
        "https://user@chat.example.org",
        "https://chat.example.org:port",
        "https://chat.example.org:99999",
        "https://chat example.org",
        "https://chat.example.org,https://b.example",
        "https://*",
    ],
    "ALLOWED_HOSTS": [
        "https://chat.example.org",
        "chat.example.org:8443",
        "a.example b.example",
        "chat.example.org/chat",
        "a.example;b.example",
    ],
    "SITE_NAME": [
        "S" * 61,
        "A site of a school with a name that has far more than sixty characters",
        "校" * 70,
    ],
    "SITE_ACCENT": ["green", "#12", "#ffff00", "11695a1", "rgb(1, 2, 3)"],
    "SITE_LOGO": ["/proc/none/logo.svg", "{file}", "{file}/logo.png"],
    "TRUSTED_PROXIES": ["proxy.example.org", "10.0.0.0/33", "*", "127.0.0.1 10.0.0.1"],
    "OPENAI_API_KEY": [
        "Bearer sk-canary",
        "“sk-canary”",
        "sk-canary\u200b",
        "sk-canary\nsk-canary",
        "sk-kanariü",
    ],
    "OPENAI_BASE_URL": [
        "ftp://canary/v1",
        "http://canary:80:80/v1",
        "http://",
        "http://a b/v1",
        "http://a:x/v1",
        "sk-canary-0123456789",
        "canary/v1",
        "/v1",
    ],
    "OPENAI_MODEL": [
        "two words",
        "c" * 201,
        "“canary”",
        "line\tfeed",
        "\u200bcanary",
        "canary\u202e",
        "a\u3000b",
    ],
    "OLLAMA_BASE_URL": ["two words", "http://:11434/v1", "http://canary:99999"],
    "LOCAL_SPEECH_URL": ["two words", "http://:8969/v1", "http://canary:99999"],
    "LOCAL_SPEECH_MODEL": ["“canary”", "line\tfeed", "canary\x7f"],
    "LOCAL_SPEECH_FOLDER": ["“/srv/canary”", "/srv\ncanary", "/srv/canary\x01s"],
    "OPENAI_PROMPT_CACHING": ["yes", "true", "ON!"],
    "SPEECH_TO_TEXT_URL": ["ftp://canary/v1", "sk-canary-0123456789", "http://a:x/v1", "none"],
    "SPEECH_TO_TEXT_KEY": ["Bearer sk-canary", "sk-canary\u200b", "two words"],
    "SPEECH_TO_TEXT_MODEL": ["two words", "c" * 201, "canary\u202e"],
    "TEXT_TO_SPEECH_URL": ["ftp://canary/v1", "/v1", "http://canary:99999", "on"],
    "TEXT_TO_SPEECH_KEY": ["Bearer sk-canary", "sk-kanariü", "two words"],
    "TEXT_TO_SPEECH_MODEL": ["two words", "c" * 201, "line\tfeed"],
    "TEXT_TO_SPEECH_VOICE": ["two words", "c" * 201, "\u200bcanary"],
    "VOICE_BROWSER_RECOGNITION": ["yes", "true", "ON!"],
    "REMOTE_PICTURES": ["on", "yes", "PUBLIC!"],
    "IMPORT_MAX_MB": [*LIMIT, "1000001"],
    "TEMPORARY_CHATS": ["yes", "true", "ON!"],
    "TEMPORARY_RECORD_DAYS": [*LIMIT, "3651"],
    "SHARING": ["on", "public", "MEMBERS!"],
    "VOICE_MINUTES_A_DAY": NUMBER,
    "VOICE_CHARACTERS_A_DAY": NUMBER,
    "VOICE_CLIPS_AT_ONCE": NUMBER,
    "PROVIDER_FIRST_TOKEN_TIMEOUT": LIMIT,
    "PROVIDER_PAUSE_TIMEOUT": LIMIT,
    "PROVIDER_REPLY_TIMEOUT": LIMIT,
    "CONTEXT_EXCHANGES": [*NUMBER, str(MOST_EXCHANGES + 1)],
    "JOBS_IN_SERVER": [*NUMBER, "17"],
    "SIGNUP": ["yes", "true", "OPEN!", "invite"],
    "MESSAGES_PER_MINUTE": NUMBER,
    "REPLIES_AT_ONCE": NUMBER,
    "CONTEXT_TOKENS": NUMBER,
    "MODEL_REQUESTS_PER_PERSON": NUMBER,
    "MODEL_REQUESTS_PER_ADDRESS": NUMBER,
    "MODEL_REQUESTS_PER_SITE": NUMBER,
    "SIGNUPS_PER_ADDRESS": NUMBER,
    "SOCKETS_PER_PERSON": NUMBER,
    "PAGES_AT_ONCE": NUMBER,
    "CONNECTIONS_PER_ADDRESS": NUMBER,
    "EMAIL_URL": [
        "mail.example.org:587",
        "https://mail.example.org",
        "smtp://canary:canary@",
        "smtp://mail.example.org:99999",
        "smtp://mail.example.org:port",
        "smtp+tls://canary:ca#na/ry@",
        "smtp://mail.example.org/path",
    ],
    "DEFAULT_FROM_EMAIL": [
        "no-reply",
        "no-reply at canary.example",
        "a@b c@d",
        "Chat <no-reply>",
        "@canary.example",
    ],
    "DATABASE_URL": [
        "mysql://canary:canary@127.0.0.1/chat",
        "postgres://canary:canary@127.0.0.1:port/chat",
        "postgres://canary:canary@127.0.0.1:99999/chat",
        "postgres://canary:canary@127.0.0.1",
        "postgresql+asyncpg://canary:canary@127.0.0.1/chat",
        "canary.db",
        "sqlite://:memory:",
        "sqlite:////nonexistent/canary/db.sqlite3",
        "127.0.0.1/chat",
    ],
    "REDIS_URL": [
        "127.0.0.1:6379",
        "http://127.0.0.1:6379",
        "redis://127.0.0.1:6379/zero",
        "redis://:canary@127.0.0.1:99999/0",
        "redis://",
        "unix://",
    ],
    "SECRET_KEY": SECRETS,
    "ENCRYPTION_KEY": SECRETS,
    "DEBUG": ["maybe", "2", "tru", "ja"],
}
GOOD = {
    "HOST": ["0.0.0.0", "::1", "[::]", "localhost", "chat_1"],
    "PORT": ["1", "65535", " 8000 ", '"8000"'],
    "SITE_URL": ["https://bücher.example", "http://[::1]:8000/", "HTTPS://Chat.Example.org:8443"],
    "ALLOWED_HOSTS": ["a.example", "a.example, 192.0.2.7,::1 ,bücher.example", ".example.org", "*"],
    "TRUSTED_PROXIES": [" 127.0.0.1, 10.1.2.3/8,::1", "[::1]"],
    "OPENAI_API_KEY": ["sk-test", "sk-test\r", "$ecret", "a#b", "'quoted'"],
    "OPENAI_BASE_URL": [
        "http://llama_cpp:8080/v1",
        "https://x.example/openai?api-version=2",
        "http://[::1]:1",
        "localhost:1234/v1/chat/completions",
        "localhost/v1",
        "llama_cpp:8080",
        "api.example.com/v1",
        "//api.example.com/v1",
        "https//api.example.com/v1",
        "[::1]/v1",
    ],
    "OPENAI_MODEL": ["org/model:7b", "模型"],
    "OPENAI_PROMPT_CACHING": ["on", "off"],
    "SPEECH_TO_TEXT_URL": ["off", "OFF", "http://127.0.0.1:8000/v1"],
    "TEXT_TO_SPEECH_VOICE": ["af_bella+af_sky(2)", "zh_CN-huayan-medium"],
    "VOICE_BROWSER_RECOGNITION": ["on", "off"],
    "REMOTE_PICTURES": ["off", "public", "private"],
    "TEMPORARY_CHATS": ["on", "off", "recorded"],
    "SHARING": ["anyone", "members", "off"],
    "CONTEXT_EXCHANGES": ["0", str(MOST_EXCHANGES)],
    "SIGNUP": ["open", "closed"],
    "EMAIL_URL": [
        "consolemail://",
        "smtp://127.0.0.1",
        "smtps://me@example.org:p@ss#w:o/r%d@mail.example.org",
    ],
    "DEFAULT_FROM_EMAIL": ["Chat <no-reply@chat.example.org>", "root@localhost"],
    "DATABASE_URL": [
        "postgres:///chat",
        "postgresql://h1:5432,h2:5433/chat?sslmode=require",
        "postgres://u@[::1]/c",
    ],
    "REDIS_URL": ["rediss://h", "redis://user:pa#s@127.0.0.1:6379/15", "unix:///run/redis.sock?db=1"],
    "SECRET_KEY": ["0123456789abcdef0123456789abcdef"],
    "DEBUG": ["TRUE", "on", "0", "no", "False"],
}


def variables() -> list[str]:
    return re.findall(r"^#([A-Z_]+)=", EXAMPLE.read_text(), re.MULTILINE)


def refused(tmp_path: Path, name: str, value: str) -> str:
    """What is said of a value that cannot be meant."""
    (tmp_path / "file").touch()
    variables = {"DATA_DIR": str(tmp_path)} | {name: value.replace("{file}", str(tmp_path / "file"))}
    with pytest.raises(ImproperlyConfigured) as caught:
        settings_with(**variables)
    return str(caught.value)


def test_every_variable_has_three_values_that_cannot_be_meant():
    assert {name: len(BAD.get(name, ())) for name in variables() if len(BAD.get(name, ())) < 3} == {}


@pytest.mark.parametrize(("name", "value"), [(name, value) for name in BAD for value in BAD[name]])
def test_a_value_that_cannot_be_meant_stops_the_start_with_a_sentence(tmp_path, name, value):
    said = refused(tmp_path, name, value)
    assert said.startswith(f"{name} ")
    assert "(set in the environment)" in said
    assert "canary" not in said


@pytest.mark.parametrize("name", BAD)
def test_the_example_in_each_sentence_is_right(tmp_path, name):
    said = refused(tmp_path, name, BAD[name][0])
    [example] = re.findall(rf"such as {name}=(.+) \(set in the environment\)\.$", said)
    if name in {"DATA_DIR", "SITE_LOGO"}:
        assert example in {"/srv/chat", "/srv/chat/logo.svg"}
    elif "openssl" in example:
        assert example == "what `openssl rand -hex 32` prints, or be left unset"
    else:
        settings_with(tmp_path, **{name: example})


@pytest.mark.parametrize(("name", "value"), [(name, value) for name in GOOD for value in GOOD[name]])
def test_what_people_rightly_write_is_taken(tmp_path, name, value):
    """What is not taken raises ImproperlyConfigured; what is made of values is for the tests below."""
    settings_with(tmp_path, **{name: value})


def test_the_examples_of_the_example_file_are_right(tmp_path):
    lines = re.findall(r"^#([A-Z_]+)=(.+)$", EXAMPLE.read_text(), re.MULTILINE)
    logo = tmp_path / "logo.svg"
    logo.write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"><circle cx="4" cy="4" r="4"/></svg>'
    )
    settings_with(**dict(lines) | {"DATA_DIR": str(tmp_path), "SITE_LOGO": str(logo)})
    assert len(lines) > 10


# What is made of them

PASSWORD = "p@s:s/w#o?r%d+&= ü"
QUOTED = "p%40s%3As%2Fw%23o%3Fr%25d%2B%26%3D%20%C3%BC"


@pytest.mark.parametrize("password", [PASSWORD, QUOTED])
def test_a_password_in_an_address_is_taken_as_it_is_or_encoded(tmp_path, password):
    found = settings_with(
        tmp_path,
        DATABASE_URL=f"postgres://ann:{password}@db.example:5433/chat?sslmode=require",
        REDIS_URL=f"redis://ann:{password}@redis.example:6380/3",
        EMAIL_URL=f"smtp+tls://ann@example.org:{password}@mail.example.org",
    )
    database = found["DATABASES"]["default"]
    assert [database[key] for key in ("NAME", "USER", "PASSWORD", "HOST", "PORT")] == [
        "chat",
        "ann",
        PASSWORD,
        "db.example",
        5433,
    ]
    assert database["OPTIONS"]["sslmode"] == "require"
    redis = parse_url(found["CHANNEL_LAYERS"]["default"]["CONFIG"]["hosts"][0])
    assert redis == {"username": "ann", "password": PASSWORD, "host": "redis.example", "port": 6380, "db": 3}
    assert (found["EMAIL_HOST_USER"], found["EMAIL_HOST_PASSWORD"]) == ("ann@example.org", PASSWORD)
    assert (found["EMAIL_HOST"], found["EMAIL_PORT"]) == ("mail.example.org", 587)
    assert found["EMAIL_USE_TLS"]


@pytest.mark.parametrize(
    "password",
    ["!#$%^&*()[]", "pass[word", "123@#!", "127c/VZEl0OZl8=", "57#Wc903z", "a:b:c", "//", "p?x=1", "x@y?z"],
)
def test_passwords_that_libraries_stumble_over_reach_them_whole(tmp_path, password):
    url = f"redis://:{password}@127.0.0.1:6379/0"
    hosts = settings_with(tmp_path, REDIS_URL=url)["CHANNEL_LAYERS"]["default"]["CONFIG"]["hosts"]
    assert parse_url(hosts[0]) == {"password": password, "host": "127.0.0.1", "port": 6379, "db": 0}


@pytest.mark.parametrize("name", ["DATABASE_URL", "REDIS_URL", "EMAIL_URL"])
def test_the_sentence_on_an_address_says_how_to_write_a_password(tmp_path, name):
    said = refused(tmp_path, name, "canary")
    assert all(code in said for code in ("%40", "%3A", "%2F", "%23", "%25", "in quotes"))


@pytest.mark.parametrize(
    ("url", "port", "tls", "ssl"),
    [
        ("smtp://h", 25, None, None),
        ("smtp+tls://h", 587, True, None),
        ("smtps://h", 465, None, True),
        ("smtp+ssl://h:4650", 4650, None, True),
    ],
)
def test_a_mail_server_is_spoken_to_as_its_scheme_says(tmp_path, url, port, tls, ssl):
    found = settings_with(tmp_path, EMAIL_URL=url)
    assert (found["EMAIL_PORT"], found.get("EMAIL_USE_TLS"), found.get("EMAIL_USE_SSL")) == (port, tls, ssl)
    assert found["EMAIL_TIMEOUT"]


@pytest.mark.parametrize(
    ("url", "host", "port"),
    [
        ("postgres:///chat", "", ""),
        ("postgres://%2Fvar%2Frun%2FPostgreSQL/chat", "/var/run/PostgreSQL", ""),
        ("postgres://a:5432,b:5433/chat", "a,b", "5432,5433"),
        ("postgres://[::1]:5432/chat", "::1", 5432),
    ],
)
def test_a_database_is_looked_for_where_its_address_says(tmp_path, url, host, port):
    database = settings_with(tmp_path, DATABASE_URL=url)["DATABASES"]["default"]
    assert (database["HOST"], database["PORT"], database["NAME"]) == (host, port, "chat")
