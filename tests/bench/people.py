"""Makes people with sessions directly in the site's database; prints their Cookie headers as JSON.

Runs under the site's own settings and DATA_DIR. Input: how many.
"""

import json
import sys

import django
from django.conf import settings

django.setup()

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY  # noqa: E402
from django.contrib.sessions.backends.db import SessionStore  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import transaction  # noqa: E402

from chat.models import User  # noqa: E402


def cookie_of(user: User) -> str:
    """Log the person in, as their browser's Cookie header."""
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return f"{settings.SESSION_COOKIE_NAME}={session.session_key}"


def person(number: int) -> User:
    user = User(email=f"bench{number}@example.org", name=f"Bench {number}")
    user.set_unusable_password()
    return user


def main() -> None:
    call_command("migrate", verbosity=0)
    with transaction.atomic():
        users = User.objects.bulk_create([person(number) for number in range(json.load(sys.stdin))])
        cookies = [cookie_of(user) for user in users]
    print(json.dumps(cookies))


if __name__ == "__main__":
    main()
