"""The model providers of the administrators: does each list models, and does one of them answer in pieces?"""

import asyncio
from dataclasses import replace

from asgiref.sync import sync_to_async
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from chat.catalog import actions as catalog
from chat.catalog.errors import KeyUnreadable
from chat.models import ModelProvider
from chat.operations.doctor.model import answering, general_advice, names_of, understood, unlisted
from chat.operations.findings import Finding, Level, fail, ok
from chat.provider import ProviderClient, first_chat_model
from chat.provider.errors import (
    AddressRefused,
    NoModelListed,
    NotAModelServer,
    ProviderError,
    ProviderUnreachable,
    UnknownModel,
    WrongKey,
)

# The sentences of the errors send people to the one who reads these
ADVICE = {
    WrongKey: gettext_lazy("Check the API key."),
    NoModelListed: gettext_lazy(
        "If the base URL is correct and the provider lists no models, add one by name under Models."
    ),
    UnknownModel: gettext_lazy("Check that the provider has a chat model."),
    ProviderUnreachable: gettext_lazy("Check that it’s running at this URL."),
    NotAModelServer: gettext_lazy(
        "Check that the base URL is the address of its API, usually ending in /v1."
    ),
    AddressRefused: gettext_lazy("Tick “Allow local addresses” if this is intended."),
    KeyUnreadable: gettext_lazy(
        "The saved key can’t be read because ENCRYPTION_KEY or SECRET_KEY has changed. Enter it again."
    ),
}
# Seconds for one of them, all at once: less than the doctor has for a part
PATIENCE = 60.0


async def examine() -> list[Finding]:
    """Return the findings on all that are in use, by name; each bears the name of its provider."""
    providers = await sync_to_async(_in_use)()
    found = await asyncio.gather(*(_examined(provider, model) for provider, model in providers))
    return [
        replace(finding, part=f"{provider} · {finding.part}")
        for (provider, _model), findings in zip(providers, found, strict=True)
        for finding in findings
    ]


def model_to_ask(provider: ModelProvider) -> str:
    """Return one that it offers; "" when none is known. One query."""
    known = provider.models.filter(is_offered=True, gone_at=None).first()
    return known.name if known else ""


async def try_out(provider: ModelProvider, model: str) -> tuple[list[Finding], list[str]]:
    """Return what was found, and the models that it lists.

    `model` is the one to ask, "" for the first of those.
    """
    try:
        client = ProviderClient(catalog.endpoint_of(provider), catalog.timeouts_of(provider))
    except KeyUnreadable as problem:
        return [fail(_("API key"), problem.summary(), advice_on(problem), detail=problem.detail)], []
    try:
        found = await names_of(client)
        names = [] if isinstance(found, ProviderError) else found
        if not (model := model or first_chat_model(names)):
            return [understood(_listed(found, "", answers=False), client)], []
        answer = await answering(client, _("Reply from %(model)s") % {"model": model}, advice_on, model)
        listed = _listed(found, model, answers=answer.level != Level.FAIL)
        return [understood(listed, client), answer], names
    finally:
        await client.aclose()


def advice_on(problem: ProviderError) -> str:
    """Return what an administrator can do about it."""
    return str(ADVICE.get(type(problem)) or general_advice(problem))


def _in_use() -> list[tuple[ModelProvider, str]]:
    return [(provider, model_to_ask(provider)) for provider in sorted(catalog.providers(), key=str)]


async def _examined(provider: ModelProvider, model: str) -> list[Finding]:
    """Return the findings on one provider. Raise nothing: one that hangs or breaks hides no other."""
    try:
        async with asyncio.timeout(PATIENCE):
            findings, _names = await try_out(provider, model)
            return findings
    except Exception as problem:
        message, advice = _("This check couldn’t be completed."), str(ADVICE[ProviderUnreachable])
        return [fail(_("Models"), message, advice, detail=type(problem).__name__)]


def _listed(found: list[str] | ProviderError, model: str, *, answers: bool) -> Finding:
    """Return whether it lists its models; `model` is the one that was asked, if one is known."""
    part = _("Models")
    if not found or isinstance(found, ProviderError):
        problem = found if isinstance(found, ProviderError) else NoModelListed(_("The model list is empty."))
        if answers:
            return unlisted(part, problem, model)
        advice = [advice_on(problem)]
        if isinstance(problem, NotAModelServer | UnknownModel) and not model:
            advice.append(str(ADVICE[NoModelListed]))
        return fail(part, problem.summary(), " ".join(dict.fromkeys(advice)), detail=problem.detail)
    message = ngettext(
        "1 model found: %(models)s", "%(count)d models found, including %(models)s", len(found)
    )
    some = ", ".join(name[:80] for name in found[:5])
    return ok(part, message % {"count": len(found), "models": some})
