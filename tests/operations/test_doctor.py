"""`manage.py doctor` and its page: each part well, and each part broken."""

import asyncio
import io
import re
from datetime import timedelta

import pytest
from asgiref.sync import sync_to_async
from django.core.management import call_command
from django.utils import timezone

from chat.core.sealing import seal
from chat.jobs.actions import enqueue
from chat.models import Conversation, Job, ModelProvider, OfferedModel, User
from chat.operations import checks, doctor, findings
from chat.operations.doctor import jobs as jobs_part
from chat.operations.doctor import model, outside, providers, stores
from chat.operations.doctor import temporary as temporary_part
from chat.operations.findings import Level
from tests.conftest import PASSWORD, browser_of
from tests.support.forks import run
from tests.support.scripted_provider import play
from tests.support.server import free_port, site_server

pytestmark = pytest.mark.django_db(transaction=True)


def levels(findings):
    return [(finding.part, finding.level) for finding in findings]


def only(findings):
    [finding] = findings
    return finding


async def test_a_model_that_answers_is_well(provider):
    assert levels(await model.examine()) == [("Model", "ok"), ("Streaming", "ok")]


async def test_only_the_first_words_of_an_answer_are_read(provider):
    provider.script(play("slow", text="word " * 1000, rate=50))
    assert levels(await model.examine()) == [("Model", "ok"), ("Streaming", "ok")]
    await asyncio.wait_for(provider.closed_by_client.wait(), 5)


@pytest.mark.parametrize(
    ("scenario", "words"),
    [
        (play("status", code=401), "OPENAI_API_KEY"),
        (play("status", code=404), "model"),
        (play("html200"), "address"),
        (play("fin", at="headers"), "running"),
    ],
)
async def test_a_model_provider_that_does_not_answer_is_told_with_what_to_do(provider, scenario, words):
    provider.script(scenario)
    finding = (await model.examine())[-1]
    assert finding.level == Level.FAIL
    assert words in finding.advice


async def test_a_key_is_never_told(provider, settings):
    settings.OPENAI_API_KEY = "sk-very-secret-key-0123456789"
    provider.models_scenario = provider.default = play("status", code=401)
    assert "very-secret" not in str(await doctor.examine())


async def test_a_model_that_is_not_listed_is_a_warning_that_names_others(provider, settings):
    settings.OPENAI_MODEL = "scripted-9"
    finding = (await model.examine())[0]
    assert finding.level == Level.WARN
    assert "scripted-1" in finding.advice


NO_LIST = {
    "404": play("status", code=404, message="Not Found"),
    "405": play("html_error", code=405),
    "a page": play("html200"),
    "an empty list": play("json200", body='{"data": []}'),
    "nothing": play("empty200"),
    "no right to it": play("status", code=403, message="Missing scopes: api.model.read"),
}


@pytest.mark.parametrize("scenario", NO_LIST.values(), ids=NO_LIST)
async def test_a_provider_without_a_list_is_well_when_a_model_is_named_and_it_says_what_it_could_not_ask(
    provider, scenario
):
    provider.models_scenario = scenario
    found = await model.examine()
    assert levels(found) == [("Model", "warn"), ("Streaming", "ok")]
    assert doctor.is_well(found)
    assert "the name scripted-1 couldn’t be verified" in found[0].message


async def test_where_neither_a_list_nor_a_name_tells_of_a_model_the_mend_is_named(provider, settings):
    settings.OPENAI_MODEL = ""
    provider.models_scenario = play("json200", body='{"data": []}')
    found = await model.examine()
    assert levels(found) == [("Model", "fail"), ("Streaming", "fail")]
    assert {finding.advice for finding in found} == {"Set OPENAI_MODEL to one of the provider’s models."}


async def test_a_pasted_address_is_told_as_it_was_understood(provider, settings):
    settings.OPENAI_BASE_URL = f" {provider.base_url.removesuffix('/v1')}/chat/completions "
    found = await model.examine()
    assert levels(found) == [("Model", "ok"), ("Streaming", "ok")]
    assert provider.base_url in found[0].detail


async def test_a_slow_provider_is_a_warning_that_says_how_long_people_s_chats_wait(
    provider, settings, monkeypatch
):
    settings.PROVIDER_FIRST_TOKEN_TIMEOUT = 444
    monkeypatch.setattr(model, "PATIENCE", 0.2)
    provider.script(play("hang"))
    found = await model.examine()
    assert levels(found) == [("Model", "ok"), ("Streaming", "warn")]
    assert "444 s" in found[1].advice
    assert doctor.is_well(found)


async def test_a_provider_of_the_administrators_needs_no_list_when_a_model_was_added_by_name(server):
    server.models_scenario = play("status", code=404, message="Not Found")
    second = await add_provider("Second", server)
    found = await providers.examine()
    assert levels(found) == [("Second · Models", "fail")]
    assert "add one by name" in found[0].advice
    await OfferedModel.objects.acreate(provider=second, name="typed", by_name=True)
    found = await providers.examine()
    assert levels(found) == [("Second · Models", "warn"), ("Second · Reply from typed", "ok")]
    assert server.requests[-1].body["model"] == "typed"


