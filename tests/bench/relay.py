"""The floor: a handler that passes a provider's bytes on as they come. No database, no rendering.

python -m tests.bench.relay PORT PROVIDER_PORT
"""

import sys
from collections.abc import AsyncIterator

import aiohttp
from aiohttp import web

CLIENT = web.AppKey("client", aiohttp.ClientSession)
UPSTREAM = web.AppKey("upstream", str)


async def hello(request: web.Request) -> web.Response:
    return web.Response(text="ok")


async def pass_on(request: web.Request) -> web.StreamResponse:
    """POST a chat request; the stream comes back as it is."""
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
    body = await request.read()
    async with request.app[CLIENT].post(request.app[UPSTREAM], data=body) as answer:
        await response.prepare(request)
        async for piece in answer.content.iter_any():
            await response.write(piece)
    await response.write_eof()
    return response


async def client(app: web.Application) -> AsyncIterator[None]:
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
        app[CLIENT] = session
        yield


def main() -> None:
    port, provider_port = int(sys.argv[1]), int(sys.argv[2])
    app = web.Application()
    app[UPSTREAM] = f"http://127.0.0.1:{provider_port}/v1/chat/completions"
    app.cleanup_ctx.append(client)
    app.add_routes([web.get("/", hello), web.post("/", pass_on)])
    web.run_app(app, host="127.0.0.1", port=port, access_log=None, print=None, backlog=1024)


if __name__ == "__main__":
    main()
