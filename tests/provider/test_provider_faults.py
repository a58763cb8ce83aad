"""Every way a model service fails, over real TCP: the right error, the text so far, nothing secret."""

from __future__ import annotations

import json
import logging
from dataclasses import replace
from email.utils import formatdate
from time import time

import pytest

from chat.provider import Endpoint, ProviderClient
from chat.provider import errors as provider_errors
from tests.support.provider_client import HASTY, HELLO, KEY, PATIENT, client_for, read
from tests.support.scripted_provider import Scenario, ScriptedProvider, play


def named(scenario: Scenario) -> str:
    return " ".join([scenario.name, *(f"{k}={v}" for k, v in scenario.params.items())])[:60]


def each(*cases: tuple[Scenario, type[provider_errors.ProviderError] | str, str]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize(
        ("scenario", "kind", "text"), [pytest.param(*case, id=named(case[0])) for case in cases]
    )


CUTS = [
    (play("reset_at_connect"), provider_errors.ProviderUnreachable, ""),
    (play("reset", at="headers"), provider_errors.ProviderUnreachable, ""),
    (play("reset", at="start"), provider_errors.StreamCut, ""),
    (play("reset", at="first"), provider_errors.StreamCut, "a"),
    (play("reset", at="middle"), provider_errors.StreamCut, "ab"),
    (play("fin", at="headers"), provider_errors.ProviderUnreachable, ""),
    (play("fin", at="start"), provider_errors.StreamCut, ""),
    (play("fin", at="first"), provider_errors.StreamCut, "a"),
    (play("fin", at="middle"), provider_errors.StreamCut, "ab"),
    (play("close_delimited"), provider_errors.StreamCut, "ab"),
    (play("done_only"), provider_errors.EmptyReply, ""),
]

NO_STREAMS = [
    (play("html200"), provider_errors.NotAModelServer, ""),
    (play("json200"), provider_errors.NotAModelServer, ""),
    (play("json200", body="[" * 50_000), provider_errors.NotAModelServer, ""),
    (play("json200", body="x" * 2_000_000), provider_errors.NotAModelServer, ""),
    (play("json200", body='{"error": {"code": "model_not_found"}}'), provider_errors.UnknownModel, ""),
    (play("empty200"), provider_errors.NotAModelServer, ""),
    (play("redirect"), provider_errors.NotAModelServer, ""),
    (play("gzip_bomb"), provider_errors.NotAModelServer, ""),
]

REFUSALS = [
    (play("status", code=400), provider_errors.BadRequest, ""),
    (play("status", code=400, error_code="context_length_exceeded"), provider_errors.ContextTooLong, ""),
    (play("status", code=400, message="maximum context length is 8192"), provider_errors.ContextTooLong, ""),
    (play("status", code=400, error_code="content_filter"), provider_errors.ContentFiltered, ""),
    (
        play("status", code=400, message="Invalid model name passed in model=x"),
        provider_errors.UnknownModel,
        "",
    ),
    (play("status", code=400, error_code="no_db_connection"), provider_errors.WrongKey, ""),
    (play("status", code=401), provider_errors.WrongKey, ""),
    (play("status", code=402), provider_errors.OutOfCredit, ""),
    (play("status", code=403), provider_errors.WrongKey, ""),
    (play("status", code=404), provider_errors.UnknownModel, ""),
    (play("html_error", code=404), provider_errors.NotAModelServer, ""),
    (play("html_error", code=405), provider_errors.NotAModelServer, ""),
    (play("status", code=413), provider_errors.ContextTooLong, ""),
    (play("status", code=422), provider_errors.BadRequest, ""),
    (play("status", code=429), provider_errors.RateLimited, ""),
    (play("status", code=429, error_code="insufficient_quota"), provider_errors.OutOfCredit, ""),
    (play("status", code=500), provider_errors.ProviderDown, ""),
    (play("html_error", code=502), provider_errors.ProviderDown, ""),
    (play("status", code=503), provider_errors.ProviderDown, ""),
    (play("gzip_bomb", code=500), provider_errors.ProviderDown, ""),
    (play("endless_error", code=500), provider_errors.ProviderDown, ""),
]

MIDWAY = [
    (play("error_midway"), provider_errors.ProviderDown, "ab"),
    (play("error_midway", body='{"error": "overloaded"}'), provider_errors.Overloaded, "ab"),
    (
        play("error_midway", body='{"error": {"code": 429, "message": "slow"}}'),
        provider_errors.RateLimited,
        "ab",
    ),
    (
        play("error_midway", body='{"error": {"code": "rate_limit_exceeded"}}'),
        provider_errors.RateLimited,
        "ab",
    ),
    (
        play("error_midway", body='{"object": "error", "message": "no", "code": 500}'),
        provider_errors.ProviderDown,
        "ab",
    ),
    (play("plain", text="ab", finish="content_filter"), provider_errors.ContentFiltered, "ab"),
    (play("plain", text="ab", finish="error"), provider_errors.ProviderDown, "ab"),
    (play("huge_line"), provider_errors.ReplyTooLarge, "ab"),
]


@pytest.mark.fault(23)
@pytest.mark.fault(26)
@pytest.mark.fault(27)
@pytest.mark.fault(28)
@each(*CUTS, *NO_STREAMS, *REFUSALS, *MIDWAY)
async def test_a_fault_gets_its_name_after_the_text_that_came(server, provider_client, scenario, kind, text):
    server.script(scenario)
    got = await read(provider_client.stream(HELLO))
    assert type(got.error) is kind
    assert got.text == text
    assert got.end is None


UNKNOWN_MODELS = {
    "vLLM": (
        404,
        '{"error":{"message":"The model `nope` does not exist. Valid aliases: counting.","type":"NotFoundError"'
        ',"param":"model","code":404}}',
    ),
    "transformers serve": (400, """{"detail":"Server is pinned to '/models/tiny'; requested 'nope'."}"""),
    "mlx_lm.server": (404, '{"error": "Cannot find an appropriate cached snapshot folder for the revision"}'),
    "LiteLLM": (
        400,
        """{"error":{"message":"/chat/completions: Invalid model name passed in model=nope. Call `/v1/models` to """
        """view available models for your key.","type":"invalid_request_error","param":"model","code":"400"}}""",
    ),
    "Mistral": (
        400,
        '{"object":"error","message":"Invalid model: nope","type":"invalid_model","param":null,"code":"1500"}',
    ),
    "Perplexity": (
        400,
        """{"error":{"message":"Invalid model 'nope'. Permitted models can be found in the documentation.","""
        """"type":"invalid_model","code":400}}""",
    ),
    "DeepSeek": (
        400,
        '{"error":{"message":"Model Not Exist","type":"invalid_request_error","param":null,"code":"invalid_request_error"}}',
    ),
    "SiliconFlow": (
        400,
        '{"code":20012,"message":"Model does not exist. Please check it carefully.","data":null}',
    ),
    "Zhipu": (400, '{"error":{"code":"1211","message":"模型不存在，请检查模型代码。"}}'),
    "Hugging Face": (
        400,
        """{"error":{"message":"The requested model 'nope' is not supported by any provider you have enabled.","""
        """"type":"invalid_request_error","param":"model","code":"model_not_supported"}}""",
    ),
    "Together": (
        400,
        '{"error":{"message":"Unable to access model nope.","type":"invalid_request_error","param":null,'
        '"code":"model_not_available"}}',
    ),
    "Cloudflare": (
        400,
        '{"errors":[{"message":"AiError: No such model @cf/nope or task","code":5007}],"success":false}',
    ),
    "Bedrock": (400, '{"message":"The provided model identifier is invalid."}'),
    "only the parameter": (
        400,
        '{"error":{"message":"No access.","type":"invalid_request_error","param":"model"}}',
    ),
}


@pytest.mark.parametrize("service", UNKNOWN_MODELS)
async def test_a_model_that_a_service_does_not_have_is_told_as_that(server, provider_client, service):
    code, body = UNKNOWN_MODELS[service]
    server.script(play("answered", code=code, body=body))
    assert type((await read(provider_client.stream(HELLO))).error) is provider_errors.UnknownModel


AFTER_THE_REASON = [
    play("reset", at="finish"),
    play("reset", at="before_done"),
    play("fin", at="finish"),
    play("fin", at="before_done"),
    play("close_delimited", finish="stop"),
    play("hang", at="finish"),
]


@pytest.mark.fault(23)
@pytest.mark.parametrize("scenario", AFTER_THE_REASON, ids=named)
async def test_a_fault_after_the_finish_reason_takes_nothing_away(server, scenario):
    server.script(scenario)
    provider_client = client_for(server, replace(PATIENT, after_finish=0.2))
    got = await read(provider_client.stream(HELLO))
    assert got.error is None
    assert got.text == "ab"
    assert got.end.finish_reason == "stop"
    await provider_client.aclose()


@pytest.mark.fault(22)
@pytest.mark.fault(24)
@pytest.mark.fault(25)
@pytest.mark.parametrize(
    ("scenario", "text"),
    [
        (play("hang", at="headers"), ""),
        (play("hang", at="start"), ""),
        (play("hang", at="middle"), "ab"),
        (play("drip", pause=0.02), ""),
        (play("comment_drip", pause=0.02), ""),
    ],
    ids=lambda value: named(value) if isinstance(value, Scenario) else repr(value),
)
async def test_silence_ends_at_its_deadline_and_keeps_the_text(server, scenario, text):
    server.script(scenario)
    provider_client = client_for(server, HASTY)
    got = await read(provider_client.stream(HELLO))
    assert type(got.error) is provider_errors.ProviderSilent
    assert got.text == text
    await provider_client.aclose()


async def test_a_title_that_does_not_come_is_given_up_soon(server):
    server.default = play("hang")
    provider_client = client_for(server, HASTY)
    with pytest.raises(provider_errors.ProviderSilent):
        await provider_client.complete(HELLO, max_tokens=10)
    await provider_client.aclose()


async def test_a_list_of_models_that_does_not_come_is_given_up_soon(server):
    server.models_scenario = play("hang")
    provider_client = client_for(server, HASTY)
    with pytest.raises(provider_errors.ProviderSilent):
        await provider_client.models()
    await provider_client.aclose()


@pytest.mark.parametrize(
    ("scenario", "kind"),
    [
        (play("status", code=401, message=f"bad key {KEY}"), provider_errors.WrongKey),
        (play("html200"), provider_errors.NotAModelServer),
        (play("json200"), provider_errors.NotAModelServer),
        (play("json200", body='{"data": [{"id": 5}]}'), provider_errors.NotAModelServer),
        (play("reset", at="headers"), provider_errors.ProviderUnreachable),
        (play("gzip_bomb"), provider_errors.NotAModelServer),
    ],
    ids=lambda value: named(value) if isinstance(value, Scenario) else value.code,
)
async def test_a_list_of_models_that_is_none_gets_its_name(server, provider_client, scenario, kind):
    server.models_scenario = scenario
    with pytest.raises(kind) as caught:
        await provider_client.models()
    assert KEY not in str(caught.value)


@pytest.mark.parametrize(
    "odd", [rb'{"id": "\ud800"}', rb'{"id": "\u0000"}', b'{"id": "\xff"}', b'{"id": 5}', b"null"]
)
async def test_a_model_whose_name_cannot_be_written_down_hides_no_other(server, provider_client, odd):
    server.models_scenario = play("json200", body=b'{"data": [{"id": "a"}, %b, {"id": "b"}]}' % odd)
    assert await provider_client.models() == ["a", "b"]


@pytest.mark.fault(21)
@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:9/v1", "http://nowhere.invalid/v1", "nonsense", "ftp://x/v1"]
)
async def test_a_server_that_is_not_there_is_unreachable_with_the_reason_for_the_operator(url):
    provider_client = ProviderClient(Endpoint("compatible", url, KEY, "m", "x"), PATIENT)
    got = await read(provider_client.stream(HELLO))
    assert type(got.error) is provider_errors.ProviderUnreachable
    assert got.error.detail
    assert "timed out" not in got.error.detail
    await provider_client.aclose()


