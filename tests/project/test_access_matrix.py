"""Every address and every socket command, with the person who may not: a new one fails until it is listed."""

import uuid

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from chat.models import (
    Conversation,
    Feedback,
    Import,
    ImportStatus,
    Job,
    Message,
    Persona,
    Project,
    Report,
    SavedPrompt,
    Share,
    Snapshot,
)
from chat.realtime import protocol, voice_protocol
from tests.conftest import browser_of
from tests.sharing.conftest import shared

pytestmark = pytest.mark.django_db

# Addresses that name somebody's row: name -> (path, method, form); `c`, `m` and `p` stand for ids
OWNED = {
    "conversation": ("/c/{c}/", "get", {}),
    "conversation_older": ("/c/{c}/older/", "get", {}),
    "conversation_rename": ("/c/{c}/rename/", "post", {"title": "Taken"}),
    "conversation_model": ("/c/{c}/model/", "post", {"model": "1"}),
    "conversation_settings": ("/c/{c}/settings/", "post", {"temperature": "1"}),
    "conversations_arrange": ("/conversations/arrange/", "post", {"do": "archive", "conversation": "{c}"}),
    "conversation_project": ("/c/{c}/project/", "post", {"project": ""}),
    "project": ("/projects/{j}/", "post", {"text": "words"}),
    "project_change": ("/projects/{j}/change/", "post", {"name": "Taken"}),
    "project_delete": ("/projects/{j}/delete/", "post", {"conversations": "delete"}),
    "project_restore": ("/projects/{j}/restore/", "post", {}),
    "project_start": ("/projects/{j}/start/", "post", {}),
    "project_conversations": ("/projects/{j}/conversations/", "get", {}),
    "conversations_move": ("/projects/choice/", "post", {"project": "", "conversation": "{c}"}),
    "prompt": ("/prompts/{s}/", "post", {"name": "Taken", "text": "words"}),
    "prompt_delete": ("/prompts/{s}/delete/", "post", {}),
    "prompt_restore": ("/prompts/{s}/restore/", "post", {}),
    "conversation_persona": ("/c/{c}/persona/", "post", {"persona": ""}),
    "persona_change": ("/personas/{p}/change/", "post", {"name": "Taken"}),
    "persona_duplicate": ("/personas/{p}/duplicate/", "post", {}),
    "persona_delete": ("/personas/{p}/delete/", "post", {}),
    "persona_restore": ("/personas/{p}/restore/", "post", {}),
    "persona_sharing": ("/personas/{p}/sharing/", "post", {"everybody": "1"}),
    "persona_start": ("/personas/{p}/start/", "post", {}),
    "persona_picture": ("/personas/{p}/picture/", "get", {}),
    "message_picture": ("/m/{m}/pictures/0/", "get", {}),
    "message_text": ("/m/{m}/text/", "get", {}),
    "message_show": ("/m/{m}/show/", "post", {}),
    "message_pin": ("/m/{m}/pin/", "post", {"on": "1"}),
    "message_sent": ("/m/{m}/sent/", "get", {}),
    "message_retry": ("/m/{m}/retry/", "post", {}),
    "message_continue": ("/m/{m}/continue/", "post", {}),
    "message_stop": ("/m/{m}/stop/", "post", {}),
    "message_versions": ("/m/{m}/versions/", "get", {}),
    "message": ("/m/{m}/", "get", {}),
    "message_more": ("/m/{m}/more/", "get", {}),
    "message_feedback": ("/m/{m}/feedback/", "post", {"rating": "down"}),
    "share_new": ("/c/{c}/share/", "post", {"title": "Taken", "message": "{m}"}),
    "import": ("/import/{i}/", "get", {}),
    "import_start": ("/import/{i}/start/", "post", {"with_deleted": "1"}),
    "import_cancel": ("/import/{i}/cancel/", "post", {}),
    "import_forget": ("/import/{i}/forget/", "post", {}),
    "shared_link": ("/settings/chats/links/{l}/", "get", {}),
    "shared_link_change": ("/settings/chats/links/{l}/change/", "post", {"title": "Taken"}),
    "shared_link_revoke": ("/settings/chats/links/{l}/revoke/", "post", {}),
    "export_job": ("/export/{w}/", "get", {}),
    "export_file": ("/export/{w}/file/", "get", {}),
    "message_report": ("/m/{m}/report/", "post", {"category": "wrong", "note": ""}),
    "job": ("/jobs/{w}/", "get", {}),
    "job_cancel": ("/jobs/{w}/cancel/", "post", {}),
}
# What names somebody's row beside one's own, in a form or a query: `C`, `M` and `J` are the reader's own
BESIDE_OWN = [
    ("/c/{C}/project/", "post", {"project": "{j}"}),
    ("/c/{C}/project/?project={j}", "post", {}),
    ("/c/{C}/persona/", "post", {"persona": "{p}"}),
    ("/c/{C}/", "get", {"before": "{m}"}),
    ("/c/{C}/", "get", {"from": "{m}"}),
    ("/c/{C}/", "get", {"at": "{m}"}),
    ("/c/{C}/older/", "get", {"before": "{m}"}),
    ("/m/{M}/versions/", "get", {"with": "{m}"}),
    ("/projects/choice/", "post", {"project": "{j}", "conversation": "{C}"}),
    ("/projects/choice/", "post", {"project": "{J}", "conversation": "{c}"}),
    ("/projects/choice/", "post", {"back": "{C}:{j}"}),
    ("/projects/choice/", "post", {"back": "{c}:{J}"}),
    ("/export/", "get", {"conversation": "{c}"}),
    ("/export/", "get", {"project": "{j}"}),
    ("/export/", "post", {"conversation": "{c}", "format": "json"}),
    ("/export/", "post", {"project": "{j}", "format": "print"}),
]
# Addresses that show only the reader's own, by session
PERSONAL = {
    "chat": "/",
    "import_choose": "/import/",
    "share": "/share/",
    "conversation_list": "/conversations/",
    "archived": "/conversations/archived/",
    "shortcuts": "/shortcuts/",
    "search": "/search/",
    "settings_notifications": "/settings/notifications/",
    "push_subscribe": "/push/subscribe/",
    "prompt_list": "/prompts/",
    "projects": "/projects/",
    "personas": "/personas/",
    "models": "/models/",
    "prompt_new": "/prompts/new/",
    "voice_parts": "/voice/",
    "voice_voices": "/voice/voices/",
    "voice_settings": "/settings/voice/",
    "voice_settings_before": "/voice/settings/",
    "settings_general": "/settings/",
    "settings_personalisation": "/settings/personalisation/",
    "settings_chats": "/settings/chats/",
    "shared_links": "/settings/chats/links/",
    "export": "/export/",
}
# What makes something for the person of the session, and names nobody's
MAKING = {
    "conversation_start": "/c/",
    "import_upload": "/import/upload/a-ticket/",
    "persona_new": "/personas/new/",
    "project_new": "/projects/new/",
    "push_unsubscribe": "/push/unsubscribe/",
    "dismiss_notice": "/notices/dismiss/",
    "keep_draft": "/draft/",
    "conversations_delete": "/settings/chats/delete/",
    "conversations_restore": "/settings/chats/restore/?moment=2026-01-01",
    "model_star": "/models/star/",
}
# Open to everybody, holding nothing of anybody
PUBLIC = {
    "favicon",
    "set_language",
    "branding_styles",
    "branding_logo",
    "manifest",
    "icon",
    "worker",
    "offline",
}
# Open to whoever has a link, as far as that allows it: tests/sharing/test_shared_page.py, test_share_reports.py
BY_TOKEN = {"snapshot", "snapshot_report", "snapshot_continue"}
# Whole rooms with tests of their own: allauth (test_accounts_*), the admin (test_admin_*)
ROOMS = {"accounts/", "admin/"}
# Socket commands: each is tested with a stranger in tests/consumers/test_consumer_<file>.py
SOCKET = {
    "send": "watch",
    "edit": "edit",
    "retry": "retry",
    "continue": "continue",
    "stop": "stop",
    "watch": "watch",
    "ack": "watch",
    "presence": "seen",
    "seen": "seen",
}
# Those of the voice socket, with the tests of who may not: tests/consumers/test_voice_<file>.py. Recordings and
# readings are the socket's own, by the page's numbers; what names somebody's row is `read`
VOICE = {
    "listen": "standing",
    "finish": "standing",
    "discard": "listen",
    "read": "read",
    "try": "standing",
    "played": "read",
    "quiet": "read",
}


