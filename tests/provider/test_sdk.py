"""The SDK is imported without the types of answers that this site never reads, and is the SDK all the same."""

import subprocess
import sys
from textwrap import dedent

import pytest

from tests.support.server import ROOT

WAYS = {
    "its own types come for whoever asks for one": """
        from chat.provider import sdk
        before = sum(name.startswith("openai.types") for name in sys.modules)
        from openai.types.chat import ChatCompletion
        import openai
        assert openai.types.Completion.__name__ == "Completion"
        assert openai.types.responses.Response.__name__ == "Response"
        assert ChatCompletion.model_validate_json('{"id": "a", "choices": [], "created": 1, "model": "m",'
            ' "object": "chat.completion"}').id == "a"
        assert before < sum(name.startswith("openai.types") for name in sys.modules)
    """,
    "most of them are not there before": """
        from chat.provider import sdk
        assert 0 < sum(name.startswith("openai.types") for name in sys.modules) < 150
    """,
    "who had imported the SDK already keeps it": """
        import openai
        whole = openai.types
        from chat.provider import sdk
        assert openai.types is whole and sdk.AsyncOpenAI is openai.AsyncOpenAI
    """,
    "a name that is nowhere is missing": """
        from chat.provider import sdk
        import openai
        assert not hasattr(openai.types, "no_such_thing")
    """,
    "another layout is imported as usual": """
        from importlib.machinery import PathFinder
        find, asked = PathFinder.find_spec, []
        def once_elsewhere(name, *more):
            asked.append(name)
            return None if asked.count("openai.types") == 1 and name == "openai.types" else find(name, *more)
        PathFinder.find_spec = once_elsewhere
        from chat.provider import sdk
        assert sum(name.startswith("openai.types") for name in sys.modules) > 300
    """,
}


@pytest.mark.parametrize("way", WAYS)
def test_the_sdk_is_whole_for_whoever_uses_it(way):
    program = f"import sys\n{dedent(WAYS[way])}"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
