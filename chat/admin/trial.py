"""Trying a model service: does it list models, and does one of them answer in pieces?"""

import time

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from chat import offers
from chat.doctor.finding import Finding, fail, ok, warn
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
    AddressRefused: gettext_lazy("Tick “may be in this network” if it is meant to be there."),
    KeyUnreadable: gettext_lazy(
        "What is kept can no longer be read, since ENCRYPTION_KEY or SECRET_KEY is another one. "
        "Please type it again."
    ),
}
QUESTION = [{"role": "user", "content": "Say hello in five words."}]
# Pieces of an answer after which it is clear that it streams
ENOUGH = 3


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
    """Only the first pieces of the answer are read."""
    began = time.monotonic()
    first = pieces = 0.0
    try:
        async with provider.stream(QUESTION, model=model) as reply:
            async for _delta in reply:
                pieces += 1
                first = first or time.monotonic() - began
                if pieces >= ENOUGH:
                    break
    except ProviderError as problem:
        return _failed(_("Answer by %(model)s") % {"model": model}, problem)
    said = _("The first words came after %(ms)d ms.") % {"ms": round(first * 1000)}
    return ok(_("Answer by %(model)s") % {"model": model}, said)


def _failed(part: str, problem: ProviderError) -> Finding:
    advice = ADVICE.get(type(problem)) or problem.user_text()
    return fail(part, problem.detail or problem.code, str(advice))