def patterns(resolver, prefix=""):
    for entry in resolver.url_patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            if route not in ROOMS:
                yield from patterns(entry, route)
        elif isinstance(entry, URLPattern):
            yield entry.name


def test_every_address_is_in_the_matrix():
    assert set(patterns(get_resolver())) == {*OWNED, *PERSONAL, *MAKING, *PUBLIC, *BY_TOKEN}


def test_every_socket_command_is_in_the_matrix():
    assert set(SOCKET) == protocol.COMMANDS
    assert set(VOICE) == voice_protocol.COMMANDS


@pytest.fixture
def theirs(alice, say):
    SavedPrompt.objects.create(owner=alice, name="canary name", text="canary text")
    Job.objects.create(owner=alice, kind="export", payload={"name": "canary"})
    Persona.objects.create(owner=alice, name="canary persona", instructions="canary", picture=b"canary")
    conversation = say(alice, "canary question", "canary answer")
    conversation.project = Project.objects.create(owner=alice, name="canary project", instructions="canary")
    conversation.save(update_fields=["project"])
    shared(conversation)
    Import.objects.create(owner=alice, file_name="canary.zip", status=ImportStatus.READY)
    return conversation


def rows():
    kinds = (Conversation, Message, Report, Feedback, SavedPrompt, Persona, Project, Share, Snapshot, Job)
    kinds = (*kinds, Import)
    return [list(model.objects.order_by("pk").values()) for model in kinds]


