"""A chat as Chainlit's own guide to OpenAI writes it. Runs in Chainlit's environment."""

import chainlit as cl
from openai import AsyncOpenAI

client = AsyncOpenAI()


@cl.on_message
async def answer(message: cl.Message) -> None:
    stream = await client.chat.completions.create(
        model="scripted-1", messages=cl.chat_context.to_openai(), stream=True
    )
    reply = cl.Message(content="")
    async for part in stream:
        if part.choices and (token := part.choices[0].delta.content):
            await reply.stream_token(token)
    await reply.update()
