"""Three people, a scripted model server, and sockets through the real ASGI app."""

import asyncio
import gc
import json
import shutil
import sqlite3
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from channels.testing import WebsocketCommunicator
from django.conf import settings as django_settings
from django.contrib.auth.models import Group
from django.db import connection
from django.test import Client, TransactionTestCase
from django.urls import set_script_prefix
from django.utils import translation

from chat import replies
from chat.accounts import mailing
from chat.branding import current
from chat.core.database import main_loop
from chat.models import Conversation, Generation, Message, Role, User
from chat.provider import ProviderClient
from chat.voice import providers
from chat.web import first_use
from gptsite.asgi import application
from tests.support.fault_site import Site
from tests.support.provider_client import client_for
from tests.support.scripted_provider import ScriptedProvider
from tests.support.scripted_speech import ScriptedSpeech
from tests.support.server import SiteServer, migrate_sqlite
from tests.support.shared import made_once
from tests.support.stores import Postgres, migrate_postgres
from tests.support.voice_tab import VoiceTab
from tests.support.waiting import LIMIT

# Beginnings of the names of what takes longest: it comes first, so that no worker is left with it at the end
LONGEST = (
    "chaos/test_chaos_s",
    "gptsite/test_other",
    "jobs/test_job_p",
    "faults/",
    "browser/",
    "serving/",
    "markdown/",
)

# As in manage.py
gc.set_threshold(50_000)

PASSWORD = "correct horse 7 battery"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    def place(item: pytest.Item) -> int:
        name = item.nodeid.removeprefix("tests/")
        return next((n for n, start in enumerate(LONGEST) if name.startswith(start)), len(LONGEST))

    items.sort(key=place)


@pytest.fixture(scope="session")
def django_db_keepdb() -> bool:
    """Django makes none where there is one already."""
    return True


