"""The client of providers: any that speak OpenAI's chat completions.

Only this package imports openai.
"""

from chat.provider.addresses import AddressRefusal, Reach, base_url
from chat.provider.assembler import End
from chat.provider.base_urls import NoAddress, parse_base_url, parse_base_url_or_keep, written
from chat.provider.client import MAX_REQUESTS, ProviderClient
from chat.provider.deltas import Delta, ReasoningDelta, TextDelta, TextWasReasoning
from chat.provider.discovery import discover
from chat.provider.endpoint import (
    OLLAMA_URL,
    OPENAI_URL,
    Endpoint,
    first_chat_model,
    is_for_chat,
    service_name,
)
from chat.provider.stream import ReplyStream, RequestAttempt
from chat.provider.timeouts import Timeouts

__all__ = [
    "MAX_REQUESTS",
    "OLLAMA_URL",
    "OPENAI_URL",
    "AddressRefusal",
    "Delta",
    "End",
    "Endpoint",
    "NoAddress",
    "ProviderClient",
    "Reach",
    "ReasoningDelta",
    "ReplyStream",
    "RequestAttempt",
    "TextDelta",
    "TextWasReasoning",
    "Timeouts",
    "parse_base_url_or_keep",
    "base_url",
    "discover",
    "first_chat_model",
    "is_for_chat",
    "service_name",
    "parse_base_url",
    "written",
]
