"""The model service: is it there, does it take the key, does it know the model, does it stream?"""

import time

from asgiref.sync import sync_to_async
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chat import offers
from chat.doctor.finding import Finding, fail, ok, warn
from chat.errors import NotAModelServer, ProviderError, ProviderUnreachable, UnknownModel, WrongKey
from chat.provider import Endpoint, Provider
from chat.replies import find_endpoint

# The sentences of the errors send people to the operator, who is the one that reads these
ADVICE = {
    WrongKey: gettext_lazy("See that OPENAI_API_KEY is the right key for this service."),
    UnknownModel: gettext_lazy("See that OPENAI_MODEL names a model that the service has."),
    ProviderUnreachable: gettext_lazy("It cannot be reached. See that it runs at OPENAI_BASE_URL."),
    NotAModelServer: gettext_lazy("See that OPENAI_BASE_URL is the address of its API, often with /v1."),
}
QUESTION = [{"role": "user", "content": "Say hello in five words."}]
# Pieces of an answer after which it is clear that it streams
ENOUGH = 3


async def examine() -> list[Finding]:
    """Lists the models and reads the first words of an answer."""
    endpoint, demo = await find_endpoint()
    provider = Provider(endpoint)
    try:
        if demo:
            return [await stand_in(endpoint), await streaming(provider)]
        return [await listed(provider, endpoint), await streaming(provider)]
    finally:
        await provider.aclose()
        if demo:
            await demo.stop()


def advice_on(problem: ProviderError) -> str:
    """What the operator can do about it."""
    return str(ADVICE.get(type(problem)) or problem.user_text())


async def stand_in(endpoint: Endpoint) -> Finding:
    """Whether the demo has to answer, or a service of the administrators does."""
    found = offers.Offers(await sync_to_async(offers.rows_for)(None), endpoint, endpoint.model)
    if found.default is not None and found.default.provider is not None:
        said = _("%(model)s, from %(service)s, answers; the built-in demo stands aside.")
        return ok(_("Model"), said % {"model": found.default, "service": found.default.provider})
    return warn(
        _("Model"),
        _("The built-in demo answers, which is no language model."),
        _(
            "Add a service under Admin → Model services; or set OPENAI_API_KEY, or OPENAI_BASE_URL for a "
            "compatible server; or start an Ollama."
        ),
    )


async def listed(provider: Provider, endpoint: Endpoint) -> Finding:
    """Whether the service lists the model that is set. Some list nothing and still answer."""
    try:
        models = await provider.models()
    except ProviderError as problem:
        return fail(_("Model"), f"{endpoint.label}: {problem.detail}", advice_on(problem))
    if endpoint.model and endpoint.model not in models:
        said = _("%(service)s does not list the model %(model)s.")
        advice = _("Set OPENAI_MODEL to one that it has, such as: %(models)s")
        names = ", ".join(models[:5])
        return warn(
            _("Model"),
            said % {"service": endpoint.label, "model": endpoint.model},
            advice % {"models": names},
        )
    said = _("%(service)s takes the key and lists %(count)d models; in use: %(model)s")
    model = endpoint.model or await provider.model()
    return ok(_("Model"), said % {"service": endpoint.label, "count": len(models), "model": model})


async def streaming(provider: Provider) -> Finding:
    """Whether an answer comes in pieces."""
    try:
        return ok(_("Streaming"), await first_words(provider))
    except ProviderError as problem:
        return fail(_("Streaming"), problem.detail or problem.code, advice_on(problem))


async def first_words(provider: Provider, model: str = "") -> str:
    """Reads the first pieces of an answer; gives a sentence on how soon they came. Raises ProviderError."""
    began = time.monotonic()
    first = pieces = 0.0
    async with provider.stream(QUESTION, model=model) as reply:
        async for _delta in reply:
            pieces += 1
            first = first or time.monotonic() - began
            if pieces >= ENOUGH:
                break
    return _("The first words came after %(ms)d ms.") % {"ms": round(first * 1000)}