@pytest.mark.fault(28)
async def test_a_runaway_is_cut_at_the_cap_and_closed(server, provider_client):
    server.script(play("runaway"))
    got = await read(provider_client.stream(HELLO))
    assert type(got.error) is provider_errors.ReplyTooLarge
    assert len(got.text) == 2 * 1024 * 1024


def in_an_hour() -> str:
    return formatdate(time() + 3600, usegmt=True)


@pytest.mark.fault(26)
@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, None),
        (1, 1),
        (3600, 3600),
        ("1.5", 1.5),
        ("-5", 0),
        ("soon", None),
        ("nan", None),
        ("inf", None),
    ],
)
async def test_retry_after_is_read_when_it_makes_sense(server, provider_client, value, expected):
    server.script(play("status", code=429, retry_after=value))
    got = await read(provider_client.stream(HELLO))
    assert got.error.retry_after == expected


async def test_retry_after_may_be_a_date(server, provider_client):
    server.script(play("status", code=429, retry_after=in_an_hour()))
    got = await read(provider_client.stream(HELLO))
    assert got.error.retry_after == pytest.approx(3600, abs=30)


@pytest.mark.fault(26)
async def test_a_rate_limit_says_how_long_to_wait(server, provider_client):
    server.script(play("status", code=429, retry_after=30), play("status", code=429))
    assert "30 seconds" in (await read(provider_client.stream(HELLO))).error.user_text()
    assert "a minute" in (await read(provider_client.stream(HELLO))).error.user_text()


