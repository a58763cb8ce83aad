"""The SDK of OpenAI, without the types of answers that this site never reads.

`import openai` brings 450 modules of types, most of them for APIs that are not used here. Without 370 of
them a server is 10 MB smaller, and there 0.2 s earlier. They still come for whoever asks for one.
"""

from __future__ import annotations

import sys
from importlib.machinery import PathFinder
from importlib.util import find_spec, module_from_spec
from types import ModuleType
from typing import Any

POSTPONED = ("openai.types", "openai.types.responses")


class PostponedPackage(ModuleType):
    """A package whose own code runs when a name in it is asked for; its modules can be imported before."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") or self.__spec__ is None or self.__spec__.loader is None:
            raise AttributeError(name)
        self.__class__ = ModuleType  # type: ignore[assignment]
        self.__spec__.loader.exec_module(self)
        return getattr(self, name)


def postpone() -> None:
    """Let these packages be imported in name only, unless something has imported the SDK already."""
    found = find_spec("openai")
    if found is None or "openai" in sys.modules:
        return
    places = {"openai": found.submodule_search_locations}
    for name in POSTPONED:
        parent, _, own_name = name.rpartition(".")
        found = PathFinder.find_spec(name, places[parent])
        if found is None:  # another version has it elsewhere: then all of that is imported, as usual
            return
        places[name] = found.submodule_search_locations
        package = sys.modules[name] = module_from_spec(found)
        package.__class__ = PostponedPackage
        if parent in sys.modules:  # `openai` takes its own when it is imported
            setattr(sys.modules[parent], own_name, package)


postpone()

from openai import AsyncOpenAI, AsyncStream, DefaultAioHttpClient, Omit, OpenAIError  # noqa: E402
from openai._vendor.httpx_aiohttp import AiohttpTransport  # noqa: E402

__all__ = ["AiohttpTransport", "AsyncOpenAI", "AsyncStream", "DefaultAioHttpClient", "Omit", "OpenAIError"]
