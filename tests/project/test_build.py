"""The static files are built beside a site that is running, which goes on serving those it has begun with."""

import gzip
import json
import os
import re
import time
from pathlib import Path
from typing import Any

import pytest
from asgiref.testing import ApplicationCommunicator

from chat.management import static_files
from gptsite.static import StaticFiles, with_static_files
from tests.support.waiting import LIMIT


class Site:
    """What is built of one script, and a server that has begun with the first build."""

    def __init__(self, folder: Path) -> None:
        self.script, self.root = folder / "source/js/app.js", folder / "build/static"
        self.script.parent.mkdir(parents=True)
        self.build("first")

    def build(self, text: str) -> None:
        self.script.write_text(f"// {text}\n" * 100)
        static_files.collect(self.root)

    @property
    def name(self) -> str:
        """Of the script, as pages of the last build have it."""
        manifest = json.loads((self.root / "staticfiles.json").read_text())
        return str(manifest["paths"]["js/app.js"])

    def files(self) -> set[str]:
        return {path.relative_to(self.root).as_posix() for path in self.root.rglob("*") if path.is_file()}

    def start(self) -> StaticFiles:
        async def nothing(scope: Any, receive: Any, send: Any) -> None:
            await send({"type": "http.response.start", "status": 404, "headers": []})
            await send({"type": "http.response.body"})

        return with_static_files(nothing, self.root, "/static/")


@pytest.fixture
def site(tmp_path: Path, settings: Any) -> Site:
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    settings.STATICFILES_DIRS = [tmp_path / "source"]
    return Site(tmp_path)


async def get(server: Any, name: str, encoding: str = "identity") -> tuple[int, bytes]:
    scope = {
        "type": "http",
        "method": "GET",
        "path": f"/static/{name}",
        "query_string": b"",
        "headers": [(b"accept-encoding", encoding.encode())],
    }
    asking = ApplicationCommunicator(server, scope)
    await asking.send_input({"type": "http.request", "body": b"", "more_body": False})
    begun = await asking.receive_output(LIMIT)
    body = b""
    while True:
        part = await asking.receive_output(LIMIT)
        body += part.get("body", b"")
        if not part.get("more_body"):
            break
    await asking.wait()
    headers = dict(begun["headers"])
    if b"content-length" in headers:
        assert int(headers[b"content-length"]) == len(body)
    if headers.get(b"content-encoding") == b"gzip":
        body = gzip.decompress(body)
    return begun["status"], body


async def test_a_running_site_serves_what_it_has_begun_with_after_a_build(site):
    server, old = site.start(), site.name
    site.build("second")
    assert site.name != old
    for encoding in ("identity", "gzip"):
        assert await get(server, old, encoding) == (200, b"// first\n" * 100)
        assert await get(site.start(), site.name, encoding) == (200, b"// second\n" * 100)
        assert await get(site.start(), old, encoding) == (200, b"// first\n" * 100)  # for pages that are open


def made_long_ago(site: Site) -> None:
    """Let two months pass."""
    past = time.time() - 60 * 24 * 3600
    for name in site.files():
        os.utime(site.root / name, (past, past))


def test_what_went_out_of_use_long_ago_is_pruned(site):
    old = site.name
    made_long_ago(site)
    site.build("second")
    site.build("third")  # at once: the site may still be running with the first
    assert {old, f"{old}.gz"} <= site.files()
    newest = site.name
    made_long_ago(site)
    site.build("third")  # which is the last build still
    scripts = {name.removesuffix(".gz") for name in site.files() if re.fullmatch(r"js/.*\.js(\.gz)?", name)}
    assert scripts == {"js/app.js", newest}


def test_what_is_the_same_is_not_written_again(site):
    before = {name: (site.root / name).stat() for name in site.files() - {"staticfiles.json"}}
    site.build("first")
    for name, was in before.items():
        now = (site.root / name).stat()
        assert (now.st_ino, now.st_mtime_ns) == (was.st_ino, was.st_mtime_ns), name


def test_a_build_that_fails_leaves_what_is_there(site, monkeypatch):
    before = {name: (site.root / name).read_bytes() for name in site.files()}
    site.script.write_text('import "./nowhere.js";\n')
    with pytest.raises(ValueError, match=r"nowhere\.js"):
        static_files.collect(site.root)
    assert {name: (site.root / name).read_bytes() for name in site.files()} == before
    assert [path.name for path in site.root.parent.iterdir()] == ["static"]


@pytest.mark.parametrize("text", ["", "{", "[]", "{}"])
def test_a_list_of_what_was_built_that_cannot_be_read_is_made_anew(site, text):
    old = site.name
    (site.root / "staticfiles.json").write_text(text)
    made_long_ago(site)
    site.build("second")
    assert site.name in site.files()
    assert old in site.files()