async def test_the_demo_is_a_warning_while_no_provider_of_the_administrators_answers(settings, server):
    settings.OPENAI_API_KEY = settings.OPENAI_BASE_URL = settings.OPENAI_MODEL = ""
    settings.OLLAMA_BASE_URL = "http://127.0.0.1:9/v1"
    second = await add_provider("Second", server)
    found = await model.examine()
    assert levels(found) == [("Model", "warn"), ("Streaming", "ok")]
    assert "Admin → Model providers" in found[0].advice
    await OfferedModel.objects.acreate(provider=second, name="real")
    found = await model.examine()
    assert levels(found) == [("Model", "ok"), ("Streaming", "ok")]
    assert found[0].message.startswith("real (Second) is the default")


async def add_provider(name, server, key="sk-canary-0123456789", **fields):
    return await ModelProvider.objects.acreate(
        name=name, base_url=server.base_url, allow_private=True, sealed_key=seal(key), **fields
    )


async def test_each_provider_of_the_administrators_is_examined_and_named(server):
    await add_provider("Beta", server)
    await add_provider("Alpha", server, is_enabled=False)
    await add_provider("Delta {{7*7}}", server)
    ill = await add_provider("Gamma", server)
    await ModelProvider.objects.filter(pk=ill.pk).aupdate(base_url="http://127.0.0.1:9/v1")
    assert levels(await providers.examine()) == [
        ("Beta · Models", "ok"),
        ("Beta · Reply from scripted-1", "ok"),
        ("Delta {{7*7}} · Models", "ok"),
        ("Delta {{7*7}} · Reply from scripted-1", "ok"),
        ("Gamma · Models", "fail"),
    ]
    assert {request.headers["authorization"] for request in server.requests} == {
        "Bearer sk-canary-0123456789"
    }


async def test_a_provider_that_refuses_the_key_tells_no_key_and_one_that_hangs_holds_up_no_other(
    server, provider, monkeypatch
):
    monkeypatch.setattr(providers, "PATIENCE", 1.0)
    await add_provider("Refuses", server)
    await add_provider("Hangs", provider)
    await add_provider("Unreadable", provider)
    await ModelProvider.objects.filter(name="Unreadable").aupdate(sealed_key="of another secret")
    server.models_scenario = server.default = play("status", code=401, message="Bad sk-canary-0123456789")
    provider.models_scenario = play("hang")
    found = await providers.examine()
    assert levels(found) == [
        ("Hangs · Models", "fail"),
        ("Refuses · Models", "fail"),
        ("Unreadable · API key", "fail"),
    ]
    assert "canary" not in str(found)
    assert all(finding.advice for finding in found)


async def test_every_finding_about_the_database_has_a_name_of_its_own():
    parts = [finding.part for finding in await stores.database()]
    assert len(parts) == len(set(parts)) > 1


async def test_the_database_is_well():
    assert {finding.level for finding in await stores.database()} == {Level.OK}


async def test_a_database_that_takes_nothing_fails(monkeypatch):
    def refuse(*_):
        raise OSError("disk full")

    monkeypatch.setattr("chat.operations.doctor.stores.transaction.atomic", refuse)
    assert only(await stores.database()).level == Level.FAIL


async def test_the_layer_in_memory_is_well_for_one_process():
    assert only(await stores.layer()).level == Level.OK


@pytest.mark.parametrize(("free", "level"), [(10, "fail"), (500, "warn"), (5000, "ok")])
def test_a_disk_is_judged_by_the_room_on_it(monkeypatch, free, level):
    usage = type("Usage", (), {"free": free * checks.MIB})
    monkeypatch.setattr("chat.operations.checks.shutil.disk_usage", lambda _: usage)
    assert checks.disk().level == level


def test_the_room_on_a_disk_is_told_in_a_unit_that_can_be_read(monkeypatch):
    usage = type("Usage", (), {"free": 78144 * checks.MIB})
    monkeypatch.setattr("chat.operations.checks.shutil.disk_usage", lambda _: usage)
    assert checks.disk().message.startswith("76.3\xa0GB free")


def test_a_mail_server_that_is_not_there_fails_and_none_is_a_warning(settings):
    assert checks.mail().level == Level.WARN
    settings.EMAIL_URL = "smtp://127.0.0.1"
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", free_port()
    assert checks.mail().level == Level.FAIL


async def test_a_site_that_does_not_run_is_a_failure_only_if_it_has_an_address(settings):
    settings.SITE_URL, settings.SITE_URL_GIVEN = f"http://127.0.0.1:{free_port()}", ""
    assert only(await outside.examine()).level == Level.WARN
    settings.SITE_URL_GIVEN = settings.SITE_URL
    assert only(await outside.examine()).level == Level.FAIL