SECRETS = [KEY, "sk-proj-AbCdEf123456", "Bearer abcdefghijkl", "http://me:pass1234@host"]


@pytest.mark.fault(26)
@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize("kind", ["status", "midway"])
async def test_no_key_reaches_the_operators_text_or_the_user(server, provider_client, secret, kind, caplog):
    message = f"Incorrect key: {secret} <script>alert(1)</script>\n[ERROR] forged\x1b[31m line " + "x" * 900
    if kind == "status":
        server.script(play("status", code=401, message=message))
    else:
        body = '{"error": {"code": 401, "message": "' + f"Incorrect key: {secret} <b>no</b>" + '"}}'
        server.script(play("error_midway", body=body))
    with caplog.at_level(logging.DEBUG, logger="chat"):
        error = (await read(provider_client.stream(HELLO))).error
    assert type(error) is provider_errors.WrongKey
    for text in (error.detail, str(error), repr(error), error.user_text(), caplog.text):
        assert secret.split()[-1] not in text and "pass1234" not in text
        assert "<" not in text
        assert "\n" not in error.detail and "\x1b" not in error.detail
    assert "Incorrect key" in error.detail
    assert len(error.detail) <= 500


SECRET = 'My son\'s name is Zoltan;\n\tsie heißt „Ágnes“, 我住在北京. C:\\new "x"'