@pytest.mark.parametrize("name", OWNED)
def test_others_get_what_a_random_id_gets_and_change_nothing(name, theirs, bob, charlie):
    path, method, form = OWNED[name]
    before = rows()
    persona = Persona.objects.get(name="canary persona")
    saved = SavedPrompt.objects.get()
    own = {"c": theirs.uuid, "m": theirs.tip.uuid, "p": persona.uuid, "s": saved.uuid}
    own["i"] = Import.objects.get().uuid
    own["l"] = Share.objects.get().uuid
    own["j"] = theirs.project.uuid
    own["w"] = Job.objects.get().uuid
    for person in (bob, charlie):
        client, answers = browser_of(person), []
        for ids in (own, {letter: uuid.uuid4() for letter in own}):
            fields = {field: value.format(**ids) for field, value in form.items()}
            answer = getattr(client, method)(path.format(**ids), fields, headers={"X-Fragment": "1"})
            answers.append((answer.status_code, answer.content))
        assert answers[0] == answers[1]
        assert answers[0][0] == 404
    assert before == rows()


@pytest.mark.parametrize(("path", "method", "form"), BESIDE_OWN)
def test_others_rows_beside_ones_own_are_like_random_ids_too(path, method, form, theirs, bob, charlie, say):
    persona = Persona.objects.get(name="canary persona")
    others = {"c": theirs.uuid, "m": theirs.tip.uuid, "p": persona.uuid, "j": theirs.project.uuid}
    for person in (bob, charlie):
        conversation = say(person, "question", "answer")
        project = Project.objects.create(owner=person, name="project")
        own = {"C": conversation.uuid, "M": conversation.tip.uuid, "J": project.uuid}
        client, answers, before = browser_of(person), [], rows()
        for ids in (own | others, own | {letter: uuid.uuid4() for letter in others}):
            fields = {field: value.format(**ids) for field, value in form.items()}
            answer = getattr(client, method)(path.format(**ids), fields, headers={"X-Fragment": "1"})
            answers.append((answer.status_code, answer.content))
        assert answers[0] == answers[1]
        assert answers[0][0] == 404
        assert before == rows()


@pytest.mark.parametrize("name", [*OWNED, *PERSONAL])
def test_an_anonymous_visitor_is_asked_to_log_in(name, theirs):
    path, method, form = OWNED.get(name) or (PERSONAL[name], "get", {})
    ids = {"c": theirs.uuid, "m": theirs.tip.uuid} | {letter: uuid.uuid4() for letter in "psljwi"}
    answer = getattr(Client(), method)(path.format(**ids), form)
    assert answer.status_code == 302
    assert answer.url.startswith("/accounts/login/?next=")


@pytest.mark.parametrize("path", MAKING.values())
def test_a_visitor_makes_nothing(path):
    assert Client().post(path).status_code == 302
    assert not Conversation.objects.exists()
    assert not Persona.objects.filter(builtin=None).exists()
    assert not Project.objects.exists()


@pytest.mark.parametrize("path", PERSONAL.values())
def test_pages_by_session_show_nothing_of_others(path, theirs, bob, charlie):
    for person in (bob, charlie):
        assert b"canary" not in browser_of(person).get(path).content
