"""The model providers of the administrators: does each list models, and does one of them answer in pieces?"""

import asyncio
from dataclasses import replace

from asgiref.sync import sync_to_async
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from chat.catalog import actions as catalog
from chat.catalog.errors import KeyUnreadable
from chat.models import ModelProvider
from chat.operations.doctor.model import answering, names_of, understood, unlisted
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
    WrongKey: gettext_lazy("See that the key is the right one for this service."),
    NoModelListed: gettext_lazy(
        "Add a model by name under Models on offer, if the base URL is right and the provider lists none."
    ),
    UnknownModel: gettext_lazy("See that the service has a model, and that it is for chat."),
    ProviderUnreachable: gettext_lazy("It cannot be reached. See that it runs at this base URL."),
    NotAModelServer: gettext_lazy("See that the base URL is the address of its API, often with /v1."),
    AddressRefused: gettext_lazy(
        "Tick “Allow an address on this machine or local network” if it is meant to be there."
    ),
    KeyUnreadable: gettext_lazy(
        "What is kept can no longer be read, since ENCRYPTION_KEY or SECRET_KEY is another one. "
        "Please type it again."
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
        return [fail(_("Key"), problem.detail, advice_on(problem))], []
    try:
        found = await names_of(client)
        names = [] if isinstance(found, ProviderError) else found
        if not (model := model or first_chat_model(names)):
            return [understood(_listed(found, "", answers=False), client)], []
        answer = await answering(client, _("Answer by %(model)s") % {"model": model}, advice_on, model)
        listed = _listed(found, model, answers=answer.level != Level.FAIL)
        return [understood(listed, client), answer], names
    finally:
        await client.aclose()


def advice_on(problem: ProviderError) -> str:
    """Return what an administrator can do about it."""
    return str(ADVICE.get(type(problem)) or problem.user_text())


def _in_use() -> list[tuple[ModelProvider, str]]:
    return [(provider, model_to_ask(provider)) for provider in sorted(catalog.providers(), key=str)]


async def _examined(provider: ModelProvider, model: str) -> list[Finding]:
    """Return the findings on one provider. Raise nothing: one that hangs or breaks hides no other."""
    try:
        async with asyncio.timeout(PATIENCE):
            findings, _names = await try_out(provider, model)
            return findings
    except Exception as problem:
        message = _("The examination broke off: %(problem)s") % {"problem": type(problem).__name__}
        return [fail(_("Models"), message, str(ADVICE[ProviderUnreachable]))]


def _listed(found: list[str] | ProviderError, model: str, *, answers: bool) -> Finding:
    """Return whether it lists its models; `model` is the one that was asked, if one is known."""
    part = _("Models")
    if not found or isinstance(found, ProviderError):
        problem = found if isinstance(found, ProviderError) else NoModelListed(_("its list is empty"))
        if answers:
            return unlisted(part, problem, model)
        advice = [advice_on(problem)]
        if isinstance(problem, NotAModelServer | UnknownModel) and not model:
            advice.append(str(ADVICE[NoModelListed]))
        return fail(part, problem.detail or problem.code, " ".join(dict.fromkeys(advice)))
    message = ngettext(
        "It lists one model: %(models)s", "It lists %(count)d models, such as: %(models)s", len(found)
    )
    some = ", ".join(name[:80] for name in found[:5])
    return ok(part, message % {"count": len(found), "models": some})