@pytest.mark.parametrize("scenario", ["echoing", "complaining", "error_midway"])
async def test_no_words_of_a_message_reach_the_operators_log(server, provider_client, scenario, caplog):
    asked = [{"role": "system", "content": "Sesame"}, {"role": "user", "content": SECRET}]
    told = f"Not so: {json.dumps(asked)}, {asked!r}, {SECRET}. Thus I say no"
    playing = {
        "echoing": play("echoing", parameter="model", message="Thus I say no"),
        "complaining": play("complaining", message=told),
        "error_midway": play("error_midway", body=json.dumps({"error": told})),
    }
    server.default = playing[scenario]
    with caplog.at_level(logging.DEBUG, logger="chat"):
        detail = (await read(provider_client.stream(asked))).error.detail
    assert "Thus I say no" in detail
    for word in ("Sesame", "Zoltan", "gnes", "北京", "4eac", "new"):
        assert word not in detail + caplog.text


async def test_the_words_of_a_web_page_reach_the_operator_without_its_tags(server, provider_client):
    server.script(play("html200"))
    error = (await read(provider_client.stream(HELLO))).error
    assert "Welcome to the portal" in error.detail
    assert "<" not in error.detail
    assert "portal" not in error.user_text()


async def test_a_redirect_is_not_followed_and_nothing_goes_there(server, provider_client):
    async with ScriptedProvider() as elsewhere:
        server.script(play("redirect", location=f"{elsewhere.base_url}/chat/completions"))
        got = await read(provider_client.stream(HELLO))
        assert type(got.error) is provider_errors.NotAModelServer
        assert elsewhere.connections == 0


@pytest.mark.parametrize(
    "scenario", [play("status", code=500), play("status", code=429, retry_after=1)], ids=named
)
async def test_nothing_is_retried_behind_the_callers_back(server, provider_client, scenario):
    server.default = scenario
    await read(provider_client.stream(HELLO))
    assert len(server.requests) == 1


async def test_a_service_that_failed_can_be_asked_again(server, provider_client):
    server.script(play("reset", at="middle"), play("status", code=500), play("plain", text="Well again"))
    for _ in range(2):
        assert (await read(provider_client.stream(HELLO))).error is not None
    assert (await read(provider_client.stream(HELLO))).text == "Well again"
