"""What follows from the environment."""

import pytest

from gptsite.addresses import networks, site_at
from gptsite.environment import whole_number
from tests.support.site_settings import settings_with


def test_without_any_variable_the_site_is_this_machine_s(tmp_path):
    found = settings_with(tmp_path)
    assert found["SITE_ORIGINS"] == ["http://127.0.0.1:8000", "http://localhost:8000", "http://[::1]:8000"]
    assert found["ALLOWED_HOSTS"] == ["127.0.0.1", "localhost", "[::1]"]
    assert found["SITE_PORT"] == ":8000"
    assert not found["DEBUG"]
    assert not found["SESSION_COOKIE_SECURE"]
    assert not found["SECURE_SSL_REDIRECT"]


def test_everything_about_the_address_follows_from_site_url(tmp_path):
    found = settings_with(tmp_path, SITE_URL="https://Chat.Example.org/")
    assert (found["SITE_URL"], found["SITE_PORT"]) == ("https://chat.example.org", "")
    assert found["SITE_ORIGINS"] == found["CSRF_TRUSTED_ORIGINS"] == ["https://chat.example.org"]
    assert found["ALLOWED_HOSTS"] == ["chat.example.org"]
    assert found["SESSION_COOKIE_SECURE"] and found["CSRF_COOKIE_SECURE"]
    assert found["SECURE_SSL_REDIRECT"] and found["SECURE_HSTS_SECONDS"]
    assert not (found["SECURE_HSTS_INCLUDE_SUBDOMAINS"] or found["SECURE_HSTS_PRELOAD"])
    assert found["ACCOUNT_DEFAULT_HTTP_PROTOCOL"] == "https"
    assert found["DEFAULT_FROM_EMAIL"] == "no-reply@chat.example.org"


def test_another_host_and_port_are_part_of_the_origin(tmp_path):
    found = settings_with(tmp_path, HOST="192.0.2.7", PORT="9000")
    assert found["SITE_ORIGINS"][0] == "http://192.0.2.7:9000"
    assert found["ALLOWED_HOSTS"][0] == "192.0.2.7"


@pytest.mark.parametrize(
    ("url", "origin", "host"),
    [
        ("https://chat.example.org", "https://chat.example.org", "chat.example.org"),
        ("https://chat.example.org:443", "https://chat.example.org", "chat.example.org"),
        ("http://chat.example.org:80/", "http://chat.example.org", "chat.example.org"),
        ("https://chat.example.org:8443", "https://chat.example.org:8443", "chat.example.org"),
        ("http://[::1]:8000", "http://[::1]:8000", "[::1]"),
        ("https://bücher.example", "https://xn--bcher-kva.example", "xn--bcher-kva.example"),
    ],
)
def test_an_address_is_written_as_browsers_write_it(url, origin, host):
    site = site_at(url)
    assert site is not None
    assert site[:2] == (origin, host)


@pytest.mark.parametrize("text", ["", " "])
def test_a_blank_number_counts_as_unset(monkeypatch, text):
    monkeypatch.setenv("PORT", text)
    assert whole_number("PORT", 8000) == 8000


@pytest.mark.parametrize("quoted", ['"9000"', "'9000'", ' "9000" '])
def test_quotes_that_whatever_started_the_site_has_left_are_not_part_of_a_value(tmp_path, quoted):
    assert settings_with(tmp_path, PORT=quoted)["PORT"] == 9000


def test_proxies_are_addresses_and_networks(monkeypatch):
    monkeypatch.setenv("TRUSTED_PROXIES", " 127.0.0.1, 10.1.2.3/8,::1")
    assert [str(network) for network in networks("TRUSTED_PROXIES")] == [
        "127.0.0.1/32",
        "10.0.0.0/8",
        "::1/128",
    ]
