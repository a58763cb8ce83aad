"""The model provider: is it there, does it take the key, does it know the model, does it stream?"""

import asyncio
import time
from collections.abc import Callable
from dataclasses import replace

from asgiref.sync import sync_to_async
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chat.catalog import actions as catalog
from chat.catalog.environment import find_endpoint
from chat.operations.findings import Finding, Level, fail, ok, warn
from chat.provider import Endpoint, ProviderClient, first_chat_model
from chat.provider.errors import (
    NoModelListed,
    NotAModelServer,
    OutOfCredit,
    ProviderError,
    ProviderUnreachable,
    UnknownModel,
    WrongKey,
)

# The sentences of the errors send people to the operator, who is the one that reads these
ADVICE = {
    WrongKey: gettext_lazy("Check OPENAI_API_KEY."),
    NoModelListed: gettext_lazy("Set OPENAI_MODEL to one of the provider’s models."),
    UnknownModel: gettext_lazy("Check that OPENAI_MODEL is one of the provider’s models."),
    ProviderUnreachable: gettext_lazy("Check that it’s running at OPENAI_BASE_URL."),
    NotAModelServer: gettext_lazy(
        "Check that OPENAI_BASE_URL is the address of its API, usually ending in /v1."
    ),
}
QUESTION = [{"role": "user", "content": "Say hello in five words."}]
# Pieces of an answer after which it is clear that it streams
ENOUGH = 3
# Seconds for the first words here, where somebody watches; people's own questions are given longer
PATIENCE = 30.0


async def examine() -> list[Finding]:
    """List the models and read the first words of an answer."""
    endpoint, demo = await find_endpoint()
    client = ProviderClient(endpoint, catalog.timeouts_of(None))
    try:
        if demo:
            return [await stand_in(endpoint), await answering(client, _("Streaming"), advice_on)]
        names = await names_of(client)
        answer = await answering(client, _("Streaming"), advice_on)
        model = listed(client, names, answers=answer.level != Level.FAIL)
        return [understood(model, client), answer]
    finally:
        await client.aclose()
        if demo:
            await demo.stop()


def advice_on(problem: ProviderError) -> str:
    """Return what the operator can do about it."""
    return str(ADVICE.get(type(problem)) or general_advice(problem))


def general_advice(problem: ProviderError) -> str:
    """Return what to do about what is no matter of the setup."""
    return (
        _("Add credit at the provider.") if isinstance(problem, OutOfCredit) else _("Try again in a minute.")
    )


async def stand_in(endpoint: Endpoint) -> Finding:
    """Return whether the demo has to answer, or a provider of the administrators does."""
    found = catalog.CatalogSnapshot(await sync_to_async(catalog.rows_for)(None), endpoint, endpoint.model)
    if found.default is not None and found.default.provider is not None:
        message = _("%(model)s (%(service)s) is the default; demo mode is off.")
        return ok(_("Model"), message % {"model": found.default, "service": found.default.provider})
    return warn(
        _("Model"),
        _("Demo mode: no language model is connected."),
        _(
            "Add a provider under Admin → Model providers, set OPENAI_API_KEY (or OPENAI_BASE_URL "
            "for a compatible server), or start Ollama."
        ),
    )


def understood(finding: Finding, client: ProviderClient) -> Finding:
    """Return the finding, with what the provider's base URL was taken for."""
    return replace(finding, detail=" · ".join(filter(None, [client.address, finding.detail])))


async def names_of(client: ProviderClient) -> list[str] | ProviderError:
    """Return what the provider lists, or why it does not."""
    try:
        return await client.models()
    except ProviderError as problem:
        return problem


def listed(client: ProviderClient, names: list[str] | ProviderError, *, answers: bool) -> Finding:
    """Return whether the provider lists the model that is set. Some list nothing and still answer."""
    provider, model = client.endpoint.label, client.known_model
    if not names or isinstance(names, ProviderError):
        problem = names if isinstance(names, ProviderError) else NoModelListed(_("The model list is empty."))
        if model and answers:
            return unlisted(_("Model"), problem, model)
        advice = [advice_on(problem)]
        if isinstance(problem, NotAModelServer | UnknownModel) and not model:
            advice.append(str(ADVICE[NoModelListed]))
        message = f"{provider}: {problem.summary()}"
        return fail(_("Model"), message, " ".join(dict.fromkeys(advice)), detail=problem.detail)
    if model and model not in names:
        message = _("%(service)s doesn’t list the model %(model)s.")
        one_of = _("Set OPENAI_MODEL to one of its models, such as %(models)s")
        return warn(
            _("Model"),
            message % {"service": provider, "model": model},
            one_of % {"models": ", ".join(names[:5])},
        )
    message = _("Connected to %(service)s. Models found: %(count)d. In use: %(model)s")
    in_use = model or first_chat_model(names)
    return ok(_("Model"), message % {"service": provider, "count": len(names), "model": in_use})


def unlisted(part: str, problem: ProviderError, model: str) -> Finding:
    """Return that it answers, and that its models could not be asked."""
    message = _("The provider doesn’t list its models, so the name %(model)s couldn’t be verified.")
    advice = _("Conversations work without the list. Add other models by name under Admin → Models.")
    return warn(part, message % {"model": model}, advice, detail=problem.detail)


async def answering(
    client: ProviderClient, part: str, advise: Callable[[ProviderError], str], model: str = ""
) -> Finding:
    """Return whether an answer comes in pieces, and how soon the first words do."""
    try:
        async with asyncio.timeout(PATIENCE):
            return ok(part, await first_words(client, model))
    except ProviderError as problem:
        return fail(part, problem.summary(), advise(problem), detail=problem.detail)
    except TimeoutError:
        message = _("No reply within %(seconds)d s. The provider is slow or still loading the model.")
        advice = _(
            "Conversations wait up to %(limit)d s for the first token. Check again after its first reply."
        )
        limit = client.timeouts.first
        return warn(part, message % {"seconds": PATIENCE}, advice % {"limit": limit})


async def first_words(client: ProviderClient, model: str = "") -> str:
    """Read the first pieces of an answer; return how soon they came, as a sentence. Raise ProviderError."""
    began = time.monotonic()
    first = pieces = 0.0
    async with client.stream(QUESTION, model=model) as reply:
        async for _deltas in reply:
            pieces += 1
            first = first or time.monotonic() - began
            if pieces >= ENOUGH:
                break
    return _("First token after %(ms)d ms.") % {"ms": round(first * 1000)}