@pytest.fixture(scope="session")
def migrated(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path | None:
    """A database whose migrations are made once for all workers, if a test of this run uses any."""
    uses = {"db", "transactional_db"}
    if any(
        test.get_closest_marker("django_db") or uses & set(test.fixturenames)
        for test in request.session.items
    ):
        return made_once(tmp_path_factory, "migrated", migrate_sqlite) / "db.sqlite3"
    return None


@pytest.fixture(scope="session")
def django_db_modify_db_settings(migrated: Path | None) -> None:
    """Let Django find a copy of it."""
    if migrated:
        shutil.copyfile(migrated, connection.settings_dict["TEST"]["NAME"])


@pytest.fixture(scope="session", autouse=True)
def django_db_setup(django_db_setup: None, migrated: Path | None) -> Iterator[None]:
    """After a test that commits, the database is again as the migrations made it; servers begin with it too.

    Django would empty all tables and let every app make its rows anew, which takes longer than most tests.
    """
    if migrated is None:
        yield
        return

    def put_back(test: TransactionTestCase) -> None:
        connection.ensure_connection()
        made.backup(connection.connection)

    with closing(sqlite3.connect(migrated)) as made, pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", put_back)
        patch.setattr(SiteServer, "migrated", migrated)
        yield


@pytest.fixture(scope="session", autouse=True)
def migrated_postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Every PostgreSQL begins with the site's tables; the first test of a run that wants one has them made."""
    with pytest.MonkeyPatch.context() as patch:
        made = partial(made_once, tmp_path_factory, "postgres", migrate_postgres)
        patch.setattr(Postgres, "migrated", staticmethod(made))
        yield


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    """Every test begins in English: Django's client answers in this thread, and leaves a page's language on."""
    with translation.override(django_settings.LANGUAGE_CODE):
        yield


@pytest.fixture
def alice(db: None) -> User:
    """The owner."""
    return User.objects.create_user("alice@example.org", PASSWORD, name="Alice")


@pytest.fixture
def bob(db: None) -> User:
    """The moderator."""
    bob = User.objects.create_user("bob@example.org", PASSWORD, name="Bob", is_staff=True)
    bob.groups.add(Group.objects.get_or_create(name="Moderators")[0])
    return bob


@pytest.fixture
def charlie(db: None) -> User:
    """The stranger."""
    return User.objects.create_user("charlie@example.org", PASSWORD, name="Charlie")


def browser_of(user: User) -> Client:
    """A logged-in client with a session of its own."""
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def say() -> Callable[..., Conversation]:
    """Writes exchanges into a conversation: `say(alice, "q1", "a1", "q2", "a2")`."""

    def write(owner: User, *texts: str, into: Conversation | None = None) -> Conversation:
        conversation = into or Conversation.objects.create(owner=owner, title=texts[0][:60])
        newest = Message.objects.order_by("pk").last()
        branch = [conversation.tip]
        for number, text in enumerate(texts):
            role = Role.ASSISTANT if number % 2 else Role.USER
            message = Message(
                pk=number + (newest.pk + 1 if newest else 1),
                conversation=conversation,
                parent=branch[-1],
                author=owner if role == Role.USER else None,
                role=role,
                text=text,
            )
            branch.append(message)
        Message.objects.bulk_create(branch[1:])
        answers = (message for message in branch[1:] if message.role == Role.ASSISTANT)
        Generation.objects.bulk_create(Generation(reply=answer) for answer in answers)
        conversation.tip = branch[-1]
        conversation.save()
        return conversation

    return write


@pytest.fixture
async def provider(settings: Any) -> AsyncIterator[ScriptedProvider]:
    """A scripted model server that the site is set to use; the engine of this test's loop ends with it."""
    async with ScriptedProvider() as server:
        settings.OPENAI_API_KEY = "test-key"
        settings.OPENAI_BASE_URL = server.base_url
        settings.OPENAI_MODEL = "scripted-1"
        yield server
        await replies.shut_down()


@pytest.fixture
async def server() -> AsyncIterator[ScriptedProvider]:
    """A scripted model server, without a site before it."""
    async with ScriptedProvider() as server:
        yield server


@pytest.fixture
async def provider_client(server: ScriptedProvider) -> AsyncIterator[ProviderClient]:
    """The site's client of that server."""
    provider_client = client_for(server)
    yield provider_client
    await provider_client.aclose()


class Tab:
    """One browser tab's socket, driven as a conversation."""

    def __init__(self, client: Client, origin: str | None = None) -> None:
        cookies = "; ".join(f"{key}={morsel.value}" for key, morsel in client.cookies.items())
        headers = [
            (b"origin", (origin or django_settings.SITE_ORIGINS[0]).encode()),
            (b"host", b"127.0.0.1"),
            (b"cookie", cookies.encode()),
        ]
        self.socket = WebsocketCommunicator(application, "/ws/chat/", headers)
        self.blocks: dict[int, list[str]] = {}

    async def open(self) -> "Tab":
        connected, code = await self.socket.connect(timeout=LIMIT)
        assert connected, code
        assert (await self.event())["type"] == "hello"
        return self

    async def say(self, **command: Any) -> None:
        await self.socket.send_to(text_data=json.dumps(command, default=str))

    async def send(
        self, text: str, conversation: Any = None, parent: Any = None, client_id: Any = None
    ) -> Any:
        """Send a message; gives its `sent` event, or the error that came instead."""
        client_id = str(client_id or uuid.uuid4())
        await self.say(type="send", client_id=client_id, text=text, conversation=conversation, parent=parent)
        return await self.until("sent", "error")

    async def event(self, timeout: float = LIMIT) -> Any:
        """The next frame: an object, or the array of a patch."""
        return json.loads(await self.socket.receive_from(timeout))

    async def until(self, *kinds: str, timeout: float = LIMIT) -> Any:
        """The next event of one of these types; what comes before it is passed over."""
        async with asyncio.timeout(timeout):
            while True:
                event = await self.event(timeout)
                if isinstance(event, dict) and event["type"] in kinds:
                    return event

    async def closed(self, timeout: float = LIMIT) -> int:
        """The code the server closes with; frames before it are passed over."""
        async with asyncio.timeout(timeout):
            while True:
                message = await self.socket.receive_output(timeout)
                if message["type"] == "websocket.close":
                    return int(message["code"])

    async def close(self) -> None:
        await self.socket.disconnect()


@pytest.fixture
async def open_tab(provider: ScriptedProvider) -> AsyncIterator[Callable[[User], Awaitable[Tab]]]:
    """Opens tabs: `tab = await open_tab(alice)`; another with `client=` shares a session."""
    tabs: list[Tab] = []

    async def open_one(user: User, client: Client | None = None) -> Tab:
        client = client or await asyncio.to_thread(browser_of, user)
        tab = await Tab(client).open()
        tabs.append(tab)
        return tab

    yield open_one
    for tab in tabs:
        await tab.close()


@pytest.fixture
async def speech(settings: Any, tmp_path: Path) -> AsyncIterator[ScriptedSpeech]:
    """A scripted speech service that the site is set to use, and a folder of its own for what it made."""
    async with ScriptedSpeech() as service:
        settings.DATA_DIR = tmp_path
        settings.SPEECH_TO_TEXT_URL = settings.TEXT_TO_SPEECH_URL = service.base_url
        settings.TEXT_TO_SPEECH_VOICE = "one"
        yield service
        await providers.aclose()


@pytest.fixture
async def open_voice(
    provider: ScriptedProvider, speech: ScriptedSpeech
) -> AsyncIterator[Callable[[User], Awaitable[VoiceTab]]]:
    """Opens voice sockets: `tab = await open_voice(alice)`; another with `client=` shares a session."""
    tabs: list[VoiceTab] = []

    async def open_one(user: User, client: Client | None = None) -> VoiceTab:
        tab = await VoiceTab(client or await asyncio.to_thread(browser_of, user)).open()
        tabs.append(tab)
        return tab

    yield open_one
    for tab in tabs:
        await tab.close()


@pytest.fixture
async def site(stage: Site) -> AsyncIterator[Site]:
    """The real processes of a file of fault tests; what one test leaves running is what the next one ends."""
    async with stage.scene():
        yield stage


@pytest.fixture(autouse=True)
def _mails_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Django's outbox is a list of this test's; tests/accounts/test_mailing.py has the threads, and a mail server."""
    monkeypatch.setattr(mailing.mail_queue, "enqueue", lambda message: message.send())


@pytest.fixture(autouse=True)
def _new_site() -> None:
    """Each test's database is a new one: what the process found in that of the test before counts no more."""
    first_use._found.clear()
    current._Known.branding, current._Known.read_at = current.by_settings(), float("inf")


@pytest.fixture(autouse=True)
def _no_script_prefix() -> None:
    """What one request of a test pinned must not leak into the next.

    An asynchronous view that a test's client asks leaves the loop that it ran in as the one to tell of events.
    """
    set_script_prefix("/")
    main_loop.set(None)
