"""The model services of the administrators: does each list models, and does one of them answer in pieces?"""

import asyncio
from dataclasses import replace

from asgiref.sync import sync_to_async
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from chat import offers
from chat.doctor.finding import Finding, fail, ok, warn
from chat.doctor.model import first_words
from chat.errors import (
    AddressRefused,
    KeyUnreadable,
    NotAModelServer,
    ProviderError,
    ProviderUnreachable,
    UnknownModel,
    WrongKey,
)
from chat.models import ModelProvider
from chat.provider import Provider, first_chat_model

# The sentences of the errors send people to the one who reads these
ADVICE = {
    WrongKey: gettext_lazy("See that the key is the right one for this service."),
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
    """Of all that are in use, by name; each finding bears the name of its service."""
    services = await sync_to_async(_in_use)()
    found = await asyncio.gather(*(_examined(service, model) for service, model in services))
    return [
        replace(finding, part=f"{service} · {finding.part}")
        for (service, _model), findings in zip(services, found, strict=True)
        for finding in findings
    ]


def model_to_ask(service: ModelProvider) -> str:
    """One that it offers; "" when none is known. One query."""
    known = service.models.filter(is_offered=True, gone_at=None).first()
    return known.name if known else ""


async def try_out(service: ModelProvider, model: str) -> tuple[list[Finding], list[str]]:
    """What was found, and the models that it lists. `model` is the one to ask, "" for the first of those."""
    try:
        provider = Provider(offers.endpoint_of(service))
    except KeyUnreadable as problem:
        return [_failed(_("Key"), problem)], []
    try:
        listed, names = await _list(provider)
        if model := model or first_chat_model(names):
            return [listed, await _ask(provider, model)], names
        return [listed], names
    finally:
        await provider.aclose()


def _in_use() -> list[tuple[ModelProvider, str]]:
    return [(service, model_to_ask(service)) for service in sorted(offers.services(), key=str)]


async def _examined(service: ModelProvider, model: str) -> list[Finding]:
    """Raises nothing: one that hangs or breaks hides no other."""
    try:
        async with asyncio.timeout(PATIENCE):
            findings, _names = await try_out(service, model)
            return findings
    except Exception as problem:
        said = _("The examination broke off: %(problem)s") % {"problem": type(problem).__name__}
        return [fail(_("Models"), said, str(ADVICE[ProviderUnreachable]))]


async def _list(provider: Provider) -> tuple[Finding, list[str]]:
    try:
        names = await provider.models()
    except ProviderError as problem:
        return _failed(_("Models"), problem), []
    if not names:
        return warn(_("Models"), _("It lists no model."), str(ADVICE[UnknownModel])), []
    said = ngettext(
        "It lists one model: %(models)s", "It lists %(count)d models, such as: %(models)s", len(names)
    )
    some = ", ".join(name[:80] for name in names[:5])
    return ok(_("Models"), said % {"count": len(names), "models": some}), names


async def _ask(provider: Provider, model: str) -> Finding:
    part = _("Answer by %(model)s") % {"model": model}
    try:
        return ok(part, await first_words(provider, model))
    except ProviderError as problem:
        return _failed(part, problem)


def _failed(part: str, problem: ProviderError) -> Finding:
    advice = ADVICE.get(type(problem)) or problem.user_text()
    return fail(part, problem.detail or problem.code, str(advice))
