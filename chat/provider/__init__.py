"""The door to a model service, any that speaks OpenAI's chat completions.

Only this package imports openai.
"""

from chat.provider.assembler import Delta, End
from chat.provider.client import Provider
from chat.provider.discovery import discover
from chat.provider.endpoint import OLLAMA_URL, OPENAI_URL, Endpoint
from chat.provider.stream import ReplyStream
from chat.provider.timeouts import Timeouts

__all__ = [
    "OLLAMA_URL",
    "OPENAI_URL",
    "Delta",
    "End",
    "Endpoint",
    "Provider",
    "ReplyStream",
    "Timeouts",
    "discover",
]