async def test_something_else_at_the_address_fails(provider, settings):
    settings.SITE_URL = provider.base_url.removesuffix("/v1")
    assert (await outside.examine())[0].level == Level.FAIL


def test_the_command_examines_a_running_site_and_ends_with_1_when_a_part_failed(tmp_path):
    with site_server(tmp_path) as server:
        code, said = run(["manage.py", "doctor"], **server.variables)
    assert code == 1, said
    parts = {line.split(":")[0] for line in said.splitlines() if not line.startswith(" ")}
    assert {
        "ok    Site",
        "ok    WebSocket",
        "ok    Buffering",
        "ok    Database",
        "ok    Database file",
        "fail  Streaming",
    } <= parts


def test_the_command_ends_with_0_when_nothing_failed(monkeypatch):
    async def well():
        return [findings.ok("Part", "It is well.")]

    monkeypatch.setattr("chat.operations.doctor.examine", well)
    out = io.StringIO()
    call_command("doctor", stdout=out)
    assert "Part: It is well." in out.getvalue()


async def test_a_part_that_breaks_off_is_a_finding(monkeypatch):
    async def broken():
        raise RuntimeError("no idea")

    monkeypatch.setattr("chat.operations.doctor.EXAMINATIONS", (broken,))
    assert only(await doctor.examine()).level == Level.FAIL


def test_the_page_is_for_superusers(alice, bob, charlie, monkeypatch):
    async def well():
        return [findings.warn("Part", "It is <so> so.", "Mend it.")]

    monkeypatch.setattr("chat.operations.doctor.examine", well)
    root = User.objects.create_superuser("root@example.org", PASSWORD)
    page = browser_of(root).get("/admin/doctor/")
    assert "It is &lt;so&gt; so." in page.content.decode()
    index = browser_of(root).get("/admin/").content.decode()
    # Whatever stands after the lists pushes "Recent actions" below them
    assert 0 < index.index("System check") < index.index('id="content-main"')
    assert browser_of(bob).get("/admin/doctor/").status_code == 403
    assert b"doctor" not in browser_of(bob).get("/admin/").content
    for person in (alice, charlie):
        assert browser_of(person).get("/admin/doctor/").status_code in {302, 403}


def test_the_page_counts_what_it_found_and_offers_another_examination(db, monkeypatch):
    found = [*(findings.ok(f"Part {n}", "It is well.") for n in range(3))]
    found += [findings.warn(f"Part {n}", "It is so so.", "Mend it.") for n in range(2)]

    async def examine():
        return found

    monkeypatch.setattr("chat.operations.doctor.examine", examine)
    client = browser_of(User.objects.create_superuser("root@example.org", PASSWORD))
    assert summary(client) == ["2 warnings", "3 ok"]
    found.append(findings.fail("Part 9", "It is broken.", "Mend it now."))
    assert summary(client) == ["1 failure", "2 warnings", "3 ok"]


def summary(client):
    """What the page says first; the link to ask again leads to the page itself."""
    page = client.get("/admin/doctor/").content.decode()
    assert '<a class="again" href="/admin/doctor/">' in page
    [line] = re.findall(r'<p class="summary">(.*?)</p>', page, re.DOTALL)
    return re.findall(r">([^<]+)</span>", line)


async def test_background_tasks_that_nobody_does_are_told(alice):
    async def said():
        return only(await jobs_part.examine())

    assert (await said()).level == Level.OK
    job = await sync_to_async(enqueue)("canary kind", {}, run_after=timezone.now() + timedelta(hours=1))
    assert "None" in (await said()).message
    await Job.objects.filter(pk=job.pk).aupdate(run_after=timezone.now() - timedelta(minutes=5))
    assert ((await said()).level, (await said()).message) == (
        Level.OK,
        "Waiting: 1, the first of them for 6 minutes.",
    )
    await Job.objects.filter(pk=job.pk).aupdate(run_after=timezone.now() - timedelta(hours=2))
    assert (await said()).level == Level.WARN
    assert "worker" in (await said()).advice


async def test_what_holds_for_temporary_chats_is_told_and_those_that_nobody_erases(alice, settings):
    async def said():
        return only(await temporary_part.examine())

    for mode, words in {
        "on": "an hour after their page is closed",
        "off": "turned off",
        "recorded": "a record for 30 days",
    }.items():
        settings.TEMPORARY_CHATS = mode
        assert ((await said()).level, words in (await said()).message) == (Level.OK, True)
    settings.TEMPORARY_CHATS = "on"
    row = await Conversation.objects.acreate(
        owner=alice, temporary=True, page_seen_at=timezone.now() - timedelta(minutes=90)
    )
    assert (await said()).level == Level.OK
    await Conversation.objects.filter(pk=row.pk).aupdate(page_seen_at=timezone.now() - timedelta(hours=3))
    assert ((await said()).level, (await said()).message) == (Level.WARN, "Overdue to be deleted: 1.")
    assert "Start the site" in (await said()).advice
