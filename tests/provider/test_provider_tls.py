"""Providers over TLS: a pause loses nothing there either, where asyncio alone can read."""

from __future__ import annotations

import asyncio
import datetime
import ipaddress
import ssl
from collections.abc import AsyncIterator

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.support.provider_client import HELLO, client_for, read
from tests.support.scripted_provider import play
from tests.support.waiting import until


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A file with a key and its certificate for 127.0.0.1, which nobody else has signed."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime.now(datetime.UTC)
    address = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([address]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path = tmp_path_factory.mktemp("tls") / "server.pem"
    path.write_bytes(private + made.public_bytes(pem))
    return path


@pytest.fixture
async def tls_client(server, certificate, monkeypatch) -> AsyncIterator[object]:
    """The site's client of the scripted server, through TLS."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)

    async def copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65_536):
            writer.write(data)
        writer.close()

    async def passed_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, here = await asyncio.open_connection(server.host, server.port)
        await asyncio.gather(copy(reader, here), copy(there, writer), return_exceptions=True)

    front = await asyncio.start_server(passed_on, "127.0.0.1", 0, ssl=context)
    port = front.sockets[0].getsockname()[1]
    trusting = ssl.create_default_context(cafile=certificate)
    monkeypatch.setattr("chat.provider.transport._tls", lambda: trusting)
    monkeypatch.setattr(type(server), "base_url", f"https://127.0.0.1:{port}/v1")
    client = client_for(server)
    yield client
    await client.aclose()
    front.close()


async def test_what_comes_during_pauses_is_read_after_them(server, tls_client):
    server.script(play("plain", text="a few words " * 2000, size=30, rate=2000), play("plain", text="Again"))
    got = ""
    async with asyncio.timeout(20), tls_client.stream(HELLO) as stream:
        async for deltas in stream:
            got += "".join(delta.text for delta in deltas)
            stream.pause()
            await asyncio.sleep(0.02)
    assert got == "a few words " * 2000
    assert (await read(tls_client.stream(HELLO))).text == "Again"


async def test_a_connection_that_breaks_during_a_pause_is_noticed_after_it(server, tls_client):
    server.script(play("tagged", tag="word", tokens=8, rate=100, end="fin"))
    async with asyncio.timeout(20):
        stream = tls_client.stream(HELLO)
        first = "".join(delta.text for delta in await anext(stream))
        stream.pause()
        await until(lambda: not server.live)
        rest = await read(stream)
    assert rest.error is not None
    assert (first + rest.text).split() == [f"word-{number}" for number in range(8)]
