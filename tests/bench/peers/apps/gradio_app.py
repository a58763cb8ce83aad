"""A chat as Gradio's own guide to streaming writes it, set up for many. Runs in Gradio's environment."""

import sys
from collections.abc import AsyncIterator
from typing import Any

import gradio as gr
from openai import AsyncOpenAI

client = AsyncOpenAI()


async def answer(message: str, history: list[dict[str, Any]]) -> AsyncIterator[str]:
    earlier = [{"role": said["role"], "content": said["content"]} for said in history]
    stream = await client.chat.completions.create(
        model="scripted-1", messages=[*earlier, {"role": "user", "content": message}], stream=True
    )
    text = ""
    async for part in stream:
        if part.choices and (token := part.choices[0].delta.content):
            text += token
            yield text


# As "Setting up a demo for maximum performance" says: a function that waits for others alone needs no limit
page = gr.ChatInterface(answer, concurrency_limit=None, analytics_enabled=False)
page.queue(default_concurrency_limit=None)
page.launch(server_name="127.0.0.1", server_port=int(sys.argv[1]), quiet=True, ssr_mode=False)
